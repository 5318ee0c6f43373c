"""One writer at a time: a cross-process lock in front of SQLite; PostgreSQL's row locks need none."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from review.models import session, write_mode

_ONE_THREAD = Lock()


@contextmanager
def writing(home: Path) -> Iterator[None]:
    """Hold the write lock of this home and begin write transactions at once until the block ends."""
    with _queue(home):
        token = write_mode.set(True)
        try:
            yield
        finally:
            write_mode.reset(token)


@contextmanager
def _queue(home: Path) -> Iterator[None]:
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    # The kernel's queue is fair and short; SQLite's own retries under contention are neither. Of one process one
    # thread at a time stands in it: whoever is woken there and finds the interpreter busy would hold up all others.
    with _ONE_THREAD:
        handle = os.open(home / "write.lock", os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)
