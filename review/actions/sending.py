"""What an act writes at its end, handed to the database in one go.

Every act ends with the same few statements, and while they run its incident and the head of the log stay locked. None
of them is asked for an answer. So each is put into SQL once a process and handed to the driver itself, and PostgreSQL
is sent all of them before it is asked how they went (the pipeline of its protocol): one round trip instead of one each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Row = Mapping[str, Any]
Rows = Row | Sequence[Row]
Waiting = tuple[Any, Rows]


class Written(NamedTuple):
    """A statement in one engine's SQL, and how a row becomes what its driver takes."""

    sql: str
    taken: Callable[[Row], Any]


def send(connection: Connection, waiting: Sequence[Waiting]) -> None:
    """Run these statements in their order, each for one row or for many of the same columns."""
    if not waiting:
        return
    with _driver(connection) as driver:
        _run(driver, connection.dialect, waiting)


def end(connection: Connection, waiting: Sequence[Waiting]) -> None:
    """The same at the very end of an act: PostgreSQL is told to commit in the same breath."""
    if not waiting:
        return
    with _driver(connection) as driver:
        _run(driver, connection.dialect, waiting)
        if connection.dialect.name == "postgresql":
            driver.commit()


def _run(driver: Any, dialect: Dialect, waiting: Sequence[Waiting]) -> None:
    for statement, rows in waiting:
        if isinstance(rows, Mapping):
            written = _written(statement, dialect, tuple(rows))
            driver.cursor().execute(written.sql, written.taken(rows))
        elif rows:
            written = _written(statement, dialect, tuple(rows[0]))
            driver.cursor().executemany(written.sql, [written.taken(row) for row in rows])


@contextmanager
def _driver(connection: Connection) -> Iterator[Any]:
    """The driver's own connection: what is in SQL already and is asked for no answer needs nothing between."""
    driver: Any = connection.connection.dbapi_connection
    error: Any = connection.dialect.dbapi.Error  # type: ignore[union-attr]
    try:
        with driver.pipeline() if connection.dialect.name == "postgresql" else nullcontext():
            yield driver
    except error as told:
        # What a statement met PostgreSQL tells when its answer comes, which may be only here.
        raise DBAPIError.instance(None, None, told, error, hide_parameters=True, dialect=connection.dialect) from told


@lru_cache(maxsize=256)
def _written(statement: Any, dialect: Dialect, names: tuple[str, ...]) -> Written:
    """The statement for rows of these columns; what they leave out is filled with the plain defaults of the table."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names), for_executemany=True)
    known = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    known |= {column.key: _default(column) for column in compiled.insert_prefetch}
    types = {name: bind.type.dialect_impl(dialect) for name, bind in compiled.binds.items()}
    processors = {name: type_.bind_processor(dialect) for name, type_ in types.items()}

    names = tuple(compiled.positiontup or processors)
    otherwise = {name: known.get(name) for name in names}
    processed = [(place, processors[name]) for place, name in enumerate(names) if processors[name]]

    def values(row: Row) -> list[Any]:
        given = {**otherwise, **row}
        found = [given[name] for name in names]
        for place, processor in processed:
            found[place] = processor(found[place])
        return found

    if compiled.positiontup is None:
        return Written(str(compiled), lambda row: dict(zip(names, values(row), strict=True)))
    return Written(str(compiled), lambda row: tuple(values(row)))


def _default(column: Any) -> Any:
    if not column.default.is_scalar:
        raise ValueError(f"{column} must be given: its default is computed")
    return column.default.arg
