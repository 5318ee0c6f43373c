"""The public record, from what was published: it takes no viewer, and counts nothing that the public may not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from review.models import Determination, Disclosure, Event, Incident, Stream, session
from review.models.dossiers import read_disclosure
from review.queries.public import Unassessed, unassessed
from review.queries.published_facts import TELLING
from review.rules import record
from review.rules.facts import Casualties
from review.rules.parties import Names
from review.rules.record import EVERYBODY, HEADLINE, Cell, Counted, Figure, Month

AT_ONCE = 2_000  # rows held in memory while all are read
LEGACY = "legacy"


@dataclass(frozen=True, slots=True)
class Line:
    """One published incident as the record counts it, with its stream and the names as they were written."""

    incident: int
    stream: str
    counted: Counted
    written: tuple[tuple[str, str], ...]  # (key, as written)


@dataclass(frozen=True, slots=True)
class PartyNamed:
    """A party, how it is called, how many published incidents name it, and the streams that touch it."""

    key: str
    name: str
    incidents: int
    streams: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """All that the record's pages are made of, read once."""

    cells: Mapping[Cell, Figure]
    parties: tuple[PartyNamed, ...]

    def party(self, key: str) -> PartyNamed | None:
        """The party of this key; None where no published incident names it."""
        return next((one for one in self.parties if one.key == key), None)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The months of one party, or of everybody, under the grades that were asked for."""

    party: PartyNamed | None
    parties: tuple[PartyNamed, ...]
    grades: tuple[str, ...]
    months: tuple[Month, ...]
    undated: Month
    unassessed: tuple[Unassessed, ...]


def record_page(party: str = EVERYBODY, grades: Collection[str] = HEADLINE, names: Names | None = None) -> RecordPage:
    """The record by month; the grades that a total includes are told with it."""
    read = whole(names)
    return RecordPage(
        party=read.party(party),
        parties=read.parties,
        grades=tuple(grades),
        months=record.months(read.cells, party, grades),
        undated=record.undated(read.cells, party, grades),
        unassessed=unassessed(),
    )


def whole(names: Names | None = None) -> Record:
    """Every cell of the record and every party that a published incident names, most often named first."""
    names = names or Names()
    written: dict[str, Counter[str]] = {}
    touched: dict[str, set[str]] = {}
    incidents: Counter[str] = Counter()

    def noted() -> Iterator[Counted]:
        for line in lines(names):
            for key, name in line.written:
                written.setdefault(key, Counter())[name] += 1
            for key in line.counted.parties:
                incidents[key] += 1
                touched.setdefault(key, set()).add(line.stream)
            yield line.counted

    cells = record.counted(noted())
    called = dict(session.execute(select(Stream.slug, Stream.name)).all())
    named = (
        PartyNamed(
            key, names.shown(key, written[key]), number, tuple(sorted((slug, called[slug]) for slug in touched[key]))
        )
        for key, number in incidents.items()
    )
    return Record(cells, tuple(sorted(named, key=lambda one: (-one.incidents, one.key))))


def lines(names: Names) -> Iterator[Line]:
    """Every published incident, in one statement, never more than a handful in memory."""
    rows = session.execute(_standing(), execution_options={"yield_per": AT_ONCE})
    return (_line(row, names) for row in rows)


def behind(
    party: str,
    month: str,
    grades: Collection[str],
    names: Names | None = None,
    *,
    legacy: Collection[bool] = (True, False),
) -> tuple[int, ...]:
    """The incidents that a number of the record counts: the list to which it leads."""
    return tuple(
        line.incident
        for line in lines(names or Names())
        if line.counted.month == month
        and line.counted.grade in grades
        and line.counted.legacy in legacy
        and (party == EVERYBODY or party in line.counted.parties)
    )


def _standing() -> Select[Any]:
    """Each public incident's standing determination beside the facts that it was published with; without them where
    they were removed since: the incident still counts, in no month and for no party."""
    table = Determination.__table__.c
    stands = (table.incident_id == Incident.id) & (table.version == Incident.version)
    last = (
        select(func.max(Event.seq).label("seq"), Event.incident_id.label("incident_id"))
        .join(Incident, Incident.id == Event.incident_id)
        .join(Determination, stands)
        .where(Incident.public, Event.type.in_(TELLING), Event.seq <= table.seq)
        .group_by(Event.incident_id)
        .subquery()
    )
    return (
        select(Incident.id, Incident.stream, table.grade, table.kind, table.range, Disclosure.text)
        .join(Determination, stands)
        .outerjoin(last, last.c.incident_id == Incident.id)
        .outerjoin(Disclosure, (Disclosure.seq == last.c.seq) & (Disclosure.name == "facts"))
        .where(Incident.public)
        .order_by(Incident.id)
    )


def _line(row: Any, names: Names) -> Line:
    facts = read_disclosure(row.text)[1] if row.text else {}
    named = [(party["name"], party.get("role") or "suspected") for party in facts.get("parties", ())]
    counted = Counted(
        month=record.month_of(facts.get("date")),
        parties=names.named(named),
        grade=row.grade,
        legacy=row.kind == LEGACY,
        killed=Casualties.from_dict(row.range).killed,
    )
    spelt = {names.key(name): name for name, _role in named}
    return Line(row.id, row.stream, counted, tuple((key, spelt[key]) for key in counted.parties))
