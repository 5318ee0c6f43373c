"""The public page of a version that is judged again: nothing of the next one moves it, until that is public."""

from __future__ import annotations

import pytest

from review.actions import approvals, sources
from review.queries.determinations import DeterminationPage, determination_page
from tests import builders


def withdrawn(page: DeterminationPage) -> list[int]:
    return [source.number for origin in page.origins for source in origin.sources if source.withdrawn]


@pytest.mark.parametrize("reopened", [False, True])
def test_a_source_that_is_withdrawn_is_said_at_once_unless_the_incident_is_judged_again(staffed: builders.Desk, reopened: bool) -> None:
    team, ref = staffed, builders.published(staffed)
    if reopened:
        approvals.reopen(team.lead, ref, ground="verdict", reason="A second statement.", seen=builders.row(ref).digest)
    sources.withdraw_source(team.enterer, ref, 2, reason="It was of another day.")
    page = determination_page(ref)
    assert withdrawn(page) == ([] if reopened else [2])
    assert page.regrading is reopened


def test_what_is_taken_from_the_public_goes_at_once_all_the_same(staffed: builders.Desk) -> None:
    team, ref = staffed, builders.published(staffed)
    approvals.reopen(team.lead, ref, ground="verdict", reason="A second statement.", seen=builders.row(ref).digest)
    assert builders.draft(1).url in repr(determination_page(ref))
    sources.assess_source(team.enterer, ref, 1, role="supports_harm", publishable=False)
    assert builders.draft(1).url not in repr(determination_page(ref))


def test_a_closed_round_still_says_that_it_is_judged_again(staffed: builders.Desk) -> None:
    team, ref = staffed, builders.published(staffed)
    approvals.reopen(team.lead, ref, ground="verdict", reason="A second statement.", seen=builders.row(ref).digest)
    builders.agreed(team, ref)
    page = determination_page(ref)
    assert page.regrading and page.version.number == 1 and page.latest
    builders.approved(team, ref, by=team.leads[1])
    page = determination_page(ref)
    assert not page.regrading and page.version.number == 2
