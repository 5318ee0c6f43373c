"""Notes on sources: for their writer alone, sealed at rest, never an event, and gone with what they speak of."""

from __future__ import annotations

from sqlalchemy import select

from review.actions import drafts, leaving, notes, redactions
from review.models import Draft, Event, session
from review.rules.redaction import Named
from tests import builders, trail
from tests.actions.erased import asked
from tests.builders import Desk

SECRET = "My cousin lives two doors away."


def kinds(person: int | None) -> list[str]:
    session.rollback()
    return sorted(session.scalars(select(Draft.kind).where(Draft.person_id == person)))


def test_a_note_is_kept_changed_and_taken_away_and_is_no_event(team: Desk) -> None:
    ref, mara = builders.with_sources(team), team.voters[0].person or 0
    before = trail.size()
    notes.save_notes(mara, ref, {1: SECRET, 2: "Ask again."})
    notes.save_notes(mara, ref, {2: "Asked."})
    assert drafts.draft(mara, ref, "note-1") == {"note": SECRET}, "a note that did not come stays"
    assert drafts.draft(mara, ref, "note-2") == {"note": "Asked."}
    notes.save_notes(mara, ref, {1: "  "})
    assert kinds(mara) == ["note-2"]
    assert trail.size() == before
    assert kinds(team.voters[1].person) == []


def test_whoever_reads_the_database_reads_no_note(team: Desk) -> None:
    notes.save_notes(team.voters[0].person or 0, builders.with_sources(team), {1: SECRET})
    assert "cousin" not in str(session.query(Draft).one().values)


def test_what_anybody_noted_on_a_source_goes_with_any_words_of_it(team: Desk) -> None:
    ref = builders.with_sources(team)
    for voter in team.voters[:2]:
        notes.save_notes(voter.person or 0, ref, {1: "Tells of a child.", 2: "Another."})
    attached = session.scalars(select(Event.seq).where(Event.type == "source.attached").order_by(Event.seq)).first()
    name = asked(team, ref, Named(attached or 0, "title"))
    redactions.second_redaction(team.leads[1], name, reason="I have read it.")
    assert [kinds(voter.person) for voter in team.voters[:2]] == [["note-2"], ["note-2"]]


def test_notes_leave_with_their_writer(team: Desk) -> None:
    ref = builders.with_sources(team)
    notes.save_notes(team.spare.person or 0, ref, {1: SECRET})
    assert kinds(team.spare.person) == ["note-1"]
    leaving.let_leave(team.admin, team.spare.person or 0)
    assert kinds(team.spare.person) == []
