"""Drafts: what a person typed and has not sent. Private, never an event, sealed at rest like a vote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import bindparam, delete

from review import clock, config
from review.actions.accounts import account_write
from review.audit import keys
from review.models import Draft, session
from review.models.refs import find_incident
from review.rules.errors import Invalid
from review.rules.words import N_

MOST_BYTES = 200_000
_DRAFT = Draft.__table__
_SENT = delete(_DRAFT).where(
    _DRAFT.c.person_id == bindparam("person"),
    _DRAFT.c.incident_id == bindparam("incident"),
    _DRAFT.c.kind == bindparam("sent"),
)


def save_draft(person: int, ref: str, kind: str, values: Mapping[str, Any]) -> None:
    """Keep what a person has typed into one form of one incident; the latest saving stands."""
    text = orjson.dumps(dict(values)).decode()
    if len(text) > MOST_BYTES:
        raise Invalid({"draft": N_("This is longer than a draft can be.")})
    incident = find_incident(session, ref)
    sealed = {"sealed": keys.load(config.home()).seal_text(text, _label(person, incident, kind))}
    with account_write():
        row = session.get(Draft, (person, incident, kind))
        if row is None:
            session.add(
                Draft(person_id=person, incident_id=incident, kind=kind, values=sealed, saved_at=clock.now())
            )
            return
        row.values, row.saved_at = sealed, clock.now()


def draft(person: int, ref: str, kind: str) -> dict[str, Any] | None:
    """What this person typed here and has not sent; None where there is nothing."""
    incident = find_incident(session, ref)
    row = session.get(Draft, (person, incident, kind))
    return None if row is None else opened(row)


def opened(row: Draft) -> dict[str, Any]:
    """What a draft holds; it is encrypted at rest."""
    label = _label(row.person_id, row.incident_id, row.kind)
    values: dict[str, Any] = orjson.loads(keys.load(config.home()).open_text(row.values["sealed"], label))
    return values


def clear_draft(person: int, ref: str, kind: str) -> None:
    """Throw a draft away."""
    incident = find_incident(session, ref)
    if session.get(Draft, (person, incident, kind)) is None:
        return
    with account_write():
        clear_sent(person, incident, kind)


def clear_sent(person: int | None, incident: int, kind: str) -> None:
    """Clear what has now been sent, inside the act that records it."""
    session.execute(_SENT, {"person": person, "incident": incident, "sent": kind})


def _label(person: int, incident: int, kind: str) -> str:
    return f"draft {person} {incident} {kind}"
