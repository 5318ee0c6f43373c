"""A desk that outgrew one machine: the file of SQLite, row by row past PostgreSQL's guards.

Both hold the same tables in the same words; only how a truth value and a moment are written differs, and PostgreSQL
reads what SQLite writes. So every value crosses as it is, an event's bytes among them.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from review.keeping import archive
from review.keeping.snapshot import DATABASE

AT_ONCE = 2_000
BLOCK = 1024 * 1024


class NotCrossed(RuntimeError):
    """A value that SQLite keeps and PostgreSQL does not take; the sentence names its table."""


@contextmanager
def unpacked(backup: Path, draft: Path) -> Iterator[sqlite3.Connection]:
    """The database file of a backup, put at `draft` while it is read and gone afterwards."""
    try:
        put_file(draft, backup)
        with closing(sqlite3.connect(f"{draft.as_uri()}?immutable=1", uri=True)) as connection:
            yield connection
    finally:
        draft.unlink(missing_ok=True)


def put_file(path: Path, backup: Path) -> None:
    """Write the database file of a backup, for its owner's eyes, and wait until it is on the disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as out, archive.opened(backup) as (_manifest, members):
        file = next(file for member, file in members if member.name == DATABASE)
        while block := file.read(BLOCK):
            out.write(block)
        out.flush()
        os.fsync(out.fileno())


def copy(source: sqlite3.Connection, connection: psycopg.Connection, table: str) -> tuple[str, ...]:
    """Bring over the rows of one table in the order of their keys, as its guards want them; answers its columns."""
    told = source.execute("SELECT name, pk FROM pragma_table_info(?)", (table,)).fetchall()
    names = tuple(name for name, _place in told)
    keys = [name for place, name in sorted((place, name) for name, place in told) if place] or names
    found = source.execute(f'SELECT {_listed(names)} FROM "{table}" ORDER BY {_listed(keys)}')
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    try:
        with connection.cursor().copy(statement) as rows:
            while some := found.fetchmany(AT_ONCE):
                for row in some:
                    rows.write_row(row)
    except psycopg.DataError as problem:
        sentence = f"PostgreSQL does not take a value of the table {table} ({type(problem).__name__})."
        raise NotCrossed(sentence) from problem
    return names


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
