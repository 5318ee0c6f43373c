"""How the work lies: what each person reads, how many votes they owe, how many of those are late. For leads.

Guard 2: of a round in which the lead who looks was asked nothing is counted, else its answers could be counted off.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import and_, func, select

from review import clock
from review.models import Event, Incident, Participation, Person, Round, Turn, session
from review.models.admissions import shown_to
from review.models.languages import languages_read
from review.queries.due import answers_due
from review.rules.conditions import JUDGES
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody owes, as the viewer may count it."""

    owed: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True)
class WorkloadRow:
    """One person of the desk, and how much lies with them."""

    id: int
    name: str
    role: str
    languages: tuple[str, ...]
    load: Load


@dataclass(frozen=True, slots=True)
class WorkloadPage:
    """Everybody who judges, those with the most late answers first. `left_out`: rounds that the viewer was asked in."""

    rows: tuple[WorkloadRow, ...]
    left_out: int


def workload(viewer: Actor) -> WorkloadPage:
    """Everybody who may be asked, with what they read and owe."""
    if not may(viewer.role, "assign_reviewer"):
        raise Forbidden("assign_reviewer")
    left_out = _asked_myself(viewer)
    counted = _loads(viewer, left_out)
    people = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.in_(JUDGES)).order_by(Person.name)
    ).all()
    read = languages_read(session, [row.id for row in people])
    rows = [
        WorkloadRow(row.id, row.name, row.role or "", tuple(sorted(read.get(row.id, ()))), counted.get(row.id, Load()))
        for row in people
    ]
    return WorkloadPage(tuple(sorted(rows, key=lambda row: (-row.load.late, -row.load.owed, row.name))), len(left_out))


def loads(viewer: Actor) -> dict[int, Load]:
    """Person -> what they owe, as this lead may count it; whoever owes nothing is not among them."""
    return _loads(viewer, _asked_myself(viewer))


def _loads(viewer: Actor, left_out: frozenset[int]) -> dict[int, Load]:
    taking_part = and_(Participation.incident_id == Turn.incident_id, Participation.person_id == Turn.person_id)
    statement = (
        select(Turn.person_id, Turn.incident_id, Incident.name, Turn.round, Participation.pseudonym)
        .join(Incident, Incident.id == Turn.incident_id)
        .join(Participation, taking_part)
        .where(Turn.kind == "vote", shown_to(viewer))
    )
    rows = [row for row in session.execute(statement) if row.incident_id not in left_out]
    due = answers_due((row.name, row.round, row.pseudonym) for row in rows)
    found: dict[int, Load] = {}
    for row in rows:
        before, when = found.get(row.person_id, Load()), due.get((row.name, row.round, row.pseudonym))
        late = when is not None and when <= clock.now()
        found[row.person_id] = Load(before.owed + 1, before.late + late)
    return found


def _asked_myself(viewer: Actor) -> frozenset[int]:
    """The incidents in whose open round the viewer was asked, whatever they answered."""
    opened = select(func.max(Round.seq)).where(Round.incident_id == Incident.id).scalar_subquery()
    myself = and_(Participation.incident_id == Incident.id, Participation.person_id == viewer.person)
    statement = (
        select(Event.incident_id, Event.line, Participation.pseudonym)
        .join(Incident, Incident.id == Event.incident_id)
        .join(Participation, myself)
        .where(Incident.shown_count.is_not(None), Event.type == "reviewer.assigned", Event.seq > opened)
        .where(shown_to(viewer))
    )
    return frozenset(
        incident
        for incident, line, pseudonym in session.execute(statement)
        if incident is not None and orjson.loads(line)["body"]["who"] == pseudonym
    )
