"""The order of what waits: how grave an incident is."""

import pytest

from review.rules.facts import Casualties, Facts, Range
from review.rules.waiting import gravity


def harmed(**groups):
    return Facts(ranges=tuple((name, Casualties(Range(*killed))) for name, killed in sorted(groups.items())))


@pytest.mark.parametrize(
    ("facts", "grave"),
    [
        (Facts(), 0),
        (harmed(civilians=(0, 4)), 0),
        (harmed(civilians=(3, 5)), 3),
        (harmed(civilians=(None, 40)), 0),
        (harmed(civilians=(3, 50)), 3),
        (harmed(civilians=(3, 5), children=(2, 2)), 3),
        (harmed(children=(4, 4), civilians=(3, 5)), 4),
        (harmed(health_workers=(2, 2)), 2),
        (harmed(belligerents=(9, 9), armed_forces=(9, 9), direct_participants=(9, 9)), 0),
        (harmed(belligerents=(9, 9), civilians=(1, 2)), 1),
        (harmed(civilians=(9_000_000, 9_000_000)), 1_000_000),
    ],
)
def test_the_fewest_reported_killed_who_were_no_combatants(facts, grave):
    assert gravity(facts) == grave
