"""A form of one's own, sent four times in one moment: one row, and nobody is told of an error."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from sqlalchemy import func, select

from review.actions import care, drafts, notes
from review.models import Draft, SavedView, SourceWarning, session
from review.rules.care import Settings
from tests import builders
from tests.actions.test_concurrency import at_once
from tests.builders import Desk

TIMES = 4


def pressed(deed: Callable[[], object]) -> list[object]:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return at_once(app, [deed] * TIMES)


def test_what_is_kept_for_a_person_is_kept_once_however_often_it_is_sent_at_once(team: Desk) -> None:
    ref, mara = builders.with_sources(team), team.voters[0]
    person = mara.person or 0
    for deed in (
        lambda: drafts.save_draft(person, ref, "vote", {"rationale": "Two hospitals say so."}),
        lambda: notes.save_notes(person, ref, {1: "Ask again."}),
        lambda: care.set_care(mara, Settings(per_day=3)),
        lambda: care.warn_of_source(mara, ref, 1, "graphic"),
        lambda: care.save_view(mara, "claims", "Mine", "q=Marj"),
    ):
        assert pressed(deed) == [None] * TIMES
    session.rollback()
    counted = {kind: session.scalar(select(func.count()).select_from(kind)) for kind in (Draft, SourceWarning, SavedView)}
    assert counted == {Draft: 2, SourceWarning: 1, SavedView: 1}
    assert drafts.draft(person, ref, "vote") == {"rationale": "Two hospitals say so."}
