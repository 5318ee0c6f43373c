"""The public record, from what was published: it takes no viewer, and counts nothing that the public may not read.

Its pages read kept figures (`models.record`), never every incident; the lists behind its numbers read their entries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select, union_all

from review.models import Stream, session
from review.models.parties import names_in_force
from review.models.record import ADDED, CELL, ENTRY, FIGURE, NAME
from review.queries import places
from review.queries.mapped import MOST, Mapped, mapped_incidents
from review.queries.public import ROWS, Listed, Unassessed, public_of, unassessed
from review.rules import record
from review.rules.parties import Names
from review.rules.record import EVERYBODY, HEADLINE, Cell, Figure, Month, Place, Wanted


@dataclass(frozen=True, slots=True)
class PartyNamed:
    """A party, how it is called, how many published incidents name it, and the streams that touch it."""

    key: str
    name: str
    incidents: int
    streams: tuple[tuple[str, str], ...]
    written: tuple[str, ...] = ()  # every other spelling of it in what was published, and its aliases


@dataclass(frozen=True, slots=True)
class Record:
    """All that the record's pages are made of, read once."""

    cells: Mapping[Cell, Figure]
    parties: tuple[PartyNamed, ...]

    def party(self, key: str) -> PartyNamed | None:
        """The party of this key; None where no published incident names it."""
        return _party(self.parties, key)


@dataclass(frozen=True, slots=True)
class RecordPage:
    """The months of one party, or of everybody, under the grades that were asked for."""

    party: PartyNamed | None
    parties: tuple[PartyNamed, ...]
    grades: tuple[str, ...]
    months: tuple[Month, ...]
    undated: Month
    unassessed: tuple[Unassessed, ...]
    altogether: Month  # every month and the undated


_Row = tuple[str, int]  # month and row


@dataclass(frozen=True, slots=True)
class BehindPage:
    """A page of the list behind a number: how many incidents it counts, what they add up to, and some of them."""

    party: PartyNamed | None
    wanted: Wanted
    figure: Figure
    rows: tuple[Listed, ...]
    newer: Place | None
    older: Place | None


def record_page(party: str = EVERYBODY, grades: Collection[str] = HEADLINE) -> RecordPage:
    """The record by month; the grades that a total includes are told with it.

    A party may be asked for by its key, by any spelling or by an alias.
    """
    names = names_in_force(session)
    key = names.key(party)
    counted, parties = dict(cells(key)), _parties(names)
    return RecordPage(
        party=_party(parties, key),
        parties=parties,
        grades=tuple(grades),
        months=record.months(counted, key, grades),
        undated=record.undated(counted, key, grades),
        unassessed=unassessed(),
        altogether=record.altogether(counted, key, grades),
    )


def whole() -> Record:
    """Every cell of the record and every party that a published incident names, most often named first."""
    return Record(dict(cells()), _parties(names_in_force(session)))


def cells(party: str | None = None) -> Iterator[tuple[Cell, Figure]]:
    """The cells of a party, or of everybody and all parties, in the order of party, month, grade and kind."""
    statement = select(*(FIGURE.c[name] for name in (*CELL, *ADDED)))
    if party is not None:
        statement = statement.where(FIGURE.c.party == party)
    # In Python: the engines sort letters each in their way.
    for row in sorted(tuple(row) for row in session.execute(statement)):
        yield Cell(*row[: len(CELL)]), Figure(*row[len(CELL) :])


def parties_named() -> tuple[PartyNamed, ...]:
    """Every party that a published incident names, most often named first."""
    return _parties(names_in_force(session))


def _party(parties: Sequence[PartyNamed], key: str) -> PartyNamed | None:
    return next((one for one in parties if one.key == key), None)


def _parties(names: Names) -> tuple[PartyNamed, ...]:
    written: dict[str, Counter[str]] = {}
    touched: dict[str, set[str]] = {}
    for party, stream, spelling, incidents in session.execute(select(NAME)):
        written.setdefault(party, Counter())[spelling] += incidents
        touched.setdefault(party, set()).add(stream)
    called = dict(session.execute(select(Stream.slug, Stream.name)).all())
    found = []
    for key, spellings in written.items():
        name = names.shown(key, spellings)
        streams = tuple(sorted((slug, called.get(slug, slug)) for slug in touched[key]))
        others = sorted({*spellings, *names.leading_to(key)} - {name})
        found.append(PartyNamed(key, name, spellings.total(), streams, tuple(others)))
    return tuple(sorted(found, key=lambda one: (-one.incidents, one.key)))


# --- the lists behind the numbers -----------------------------------------------------------------------------


def behind_page(wanted: Wanted, before: Place | None = None) -> BehindPage:
    """One page of the incidents that a number counts, the latest month first; `before` is where the last page ended."""
    names = names_in_force(session)
    wanted = wanted.of(names.key(wanted.party))
    counted = _counted(wanted)
    found = _places(wanted, counted, _row(before), ROWS + 1)
    shown = found[:ROWS]
    return BehindPage(
        party=_party(_parties(names), wanted.party) if wanted.party else None,
        wanted=wanted,
        figure=wanted.figure(counted),
        rows=public_of([incident for _month, incident in shown]),
        newer=before,
        older=_named(shown[-1]) if len(found) > ROWS else None,
    )


def _row(before: Place | None) -> _Row | None:
    """Where a list goes on; from its beginning where an address names an incident that nobody may read any more."""
    row = places.row_of(before[1]) if before else None
    return (before[0], row) if before and row is not None else None


def _named(row: _Row) -> Place:
    return row[0], places.words_of(row[1]) or ""


def behind_map(wanted: Wanted) -> Mapped:
    """The same incidents on a map, by the places with which they were published: no more than a map can show."""
    wanted = wanted.of(names_in_force(session).key(wanted.party))
    found = _places(wanted, _counted(wanted), None, MOST + 1)
    return mapped_incidents([incident for _month, incident in found])


def _counted(wanted: Wanted) -> dict[Cell, Figure]:
    return {cell: figure for cell, figure in cells(wanted.party) if wanted.takes(cell) and wanted.number(figure)}


def _places(wanted: Wanted, counted: Mapping[Cell, Figure], before: _Row | None, most: int) -> list[_Row]:
    """The next incidents of these cells. The figures tell which cells hold any, so that only those are looked into."""
    found: list[_Row] = []
    some: list[Cell] = []
    expected = 0
    months = groupby(sorted(counted, key=lambda cell: cell.month, reverse=True), key=lambda cell: cell.month)
    for month, of_month in months:
        if before and month > before[0]:
            continue
        here = list(of_month)
        some += here
        expected += sum(wanted.number(counted[cell]) for cell in here)
        if expected >= most:
            found += _look(wanted, some, before, most - len(found))
            some, expected = [], 0
        if len(found) >= most:
            return found
    return found + (_look(wanted, some, before, most - len(found)) if some else [])


def _look(wanted: Wanted, some: Sequence[Cell], before: _Row | None, most: int) -> list[_Row]:
    looked = (_in_cell(wanted, cell, before, most).subquery() for cell in some)
    rows = session.execute(union_all(*(select(one) for one in looked))).all()
    return sorted(((month, incident) for month, incident in rows), reverse=True)[:most]


def _in_cell(wanted: Wanted, cell: Cell, before: _Row | None, most: int) -> Any:
    same = [ENTRY.c[name] == getattr(cell, name) for name in CELL]
    statement = select(ENTRY.c.month, ENTRY.c.incident_id).where(*same)
    if wanted.only == record.UNKNOWN:
        statement = statement.where(ENTRY.c.unknown == 1)
    if before and cell.month == before[0]:
        statement = statement.where(ENTRY.c.incident_id < before[1])
    return statement.order_by(ENTRY.c.incident_id.desc()).limit(most)
