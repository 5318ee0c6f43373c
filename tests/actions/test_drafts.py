"""Drafts: kept for their owner alone, sealed at rest, never an event."""

from __future__ import annotations

import pytest

from review.actions import drafts
from review.models import Draft, session
from review.rules.errors import Invalid, NotFound
from tests import builders, trail
from tests.builders import Desk

TYPED = {"grade": "fair", "rationale": "Two accounts that do not copy one another."}


def test_a_draft_is_given_back_to_its_owner_alone(team: Desk) -> None:
    ref = builders.opened(team)
    before = trail.size()
    mara, yusra = (voter.person or 0 for voter in team.voters[:2])
    drafts.save_draft(mara, ref, "ballot", TYPED)
    drafts.save_draft(mara, ref, "ballot", {**TYPED, "grade": "weak"})
    assert drafts.draft(mara, ref, "ballot") == {**TYPED, "grade": "weak"}
    assert drafts.draft(yusra, ref, "ballot") is None
    assert drafts.draft(mara, ref, "argument") is None
    assert trail.size() == before


def test_whoever_reads_the_database_reads_no_draft(team: Desk) -> None:
    ref = builders.opened(team)
    drafts.save_draft(team.voters[0].person or 0, ref, "ballot", TYPED)
    stored = session.query(Draft).one().values
    assert "fair" not in str(stored) and "accounts" not in str(stored)


def test_a_draft_that_was_sent_or_thrown_away_is_gone(team: Desk) -> None:
    ref, mara = builders.opened(team), team.voters[0].person or 0
    drafts.save_draft(mara, ref, "ballot", TYPED)
    drafts.clear_draft(mara, ref, "ballot")
    assert drafts.draft(mara, ref, "ballot") is None


def test_a_draft_has_an_incident_and_an_end(team: Desk) -> None:
    ref, mara = builders.opened(team), team.voters[0].person or 0
    with pytest.raises(NotFound):
        drafts.save_draft(mara, "i-nothing", "ballot", TYPED)
    with pytest.raises(Invalid):
        drafts.save_draft(mara, ref, "ballot", {"rationale": "x" * 200_000})
