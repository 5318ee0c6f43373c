"""A reviewer's own notes on the sources of an incident: for them alone, sealed at rest, never an event.

A note is kept as a draft is, under a kind of its own for each source: so it leaves with its writer, and goes where a
text that it repeats is removed, or anything of its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete

from review.actions import drafts
from review.actions.accounts import account_write
from review.models import Draft, session
from review.models.refs import find_incident
from review.models.work import note_kind


def save_notes(person: int, ref: str, notes: Mapping[int, str]) -> None:
    """Keep what a person noted on these sources; an empty note is none. Notes on other sources stay as they are."""
    if not notes:
        return
    incident = find_incident(session, ref)
    changed = {number: note for number, note in notes.items() if _kept(person, incident, number) != note.strip()}
    if not changed:
        return
    with account_write():
        for number, note in changed.items():
            _put(person, incident, note_kind(number), note.strip())


def _kept(person: int, incident: int, number: int) -> str:
    row = session.get(Draft, (person, incident, note_kind(number)))
    return str(drafts.opened(row)["note"]) if row else ""


def _put(person: int, incident: int, kind: str, note: str) -> None:
    if note:
        drafts.put_draft(person, incident, kind, drafts.sealed(person, incident, kind, {"note": note}))
        return
    mine = (Draft.person_id == person, Draft.incident_id == incident, Draft.kind == kind)
    session.execute(delete(Draft).where(*mine))


def forget(incident: int, numbers: Iterable[int]) -> None:
    """What anybody noted on these sources goes, inside the act that removes words of theirs."""
    kinds = [note_kind(number) for number in numbers]
    session.execute(delete(Draft).where(Draft.incident_id == incident, Draft.kind.in_(kinds)))
