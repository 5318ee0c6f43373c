"""Involvement that merging carried along: who took part in what was merged into an incident, as they stand in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select

from review.models.incidents import Incident
from review.models.people import Participation
from review.models.trail import Event
from review.rules.dossier import Dossier
from review.rules.passages import Involvement

TELLING = (
    "incident.opened", "incident.split", "incident.described", "incident.absorbed", "vote.committed",
    "settler.appointed",
)  # fmt: skip


class Involved(NamedTuple):
    """The persons behind an involvement."""

    entered: frozenset[int]
    voted: frozenset[int]
    settled: frozenset[int]


def with_carried(session: Any, dossier: Dossier) -> Dossier:
    """The dossier with the involvement that came with every incident merged into it. It never expires."""
    if not dossier.passage.absorbed:
        return dossier
    involved = _joined(_involved(session, one.other, one.seq) for one in dossier.passage.absorbed)
    here = _pseudonyms(session, dossier.incident)
    carried = Involvement(*(_named(people, here) for people in involved))
    return replace(dossier, carried=carried, entered=dossier.entered | carried.entered)


def persons_involved(session: Any, incident: str) -> frozenset[int]:
    """Everybody who took part in an incident, or in one merged into it."""
    return frozenset().union(*_involved(session, incident, None))


def _involved(session: Any, incident: str, before: int | None) -> Involved:
    """Who took part in an incident before the event `before`, by its own events; votes count however they ended."""
    statement = (
        select(Event.seq, Event.type, Event.iseq, Event.actor, Event.line)
        .join(Incident, Incident.id == Event.incident_id)
        .where(Incident.name == incident, Event.type.in_(TELLING))
    )
    rows = session.execute(statement if before is None else statement.where(Event.seq < before)).all()
    persons = {who: person for person, who in _pseudonyms(session, incident).items()}
    own = Involved(
        _persons(persons, (row.actor for row in rows if _enters(row))),
        _persons(persons, (row.actor for row in rows if row.type == "vote.committed")),
        _persons(persons, (_body(row)["who"] for row in rows if row.type == "settler.appointed")),
    )
    absorbed = [(other, row.seq) for row in rows if row.type == "incident.absorbed" for other in _body(row)["other"]]
    return _joined([own, *(_involved(session, other, seq) for other, seq in absorbed)])


def _enters(row: Any) -> bool:
    if row.type == "incident.split":
        return bool(row.iseq == 0)
    return row.type == "incident.opened" or (row.type == "incident.described" and _body(row)["material"])


def _body(row: Any) -> Any:
    return orjson.loads(row.line)["body"]


def _persons(known: Mapping[str, int], pseudonyms: Any) -> frozenset[int]:
    return frozenset(known[who] for who in pseudonyms if who in known)


def _joined(found: Any) -> Involved:
    entered, voted, settled = zip(*found, strict=True)
    return Involved(frozenset().union(*entered), frozenset().union(*voted), frozenset().union(*settled))


def _pseudonyms(session: Any, incident: str) -> dict[int, str]:
    statement = (
        select(Participation.person_id, Participation.pseudonym)
        .join(Incident, Incident.id == Participation.incident_id)
        .where(Incident.name == incident)
    )
    return dict(session.execute(statement).all())


def _named(people: Collection[int], here: Mapping[int, str]) -> frozenset[str]:
    return frozenset(here[person] for person in people if person in here)
