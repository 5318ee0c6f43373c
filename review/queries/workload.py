"""How the work lies: what each person reads, how many votes they owe, how many of those are late. For leads.

Guard 2: of a round in which the lead who looks was asked nothing is counted, else its answers could be counted off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import orjson
from sqlalchemy import and_, func, select

from review import clock
from review.models import Event, Incident, Participation, Person, Round, Turn, session
from review.models.admissions import shown_to
from review.models.languages import languages_read
from review.queries.due import answers_due
from review.rules.assignment import Reviewer
from review.rules.conditions import JUDGES
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody owes, as the viewer may count it."""

    owed: int = 0
    late: int = 0
    settles: int = 0


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
    """Everybody who judges, by name: nobody is ranked here. `left_out`: rounds that the viewer was asked in.

    `seats`: the seats of open rounds that nobody was asked to take yet, in so many `rounds`.
    """

    rows: tuple[WorkloadRow, ...]
    left_out: int
    seats: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Panel:
    """What some people read and owe, as the viewer may count it, read once for all that is suggested of them."""

    read: Mapping[int, frozenset[str]]
    owed: Mapping[int, Load]

    def reviewer(self, person: int, name: str, who: str | None, role: str) -> Reviewer:
        """One of them as a suggestion sees them."""
        owed = self.owed.get(person, Load()).owed
        return Reviewer(person, name, who, role, self.read.get(person, frozenset()), owed)


def panel(viewer: Actor, people: Iterable[int]) -> Panel:
    """These people, of whom some may be asked."""
    return Panel(languages_read(session, list(people)), loads(viewer))


def workload(viewer: Actor) -> WorkloadPage:
    """Everybody who may be asked, with what they read and owe."""
    if not may(viewer.role, "assign_reviewer"):
        raise Forbidden("assign_reviewer")
    left_out = _asked_myself(viewer)
    counted, settling = _loads(viewer, left_out), _settling(viewer)
    people = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.in_(JUDGES)).order_by(Person.name)
    ).all()
    read = languages_read(session, [row.id for row in people])
    rows = [
        WorkloadRow(
            row.id,
            row.name,
            row.role or "",
            tuple(sorted(read.get(row.id, ()))),
            replace(counted.get(row.id, Load()), settles=settling.get(row.id, 0)),
        )
        for row in people
    ]
    seats = _seats(viewer, left_out)
    return WorkloadPage(tuple(rows), len(left_out), sum(seats), len(seats))


def _seats(viewer: Actor, left_out: frozenset[int]) -> list[int]:
    """Of each open round that asked too few, how many more it needs."""
    statement = select(Incident.id, Incident.seats).where(Incident.seats > 0, shown_to(viewer))
    return [seats for incident, seats in session.execute(statement) if incident not in left_out]


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


def _settling(viewer: Actor) -> dict[int, int]:
    """Person -> the disagreements that wait for them as their settler; who settles is no secret of a round."""
    statement = (
        select(Turn.person_id, func.count())
        .join(Incident, Incident.id == Turn.incident_id)
        .where(Turn.kind == "settle", shown_to(viewer))
        .group_by(Turn.person_id)
    )
    return {person: int(count) for person, count in session.execute(statement)}


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
