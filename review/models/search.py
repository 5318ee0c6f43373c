"""Finding incidents by words: the folded text that is looked in, and each engine's index of it.

A word is found wherever its letters stand in a row, also within a longer one. The index knows a text by its pieces of
three letters: SQLite's FTS5 in a table beside, kept by triggers, PostgreSQL's pg_trgm in an index. It only says which
texts may hold a word; whether one does is asked of the text itself. What the public is shown is indexed apart.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, TableClause, column, insert, select, table

from review.models.incidents import Incident
from review.rules.folding import folded

__all__ = [
    "BESIDE", "DESK", "PUBLIC", "STEP", "Looked", "first_words", "folded", "has", "indexed", "looked_up", "merge",
    "ours",
]  # fmt: skip

PIECE = 3  # letters; a shorter word is in no index
MOST_PIECES = 60  # of a long question: the rest is asked of the texts that these leave
STEP = 500  # pages that are merged before others may write
_INCIDENT = Incident.__table__.c


class Looked(NamedTuple):
    """A column that is looked in, and SQLite's index of it."""

    name: str
    text: ColumnElement[str]
    words: TableClause


def _looked(name: str, words: str) -> Looked:
    return Looked(name, _INCIDENT[name], table(words, column("rowid"), column(words), column(name)))


DESK = _looked("search_text", "incident_words")
PUBLIC = _looked("public_text", "public_words")
BESIDE = tuple(one.words.name for one in (DESK, PUBLIC))
_FIRST = [(one.name, insert(one.words)) for one in (DESK, PUBLIC)]


def has(text: ColumnElement[str], words: Collection[str]) -> list[ColumnElement[bool]]:
    """That a text has each of these words, which are folded themselves."""
    return [text.contains(word, autoescape=True) for word in words]


def indexed(words: Collection[str]) -> list[str]:
    """Those of the words that an index can answer."""
    return [word for word in words if len(word) >= PIECE]


def looked_up(dialect: str, looked: Looked, words: Sequence[str], before: int | None) -> Select[Any]:
    """The ids of the incidents that may have these words, by the index, the newest first; `has` is asked of each."""
    if dialect == "sqlite":
        return _by_pieces(looked.words, words, before)
    # By no order that an index has: it would walk the whole table backwards in search of a rare word.
    statement = select(_INCIDENT.id).order_by((_INCIDENT.id + 0).desc())
    return statement if before is None else statement.where(_INCIDENT.id < before)


def _by_pieces(index: TableClause, words: Sequence[str], before: int | None) -> Select[Any]:
    found = index.c[index.name].op("MATCH")(" ".join(_quoted(piece) for piece in _pieces(words)))
    statement = select(_INCIDENT.id).select_from(index.join(Incident.__table__, _INCIDENT.id == index.c.rowid))
    statement = statement.where(found).order_by(index.c.rowid.desc())
    return statement if before is None else statement.where(index.c.rowid < before)


def _pieces(words: Sequence[str]) -> list[str]:
    pieces = (word[first : first + PIECE] for word in words for first in range(len(word) - PIECE + 1))
    return list(dict.fromkeys(pieces))[:MOST_PIECES]


def _quoted(piece: str) -> str:
    return '"' + piece.replace('"', '""') + '"'


def ours(name: str | None, _kind: str, _parents: Any) -> bool:
    """Whether something in the database is described by the models: the indexes of words are made by a migration."""
    return name is None or not name.removeprefix("ix_").startswith(BESIDE)


def first_words(rows: Sequence[Any]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    """The statements, and their rows, that put new incidents into the indexes of SQLite; a trigger takes up whatever
    changes later, and PostgreSQL does both by itself."""
    for name, statement in _FIRST:
        known = [{"rowid": row.id, name: text} for row in rows if (text := getattr(row, name))]
        if known:
            yield statement, known


def merge(connection: Any, index: str, pages: int) -> bool:
    """Merge so many pages of an index of SQLite's; a number below 0 begins. False when nothing is left to merge.

    An index only notes what was taken out of it until the parts that hold it are merged.
    """
    before = connection.total_changes
    connection.execute(f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)", (pages,))
    return int(connection.total_changes) - before > 1
