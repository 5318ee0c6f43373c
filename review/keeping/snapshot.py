"""A consistent copy of the database while others write: one file of SQLite, or the rows of PostgreSQL."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from review.audit.canonical import b64
from review.audit.tree import Edge

BLOCK = 1024 * 1024
SQLITE, POSTGRESQL = "sqlite", "postgresql"
DATABASE = "assay.db"
VERSION_TABLE = "alembic_version"


class Unreadable(RuntimeError):
    """The database could not be copied; the sentence says why."""


Ask = Callable[[str], Sequence[Sequence[Any]]]

_TABLES = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum),
        array(SELECT k.attname::text
              FROM pg_index i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS n(attnum, place)
              JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = n.attnum
              WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY n.place)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid, c.relname ORDER BY c.relname
"""

# A program that is copied before it is brought up to date may not have the table yet.
_QUARANTINE = {
    SQLITE: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'submission_file'",
    POSTGRESQL: "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'submission_file'",
}

# The files of the open data's snapshots, but for those that are gone.
_PUBLISHED = (
    "SELECT data_file.sha256 FROM data_file JOIN data_snapshot ON data_snapshot.size = data_file.size "
    "WHERE data_snapshot.gone_on IS NULL"
)

# The size of the present log: it begins where its own opening stands, also in tables of an earlier version.
HEAD = (
    "SELECT origin, size - (SELECT max(seq) FROM event WHERE type = 'log.opened'), edge, day FROM log_head"
)


@dataclass(frozen=True, slots=True)
class Head:
    """How far the log had come in the copy."""

    origin: str
    size: int
    root: str
    day: str


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the copy, under the name that it has in the backup."""

    name: str
    path: Path
    sha256: str
    size: int
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The copy, and what it says of itself."""

    engine: str
    revision: str
    head: Head | None
    objects: tuple[str, ...]
    parts: tuple[Part, ...]


def take(url: str, folder: Path) -> Snapshot:
    """Copy the database behind this address into `folder`; nobody who writes meanwhile has to wait."""
    address = make_url(url)
    try:
        if address.get_backend_name() == SQLITE:
            return _sqlite(Path(address.database or ""), folder)
        return _postgresql(address, folder)
    except sqlite3.Error as problem:
        if problem.sqlite_errorname == "SQLITE_FULL":
            raise OSError(errno.ENOSPC, "no room for the copy") from problem
        raise Unreadable(f"The database could not be copied ({problem}). Has this desk been set up?") from problem
    except psycopg.Error as problem:
        raise Unreadable(f"The database could not be copied ({type(problem).__name__}). Is it there?") from problem


def _sqlite(database: Path, folder: Path) -> Snapshot:
    copy = folder / DATABASE
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    # One read transaction: in WAL mode writers go on behind it, and what was redacted is not copied along.
    source = sqlite3.connect(database, isolation_level=None)
    try:
        source.execute("VACUUM INTO ?", (str(copy),))
    finally:
        source.close()
    found = sqlite3.connect(f"{copy.as_uri()}?immutable=1", uri=True)
    try:
        return _told(SQLITE, lambda statement: found.execute(statement).fetchall(), [_part(DATABASE, copy)])
    finally:
        found.close()


def _postgresql(address: URL, folder: Path) -> Snapshot:
    with psycopg.connect(libpq(address)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True

        def ask(statement: str) -> Sequence[Sequence[Any]]:
            return connection.execute(statement.encode()).fetchall()

        parts = [
            _table(connection, folder, name, columns, keys)
            for name, columns, keys in ask(_TABLES)
            if name != VERSION_TABLE
        ]
        return _told(POSTGRESQL, ask, parts)


def libpq(address: URL) -> str:
    """The address as PostgreSQL's own library reads it."""
    return address.set(drivername="postgresql").render_as_string(hide_password=False)


def _table(
    connection: psycopg.Connection[Any], folder: Path, name: str, columns: Sequence[str], keys: Sequence[str]
) -> Part:
    # In the order of the keys: the guards of the record look at it when the rows come back.
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _names(columns), sql.Identifier(name), _names(keys or columns)
    )
    path = folder / f"{name}.copy"
    with path.open("wb") as file, connection.cursor().copy(statement) as rows:
        for block in rows:
            file.write(block)
    return _part(f"rows/{name}.copy", path, tuple(columns))


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(column) for column in columns)


def _told(engine: str, ask: Ask, parts: Sequence[Part]) -> Snapshot:
    ((revision,),) = ask(f"SELECT version_num FROM {VERSION_TABLE}")
    heads = [_head(*row) for row in ask(HEAD)]
    return Snapshot(engine, revision, heads[0] if heads else None, _objects(engine, ask), tuple(parts))


def _objects(engine: str, ask: Ask) -> tuple[str, ...]:
    """The files of the record, and those in quarantine and of the open data where the copied program has any."""
    statement = "SELECT sha256 FROM capture"
    ((quarantine,),) = ask(_QUARANTINE[engine])
    if quarantine:
        statement += " UNION SELECT sha256 FROM submission_file"
    ((published,),) = ask(_QUARANTINE[engine].replace("submission_file", "data_file"))
    if published:
        statement += " UNION " + _PUBLISHED
    return tuple(row[0] for row in ask(f"{statement} ORDER BY sha256"))


def _head(origin: str, size: int, edge: str | list[str], day: str) -> Head:
    peaks = json.loads(edge) if isinstance(edge, str) else edge
    return Head(origin, size, b64(Edge.from_list(size, peaks).root()), day)


def _part(name: str, path: Path, columns: tuple[str, ...] = ()) -> Part:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return Part(name, path, digest.hexdigest(), path.stat().st_size, columns)
