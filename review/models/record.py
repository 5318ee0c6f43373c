"""The kept figures of the public record: a projection, changed in the transaction of the act that changes what counts.

Every published incident has an entry for everybody and one for each party it names; the figures are the sums of the
entries, cell by cell, so that no page reads every incident. Where two acts publish at once, the second finds the head
of the log locked and adds to what the first has left: no count is lost, and none waits for another crosswise.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.decisions import Determination
from review.models.dossiers import read_disclosure
from review.models.incidents import Incident
from review.models.parties import names_in_force
from review.models.trail import Disclosure, Event
from review.rules.dossier import Dossier
from review.rules.facts import Casualties, Facts
from review.rules.parties import LONGEST_NAME, Names
from review.rules.record import EVERYBODY, LEGACY, NOTHING, Cell, Counted, Figure, cells_of, counted_of
from review.rules.redaction import DESCRIBING

BLOCK = 1_000
ADDED = ("incidents", "fewest", "most", "unknown", "open_below", "open_above")
Write = Callable[[Any, Any], Any]  # a statement and its rows
Row = dict[str, Any]


class RecordEntry(Base):
    """One published incident as it counts for one party that it names, or for everybody."""

    __tablename__ = "record_entry"
    __table_args__ = (Index("ix_record_entry_cell", "party", "month", "grade", "legacy", "incident_id"),)

    # No foreign key: a whole party is counted anew while acts hold some of its incidents, and would wait for them.
    incident_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    party: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)  # its key, "" for everybody
    month: Mapped[str] = mapped_column(String(7))
    grade: Mapped[str] = mapped_column(String(40))
    legacy: Mapped[bool] = mapped_column(Boolean)
    fewest: Mapped[int] = mapped_column(BigInteger)
    most: Mapped[int] = mapped_column(BigInteger)
    unknown: Mapped[int] = mapped_column(Integer)
    open_below: Mapped[int] = mapped_column(Integer)
    open_above: Mapped[int] = mapped_column(Integer)
    stream: Mapped[str] = mapped_column(String(80))
    written: Mapped[str] = mapped_column(String(LONGEST_NAME))  # how the incident spells the party


class RecordFigure(Base):
    """The sum of the entries of one cell."""

    __tablename__ = "record_figure"

    party: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    grade: Mapped[str] = mapped_column(String(40), primary_key=True)
    legacy: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    incidents: Mapped[int] = mapped_column(BigInteger)
    fewest: Mapped[int] = mapped_column(BigInteger)
    most: Mapped[int] = mapped_column(BigInteger)
    unknown: Mapped[int] = mapped_column(BigInteger)
    open_below: Mapped[int] = mapped_column(BigInteger)
    open_above: Mapped[int] = mapped_column(BigInteger)


class RecordName(Base):
    """In how many published incidents of a stream a party is spelt like this."""

    __tablename__ = "record_name"

    party: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    stream: Mapped[str] = mapped_column(String(80), primary_key=True)
    written: Mapped[str] = mapped_column(String(LONGEST_NAME), primary_key=True)
    incidents: Mapped[int] = mapped_column(BigInteger)


ENTRY, FIGURE, NAME = RecordEntry.__table__, RecordFigure.__table__, RecordName.__table__
ENTRY_COLUMNS = tuple(column.name for column in ENTRY.columns if column.name != "incident_id")
CELL = ("party", "month", "grade", "legacy")
SPELLING = ("party", "stream", "written")
_NEW_ENTRIES = insert(ENTRY)
_NO_ENTRIES = delete(ENTRY).where(ENTRY.c.incident_id == bindparam("of"))


# --- what one incident adds -----------------------------------------------------------------------------------


def entries_of(incident_id: int, stream: str, counted: Counted, names: Names) -> list[Row]:
    """The rows of one published incident, everybody's first."""
    figure = Figure.of(counted.killed)
    added = {name: getattr(figure, name) for name in ADDED[1:]}
    return [
        {
            "incident_id": incident_id, "party": cell.party, "month": cell.month, "grade": cell.grade,
            "legacy": cell.legacy, **added, "stream": stream, "written": counted.spelt(cell.party),
        }
        for cell in cells_of(counted)
    ]  # fmt: skip


def entries(row: Any, dossier: Dossier, names: Names) -> list[Row]:
    """The rows of an incident as its dossier has it; none where the public may not read it."""
    standing = dossier.determination
    if standing is None or not row.public:
        return []
    counted = counted_of(standing.facts, standing.grade, standing.kind == LEGACY, standing.casualties.killed, names)
    return entries_of(row.id, row.stream, counted, names)


class Recount:
    """What a transaction changes of the record: gathered incident by incident, added up, and written once."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._gone: list[int] = []
        self._rows: list[Row] = []
        self._figures: dict[Cell, Figure] = {}
        self._names: dict[tuple[str, str, str], int] = {}

    @cached_property
    def names(self) -> Names:
        """The aliases as they are in this transaction."""
        return names_in_force(self._session)

    def begin(self, row: Any, dossier: Dossier) -> None:
        """Count an incident of which no row can be there yet."""
        self._add(entries(row, dossier, self.names))

    def again(self, row: Any, dossier: Dossier) -> None:
        """Count an incident as it is now in place of what is kept of it."""
        self.replace(row.id, entries(row, dossier, self.names))

    def replace(self, incident_id: int, wanted: list[Row]) -> None:
        """Put these entries in place of those that an incident has."""
        kept = self._session.execute(select(ENTRY).where(ENTRY.c.incident_id == incident_id)).mappings().all()
        if sorted(map(_plain, kept)) == sorted(map(_plain, wanted)):
            return
        if kept:
            self._gone.append(incident_id)
        for entry in kept:
            self._sum(entry, -1)
        self._add(wanted)

    def _add(self, wanted: list[Row]) -> None:
        self._rows += wanted
        for entry in wanted:
            self._sum(entry, 1)

    def _sum(self, entry: Mapping[Any, Any], times: int) -> None:
        cell = Cell(*(entry[name] for name in CELL))
        figure = Figure(times, *(times * entry[name] for name in ADDED[1:]))
        self._figures[cell] = self._figures.get(cell, NOTHING) + figure
        if cell.party != EVERYBODY:
            spelling = cell.party, entry["stream"], entry["written"]
            self._names[spelling] = self._names.get(spelling, 0) + times

    def send(self, write: Write) -> None:
        """Write what was gathered, every table by its key in one order, and take it from the memory."""
        if not (self._gone or self._figures):
            return
        figures: list[Row] = [
            {**dict(zip(CELL, _key(cell), strict=True)), **{name: getattr(figure, name) for name in ADDED}}
            for cell, figure in sorted(self._figures.items(), key=lambda pair: _key(pair[0]))
            if figure != NOTHING
        ]
        names: list[Row] = [
            {**dict(zip(SPELLING, spelling, strict=True)), "incidents": number}
            for spelling, number in sorted(self._names.items())
            if number
        ]
        dialect = self._session.get_bind().dialect.name
        _send(write, _NO_ENTRIES, [{"of": one} for one in self._gone])
        _send(write, _NEW_ENTRIES, self._rows)
        _send(write, _adding(dialect, FIGURE, CELL, ADDED), figures)
        _send(write, _adding(dialect, NAME, SPELLING, ADDED[:1]), names)
        _send(write, _emptied(FIGURE, CELL), [_named(row, CELL) for row in figures if row["incidents"] < 0])
        _send(write, _emptied(NAME, SPELLING), [_named(row, SPELLING) for row in names if row["incidents"] < 0])
        self._gone, self._rows, self._figures, self._names = [], [], {}, {}


def _plain(entry: Mapping[Any, Any]) -> tuple[Any, ...]:
    return tuple(entry[name] for name in ENTRY_COLUMNS)


def _key(cell: Cell) -> tuple[str, str, str, bool]:
    return cell.party, cell.month, cell.grade, cell.legacy


def _named(row: Row, keys: Collection[str]) -> Row:
    return {f"of_{name}": row[name] for name in keys}


def _send(write: Write, statement: Any, rows: list[Row]) -> None:
    if rows:
        write(statement, rows)


@lru_cache
def _adding(dialect: str, table: Table, keys: tuple[str, ...], added: tuple[str, ...]) -> Any:
    """An INSERT that adds to the row with the same keys where there is one."""
    statement = sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
    sums = {name: table.c[name] + statement.excluded[name] for name in added}
    return statement.on_conflict_do_update(index_elements=list(keys), set_=sums)


@lru_cache
def _emptied(table: Table, keys: tuple[str, ...]) -> Any:
    """A sum of nothing is no row."""
    same = [table.c[name] == bindparam(f"of_{name}") for name in keys]
    return delete(table).where(*same, table.c.incidents == 0)


# --- made anew from what was published ------------------------------------------------------------------------


def standing(*wanted: Any) -> Select[Any]:
    """The public incidents that these conditions name, in their order: each with its standing determination and the
    facts that it was published with; without them where they were removed since."""
    table = Determination.__table__.c
    stands = and_(table.incident_id == Incident.id, table.version == Incident.version)
    last = (
        select(func.max(Event.seq))
        .where(Event.incident_id == Incident.id, Event.type.in_(DESCRIBING), Event.seq <= table.seq)
        .correlate(Incident, Determination.__table__)
        .scalar_subquery()
    )
    return (
        select(Incident.id, Incident.stream, table.grade, table.kind, table.range, Disclosure.text)
        .join(Determination.__table__, stands)
        .outerjoin(Disclosure, and_(Disclosure.seq == last, Disclosure.name == "facts"))
        .where(Incident.public, *wanted)
        .order_by(Incident.id)
    )


def anew(row: Any, names: Names) -> list[Row]:
    """The entries of one row of `standing`."""
    facts = Facts.from_dict(read_disclosure(row.text)[1]) if row.text else Facts()
    killed = Casualties.from_dict(row.range).killed
    return entries_of(row.id, row.stream, counted_of(facts, row.grade, row.kind == LEGACY, killed, names), names)


def refill(connection: Any) -> None:
    """Make every entry and every sum anew: for the migration that brings the tables."""
    for rows in _blocks(connection, Names()):
        connection.execute(_NEW_ENTRIES, rows)
    for table, summed in ((FIGURE, figures_summed()), (NAME, names_summed())):
        connection.execute(insert(table).from_select([column.name for column in table.columns], summed))


def _blocks(connection: Any, names: Names) -> Iterator[list[Row]]:
    last = 0
    while found := connection.execute(standing(Incident.id > last).limit(BLOCK)).all():
        last = found[-1].id
        yield [entry for row in found for entry in anew(row, names)]


def figures_summed() -> Select[Any]:
    """What the figures must be: the entries, added up."""
    cell = [ENTRY.c[name] for name in CELL]
    sums = [_whole(func.sum(ENTRY.c[name])) for name in ADDED[1:]]
    return select(*cell, func.count(), *sums).group_by(*cell)


def names_summed() -> Select[Any]:
    """What the spellings must be: those of the entries, counted."""
    spelling = [ENTRY.c[name] for name in SPELLING]
    return select(*spelling, func.count()).where(ENTRY.c.party != EVERYBODY).group_by(*spelling)


def _whole(summed: Any) -> Any:
    """A sum of whole numbers, which PostgreSQL answers as a decimal."""
    return cast(summed, BigInteger)


def named_by(party: str, after: int, most: int) -> Select[Any]:
    """The next incidents that count for a party, in their order."""
    of_party = select(ENTRY.c.incident_id).where(ENTRY.c.party == party, ENTRY.c.incident_id > after)
    return of_party.order_by(ENTRY.c.incident_id).limit(most)


def count_anew(session: Any, incidents: Iterable[int], names: Names) -> None:
    """Bring the entries and sums of these incidents up to date with what was published and the aliases."""
    recount = Recount(session)
    for row in session.execute(standing(Incident.id.in_(list(incidents)))).all():
        recount.replace(row.id, anew(row, names))
    recount.send(session.execute)
