"""The kept figures of the public record: each incident's entries by its events, and every sum by its entries."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import select

from review.models import Incident, Job
from review.models.parties import REKEY, names_in_force
from review.models.record import (
    CELL,
    ENTRY,
    ENTRY_COLUMNS,
    FIGURE,
    NAME,
    SPELLING,
    entries,
    figures_summed,
    names_summed,
)
from review.rules.dossier import Dossier
from review.rules.parties import Names
from review.rules.record import EVERYBODY

NONE: frozenset[Any] = frozenset()
_COLUMNS = itemgetter(*ENTRY_COLUMNS)
PARTY = ENTRY_COLUMNS.index("party")


class Kept:
    """What the record must have of incidents, under the aliases in force."""

    def __init__(self, session: Any) -> None:
        self.names: Names = names_in_force(session)
        # While the worker still brings the entries under a changed alias, they stand under the one name or the other.
        moving = select(Job.id).where(Job.kind == REKEY, Job.done_at.is_(None)).limit(1)
        self.moving = session.execute(moving).first() is not None

    def sentences(self, row: Any, dossier: Dossier, kept: Collection[tuple[Any, ...]] | None) -> Iterator[str]:
        """Where the entries of an incident are not what its events say that it adds."""
        wanted = set(map(_COLUMNS, entries(row, dossier, self.names)))
        if (kept or NONE) != wanted and self._told(kept or NONE) != self._told(wanted):
            yield f"{row.name}: what the record counts of it is not what was published of it."

    def _told(self, rows: Collection[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
        return {row for row in rows if row[PARTY] == EVERYBODY} if self.moving else set(rows)


def sums(session: Any) -> Iterator[str]:
    """Where a figure of the record is not the sum of its entries, or a spelling is counted otherwise than it stands."""
    known = select(Incident.id).where(Incident.id == ENTRY.c.incident_id).exists()
    if session.execute(select(ENTRY.c.incident_id).where(~known).limit(1)).first():
        yield "The record counts an incident that there is not."
    for key in _differing(session, FIGURE, figures_summed(), len(CELL)):
        month = key[CELL.index("month")] or "no month"
        yield f"The record keeps another figure for {month}, {key[CELL.index('grade')]}, than its incidents add up to."
    if any(_differing(session, NAME, names_summed(), len(SPELLING))):
        yield "The record counts a party by its spellings otherwise than its incidents name it."


def _differing(session: Any, table: Any, summed: Any, keys: int) -> Iterator[tuple[Any, ...]]:
    connection = session.connection()
    kept = _by_key(connection.execute(select(table)), keys)
    wanted = _by_key(connection.execute(summed), keys)
    yield from sorted(key for key in kept.keys() | wanted.keys() if kept.get(key) != wanted.get(key))


def _by_key(rows: Any, keys: int) -> Mapping[tuple[Any, ...], tuple[Any, ...]]:
    return {tuple(row[:keys]): tuple(row[keys:]) for row in rows}
