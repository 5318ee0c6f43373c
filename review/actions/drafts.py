"""Drafts: what a person typed and has not sent. Private, never an event, sealed at rest like a vote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import bindparam, delete

from review import clock, config
from review.actions.accounts import account_write, put
from review.audit import keys
from review.models import Draft, session
from review.models.refs import find_incident
from review.rules.errors import Invalid
from review.rules.words import N_

if TYPE_CHECKING:
    from review.actions.act import Act

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
    kept = sealed(person, incident, kind, values)
    with account_write():
        put_draft(person, incident, kind, kept)


def put_draft(person: int, incident: int, kind: str, kept: Mapping[str, str]) -> None:
    """Write what is kept of one form, inside a transaction of accounts."""
    keys = ("person_id", "incident_id", "kind")
    put(Draft, keys, person_id=person, incident_id=incident, kind=kind, values=kept, saved_at=clock.now())


def sealed(person: int, incident: int, kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What a draft holds, as it lies in the database: encrypted, for this writer, incident and kind."""
    text = orjson.dumps(dict(values)).decode()
    return {"sealed": keys.load(config.home()).seal_text(text, _label(person, incident, kind))}


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
        session.execute(_SENT, {"person": person, "incident": incident, "sent": kind})


def clear_sent(act: Act, kind: str) -> None:
    """Clear what its writer has now sent, together with the act that records it."""
    act.put(_SENT, {"person": act.actor.person, "incident": act.incident.id, "sent": kind})


def _label(person: int, incident: int, kind: str) -> str:
    return f"draft {person} {incident} {kind}"
