"""The indexes of words by which incidents are found: there, as the migration made them, and true to the texts.

A text that an index names is asked itself, so what an index has too much costs time and shows nothing. What it lacks
hides an incident from whoever looks for it, and no page would tell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Protocol
from zlib import crc32

from sqlalchemy import select, text

from review import clock
from review.audit.fsck.definitions import WORDS
from review.models import Incident
from review.models.search import DESK, PIECE, PUBLIC, Looked

BLOCK = 1000
# Which incidents have a piece of a word is told apart by the sum of such numbers, which SQLite adds up where they lie.
SPREAD, NUMBERS = 2654435761, 1 << 32
HALF = NUMBERS // 2
FEWEST = 10_000  # rows that an index of PostgreSQL's is asked for in any case
# A piece of letters of which this database knows none is in no index of its.
SUMMED = f"""
    SELECT piece, (
        SELECT coalesce(sum(id::bigint * {SPREAD} % {NUMBERS}), 0)::bigint
        FROM incident WHERE {{column}} LIKE '%' || piece || '%'
    )
    FROM unnest(CAST(:pieces AS text[])) AS piece WHERE cardinality(show_trgm(piece)) > 0
"""
OTHER_WAYS = ("enable_seqscan", "enable_indexscan", "enable_indexonlyscan")
_INCIDENT = Incident.__table__.c
_MADE = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE %'",
    "postgresql": """
        SELECT c.relname, concat_ws(' ', m.amname, a.attname, o.opcname,
            CASE WHEN i.indpred IS NOT NULL OR i.indnatts > 1 THEN 'of some' END,
            CASE WHEN NOT (i.indisvalid AND i.indisready AND i.indislive) THEN 'not ready' END)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
        JOIN pg_am m ON m.oid = c.relam JOIN pg_opclass o ON o.oid = i.indclass[0]
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE t.relname = 'incident' AND t.relnamespace = current_schema()::regnamespace
    """,
}

Sums = Mapping[str, int]  # piece of a word -> sum over the incidents that have it


class Index(Protocol):
    """What an engine keeps of the pieces of one column's words."""

    anew: str  # by what statement it is made anew

    def differing(self, said: Sums) -> set[str]:
        """The pieces for which it names other incidents than those whose texts have them."""

    def named(self, piece: str) -> Collection[int]:
        """The incidents that it names for a piece."""

    def close(self) -> None:
        """Leave the connection as it was."""


def indexes(session: Any) -> Iterator[str]:
    """Every index of words that is gone, is another than the one made, or does not lead to the texts."""
    connection = session.connection()
    dialect = connection.dialect.name
    present = {name: " ".join(made.split()) for name, made in connection.exec_driver_sql(_MADE[dialect])}
    said = dict(zip((DESK, PUBLIC), _said(session), strict=True))
    for looked, (name, made) in zip((DESK, PUBLIC), WORDS[dialect].items(), strict=True):
        if name not in present:
            yield f"The index {name} is gone: incidents are no longer found by their words. Bring back a backup."
        elif present[name] != made:
            yield f"The index {name} is not the one that was made: words may lead to nothing. Bring back a backup."
        else:
            yield from _compared(session, looked, name, said[looked])


def _compared(session: Any, looked: Looked, name: str, said: Sums) -> Iterator[str]:
    index: Index = _KINDS[session.get_bind().dialect.name](session, looked, name)
    try:
        differing = index.differing(said)
        if differing:
            yield f"The index {name} does not lead to the words of the incidents. As the owner run: {index.anew}"
            yield from _each(session, looked, name, index, differing)
    finally:
        index.close()


def _said(session: Any) -> tuple[Sums, Sums]:
    """What stands in the desk's texts, and in those that the public is shown: mostly the same, and then read once."""
    both: defaultdict[str, int] = defaultdict(int)
    desk: defaultdict[str, int] = defaultdict(int)
    public: defaultdict[str, int] = defaultdict(int)
    for id_, _name, said, told in _texts(session):
        if said == told:
            _add(both, id_, said)
        else:
            _add(desk, id_, said)
            _add(public, id_, told)
    return _summed(both, desk), _summed(both, public)


def _add(sums: defaultdict[str, int], id_: int, said: str) -> None:
    number = id_ * SPREAD % NUMBERS
    for piece in _pieces(said):
        sums[piece] += number


def _summed(both: Sums, alone: Sums) -> Sums:
    return {piece: both.get(piece, 0) + alone.get(piece, 0) for piece in both.keys() | alone.keys()}


def _each(session: Any, looked: Looked, name: str, index: Index, differing: set[str]) -> Iterator[str]:
    """The incidents of which an index has another of these pieces than their texts."""
    kept: defaultdict[int, int] = defaultdict(int)
    for piece in differing:
        for id_ in index.named(piece):
            kept[id_] += hash(piece)
    for id_, incident, said, told in _texts(session):
        pieces = _pieces(told if looked is PUBLIC else said)
        if kept.pop(id_, 0) != sum(map(hash, pieces & differing)):
            yield f"{incident}: its words in the index {name} are not those of its text."
    if kept:
        yield f"The index {name} names {len(kept)} incidents that there are not, or that have no text."


def _texts(session: Any) -> Iterator[tuple[int, str, str, str]]:
    statement = select(_INCIDENT.id, _INCIDENT.name, DESK.text, PUBLIC.text).order_by(_INCIDENT.id).limit(BLOCK)
    last = 0
    while found := session.connection().execute(statement.where(_INCIDENT.id > last)).all():
        last = found[-1][0]
        yield from found


def _pieces(said: str) -> set[str]:
    return {said[first : first + PIECE] for first in range(len(said) - PIECE + 1)}


class _Beside:
    """SQLite's: a table beside, of which every entry can be read."""

    def __init__(self, session: Any, _looked: Looked, name: str) -> None:
        self.anew = f"INSERT INTO {name} ({name}) VALUES ('rebuild')"
        self._connection = session.connection()
        self._beside(f"CREATE VIRTUAL TABLE temp.entries USING fts5vocab(main, {name}, instance)")

    def _beside(self, statement: str) -> None:
        """A table that this connection alone has is no change of the database, which it may only be reading."""
        run = self._connection.exec_driver_sql
        only_reading = run("PRAGMA query_only").scalar()
        run("PRAGMA query_only = OFF")
        try:
            run(statement)
        finally:
            run(f"PRAGMA query_only = {only_reading}")

    def differing(self, said: Sums) -> set[str]:
        summed = f"SELECT term, sum(doc * {SPREAD} % {NUMBERS}) FROM temp.entries GROUP BY term ORDER BY term"
        found, lacking = set(), set(said)
        for piece, number in self._connection.exec_driver_sql(summed):
            lacking.discard(piece)
            if said.get(piece) != number:
                found.add(piece)
        return found | lacking

    def named(self, piece: str) -> Collection[int]:
        rows = self._connection.exec_driver_sql("SELECT doc FROM temp.entries WHERE term = ?", (piece,))
        return set(rows.scalars())

    def close(self) -> None:
        self._beside("DROP TABLE temp.entries")


class _Within:
    """PostgreSQL's: an index whose entries nobody can read, asked for pieces and for as many rows as there are.

    Which pieces these are changes from day to day. An entry too many is none that it would answer with.
    """

    def __init__(self, session: Any, looked: Looked, name: str) -> None:
        self.anew = f"REINDEX INDEX {name}"
        self.summed = text(SUMMED.format(column=looked.name))
        self._named = text(f"SELECT id FROM incident WHERE {looked.name} LIKE '%' || CAST(:piece AS text) || '%'")
        self._connection = session.connection()
        for way in OTHER_WAYS:
            self._connection.exec_driver_sql(f"SET LOCAL {way} = off")

    def differing(self, said: Sums) -> set[str]:
        found, asked = set(), _some(said)
        for first in range(0, len(asked), BLOCK):
            rows = self._connection.execute(self.summed, {"pieces": asked[first : first + BLOCK]})
            found |= {piece for piece, number in rows if said[piece] != number}
        return found

    def named(self, piece: str) -> Collection[int]:
        return set(self._connection.execute(self._named, {"piece": piece}).scalars())

    def close(self) -> None:
        for way in OTHER_WAYS:
            self._connection.exec_driver_sql(f"SET LOCAL {way} TO DEFAULT")


def _some(said: Sums) -> list[str]:
    """Pieces for which an index is asked: other ones every day, until about as many rows answer as there are."""
    day, rows, some = clock.today(), 0, []
    known = sorted((piece for piece in said if piece.isalnum()), key=lambda piece: crc32(f"{day} {piece}".encode()))
    enough = max(FEWEST, max(said.values(), default=0) // HALF)  # the commonest piece stands in most of them
    for piece in known:
        some.append(piece)
        rows += said[piece] // HALF  # half is what the numbers are on the average
        if rows > enough:
            break
    return some


_KINDS: Mapping[str, Any] = {"sqlite": _Beside, "postgresql": _Within}
