"""The mark of a public incident page: the same while the public would read the same. One statement, before any page is
built, over what is kept on the incident's row; nothing in it moves with a vote (see rules.told)."""

from __future__ import annotations

import hashlib
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.pq import ExecStatus
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from review.models import session
from review.models.refs import NAME, folded_code

# What else a page shows: the stream's name, which codes are not its own, under which checkpoint a bundle can be had.
_SELECT = """
SELECT incident.name, incident.told, incident.said, stream.name,
  (SELECT min(other.folded) || ' ' || max(other.folded) || ' ' || count(*) FROM public_code AS other
    WHERE other.incident_id <> incident.id AND other.folded IN
      (SELECT own.folded FROM public_code AS own WHERE own.incident_id = incident.id)),
  (SELECT max(bundle.size) FROM bundle
    WHERE bundle.person_id IS NULL AND bundle.incident_id IS NULL AND bundle.stage = 'done')
FROM incident LEFT JOIN stream ON stream.slug = incident.stream
WHERE incident.grade IS NOT NULL AND NOT incident.restricted AND """
_BY_NAME = _SELECT + "incident.name = ?"
_BY_CODE = _SELECT + "incident.id IN (SELECT incident_id FROM public_code WHERE folded = ?)"


def engine() -> Any:
    """What this application reads with; inside its context."""
    return session.get_bind()


def mark(bind: Any, ref: str, *said: str) -> str | None:
    """The mark under which this page is known, by all that the asker says besides; None where none can be given: no
    such page, several of that code, or one that shows what others say."""
    if "\0" in ref:  # which would end there for the server
        return None
    named = NAME.fullmatch(ref) is not None
    rows = _rows(bind, _BY_NAME if named else _BY_CODE, ref if named else folded_code(ref))
    if len(rows) != 1 or not rows[0][1]:
        return None
    return hashlib.sha256("\x00".join([*map(str, rows[0]), ref, *said]).encode()).hexdigest()[:40]


def _rows(bind: Any, statement: str, value: str) -> list[Any]:
    """What it finds; what goes wrong is told as the session tells it, for this goes past the session."""
    error = bind.dialect.loaded_dbapi.Error
    try:
        return _read(bind, statement, value)
    except error as wrong:
        raise DBAPIError.instance(statement, (value,), wrong, error, dialect=bind.dialect) from wrong


def _read(bind: Any, statement: str, value: str) -> list[Any]:
    """Outside any transaction of the page."""
    if bind.dialect.name != "sqlite":
        return _aside(bind).ask(bind, statement, value)
    raw = bind.raw_connection()
    try:
        return list(raw.driver_connection.execute(statement, (value,)).fetchall())
    finally:
        raw.close()


class _Asking:
    """A connection on which every statement stands by itself and is prepared once."""

    def __init__(self, connection: Any) -> None:
        connection.autocommit = True
        self._connection = connection
        self._prepared: dict[str, bytes] = {}

    def ask(self, statement: str, value: str) -> list[Any]:
        """Its rows, as text."""
        server = self._connection.pgconn
        if statement not in self._prepared:
            name = b"mark%d" % len(self._prepared)
            self._told(server.prepare(name, statement.replace("?", "$1").encode()))
            self._prepared[statement] = name
        found = self._told(server.exec_prepared(self._prepared[statement], [value.encode()]))
        places = range(found.nfields)
        return [tuple(_text(found.get_value(row, place)) for place in places) for row in range(found.ntuples)]

    def _told(self, answer: Any) -> Any:
        if answer.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise psycopg.errors.error_from_result(answer, encoding=self._connection.info.encoding)
        return answer

    def close(self) -> None:
        self._connection.close()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


class _Aside:
    """Connections beside the pool: nothing is begun, set back or waited for.

    What they are asked is the whole request: at a pool it would spend half as long again as on its question.
    """

    def __init__(self) -> None:
        self._free: list[_Asking] = []

    def ask(self, bind: Any, statement: str, value: str) -> list[Any]:
        """Its rows, on a connection that nobody else has meanwhile."""
        try:
            connection = self._free.pop()
        except IndexError:
            return self._asked(_new(bind), statement, value)
        try:
            return self._asked(connection, statement, value)
        except psycopg.Error:  # the server was started anew, or its tables changed: none from before is any good
            self.close()
            return self._asked(_new(bind), statement, value)

    def _asked(self, connection: _Asking, statement: str, value: str) -> list[Any]:
        try:
            rows = connection.ask(statement, value)
        except BaseException:
            connection.close()
            raise
        self._free.append(connection)
        return rows

    def close(self) -> None:
        """Close those that nobody has now."""
        while self._free:
            self._free.pop().close()


def _new(bind: Any) -> _Asking:
    pooled = bind.raw_connection()
    connection = pooled.driver_connection
    pooled.detach()
    return _Asking(connection)


# Nothing in it holds an engine: one that nobody uses any more goes, and what was beside it with it.
_ASIDE: WeakKeyDictionary[Any, _Aside] = WeakKeyDictionary()


def _aside(bind: Any) -> _Aside:
    found = _ASIDE.get(bind)
    return found if found is not None else _ASIDE.setdefault(bind, _Aside())


@event.listens_for(Engine, "engine_disposed")
def _closed_with_the_pool(bind: Any) -> None:
    aside = _ASIDE.pop(bind, None)
    if aside is not None:
        aside.close()
