"""Reading the trail as it stands in the database, for tests that ask what was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import func, select

from review.models import Disclosure, Event, Incident, session
from review.models import dossiers as bridge
from review.models.refs import find_incident
from review.rules.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Leaf:
    """One event with everything that it sealed in clear."""

    seq: int
    type: str
    actor: str
    role: str
    body: dict[str, Any]
    sealed: dict[str, Any]


def leaves(ref: str | None = None) -> list[Leaf]:
    """The events of an incident, or without one all of the log."""
    statement = select(Event.seq, Event.line).order_by(Event.seq)
    if ref is not None:
        statement = statement.where(Event.incident_id == find_incident(session, ref))
    return [_leaf(seq, orjson.loads(line)) for seq, line in session.execute(statement)]


def _leaf(seq: int, event: dict[str, Any]) -> Leaf:
    texts = session.execute(select(Disclosure.text).where(Disclosure.seq == seq, ~Disclosure.sealed)).scalars()
    sealed = dict(bridge.read_disclosure(text) for text in texts)
    return Leaf(seq, event["type"], event["actor"], event["role"], event["body"], sealed)


def types(ref: str | None = None) -> list[str]:
    """What happened, by the types of the events."""
    return [leaf.type for leaf in leaves(ref)]


def last(ref: str | None = None) -> Leaf:
    """The latest event."""
    return leaves(ref)[-1]


def size() -> int:
    """How many leaves the log has."""
    return session.execute(select(func.count()).select_from(Event)).scalar_one()


def row(ref: str) -> Incident:
    """The incident's row as it stands now."""
    statement = select(Incident).where(Incident.id == find_incident(session, ref))
    return session.execute(statement.execution_options(populate_existing=True)).scalar_one()


def dossier(ref: str) -> Dossier:
    """The incident as the rules see it."""
    return bridge.dossier(session, row(ref))
