"""What takes a public bundle back: a source that is publishable no more, words that it shows; and nothing else."""

from __future__ import annotations

import pytest

from review import config
from review.actions import public_bundles, redactions, sources
from review.queries import bundles as queries
from review.queries import determinations
from review.rules.redaction import Named
from tests import builders, trail
from tests.actions.test_bundles_public import last_daily, next_day, taken
from tests.actions.test_bundles_untold import told
from tests.clocks import Clock
from tests.staffing import Filling


def _a_day_ago(team: builders.Desk, time: Clock | None) -> None:
    assert time is not None
    builders.published(team)
    builders.received(team, text="A claim of nothing that was published.")
    next_day(time)


@pytest.fixture
def filling() -> Filling:
    return _a_day_ago


@pytest.fixture
def world(time: Clock, staffed: builders.Desk) -> builders.Desk:
    """An incident published a day ago, a claim of nothing that was published; the night has passed."""
    return staffed


def assess(team: builders.Desk, *, publishable: bool) -> None:
    sources.assess_source(team.enterer, "KV412", 1, role="supports_harm", publishable=publishable)
    builders.work()


@pytest.mark.parametrize("publishable", [False, True])
def test_a_source_taken_back_takes_the_public_bundles_with_it_at_once(world: builders.Desk, publishable: bool) -> None:
    assert taken("KV412") is not None
    assess(world, publishable=publishable)
    assert (builders.draft(1).url in repr(determinations.determination_page("KV412"))) is publishable
    assert (queries.public_file() is not None) is publishable
    assert (queries.public_file_of("KV412") is not None) is publishable
    assert (len(list(config.exports().glob("*"))) > 0) is publishable


def test_none_is_made_anew_under_that_checkpoint_and_the_next_shows_the_rest(world: builders.Desk, time: Clock) -> None:
    size = last_daily()
    assess(world, publishable=False)
    public_bundles.ask_for_incident("KV412")
    public_bundles.follow(None)
    builders.work()
    assert queries.public_file() is None and queries.public_file_of("KV412") is None
    next_day(time)
    kept = taken("KV412")
    assert kept is not None and last_daily() != size
    urls = {one.get("url") for one in told(kept.path).values()}
    assert builders.draft(1).url not in urls and builders.draft(2).url in urls


def test_what_was_never_publishable_takes_nothing_away(world: builders.Desk, time: Clock) -> None:
    assess(world, publishable=False)
    next_day(time)
    assert queries.public_file() is not None
    assess(world, publishable=False)
    assert queries.public_file() is not None


@pytest.mark.parametrize(("type_", "name", "stays"), [("claim.received", "text", True), ("grade.approved", "reason", False)])
def test_the_public_bundle_goes_with_words_that_it_shows_alone(
    world: builders.Desk, type_: str, name: str, stays: bool
) -> None:
    (leaf,) = [leaf for leaf in trail.leaves() if leaf.type == type_]
    ref = None if type_ == "claim.received" else "KV412"
    asked = redactions.ask_redaction(
        world.lead, ref, details=[Named(leaf.seq, name)], ground="source_at_risk", reason="It names a child."
    )
    redactions.second_redaction(world.admin, asked, reason="It does.")
    builders.work()
    assert (queries.public_file() is not None) is stays
