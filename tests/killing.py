"""Where a process may be killed by a test: before every statement, those handed to the driver itself among them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

from psycopg import Cursor
from sqlalchemy import Engine, event

Step = Callable[..., None]


def at_every_statement(engine: Engine, step: Step) -> None:
    """Call `step` before each statement and each commit of this engine."""
    event.listen(engine, "commit", step)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "checkout", lambda connection, *_rest: _traced(connection, step))
        return
    for name in ("execute", "executemany"):
        setattr(Cursor, name, _stepping(getattr(Cursor, name), step))


def _traced(connection: sqlite3.Connection, step: Step) -> None:
    connection.set_trace_callback(step)


def _stepping(real: Callable[..., Any], step: Step) -> Callable[..., Any]:
    def stepped(*given: Any, **named: Any) -> Any:
        step()
        return real(*given, **named)

    return stepped
