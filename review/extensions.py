"""The Flask extensions and the database engine: the one file that knows Flask-SQLAlchemy."""

from __future__ import annotations

import sqlite3
import time
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, ClassVar

import orjson
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, MetaData, Table, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import Pool

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "secure_delete=ON",
    "wal_autocheckpoint=8000",  # 32 MB: at the usual thousand pages one act in fifty would wait for the copying
    "cache_size=-65536",
    "mmap_size=2147418112",
)

IDLE = 5.0  # seconds after which a connection to a server is asked whether it still stands

NO_TRANSACTION = "no_transaction"  # of a connection on which each statement stands by itself

write_mode: ContextVar[bool] = ContextVar("write_mode", default=False)
"""True while a doorway is open: the next BEGIN on SQLite then takes the write lock at once."""

looking: ContextVar[bool] = ContextVar("looking", default=False)
"""True while a page is only looked at: PostgreSQL, where every statement sees what stands when it is asked anyway, is
then told of no transaction around them; that would be two more messages to it for every page."""


class Base(DeclarativeBase):
    """The base of every table; a plain one, because Flask-SQLAlchemy breaks on a dataclass base."""

    metadata = MetaData(naming_convention=NAMING)
    if TYPE_CHECKING:
        __table__: ClassVar[Table]


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate()


def engine_options(url: str) -> dict[str, Any]:
    """What the pool and the driver need for the engine behind this address."""
    if url.startswith("sqlite"):
        return {"pool_size": 10, "max_overflow": 10, "hide_parameters": True, "json_deserializer": orjson.loads}
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "hide_parameters": True,
        "json_deserializer": orjson.loads,
        "connect_args": {"options": "-c jit=off -c timezone=UTC"},
    }


@event.listens_for(Engine, "connect")
def _set_pragmas(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # Python's own transaction control would delay BEGIN until the first write.
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Pool, "checkin")
def _note_the_time(_connection: Any, record: Any) -> None:
    record.info["since"] = time.monotonic()


@event.listens_for(Pool, "checkout")
def _ask_after_idling(connection: Any, record: Any, _proxy: Any) -> None:
    """A server that was started anew is noticed before the next statement; a connection just used is not asked."""
    since = record.info.get("since")
    if isinstance(connection, sqlite3.Connection) or since is None or time.monotonic() - since < IDLE:
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except Exception as gone:
        raise DisconnectionError from gone


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        _begin_on_a_server(connection)
    elif not connection.get_execution_options().get(NO_TRANSACTION):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write_mode.get() else "BEGIN")


def _begin_on_a_server(connection: Connection) -> None:
    if looking.get() and not write_mode.get():
        connection.connection.driver_connection.autocommit = True  # type: ignore[union-attr]


@event.listens_for(Pool, "reset")
def _no_longer_looked_at(connection: Any, _record: Any, _state: Any) -> None:
    if not isinstance(connection, sqlite3.Connection) and connection.autocommit and not connection.closed:
        connection.autocommit = False
