"""The one clock: UTC, to the millisecond. Tests put another one in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

Source = Callable[[], datetime]


def _machine() -> datetime:
    return datetime.now(UTC)


_source: Source = _machine


def now() -> datetime:
    """The moment, aware, in UTC, cut to milliseconds as the trail writes it."""
    moment = _source().astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def stamp(moment: datetime) -> str:
    """A moment as RFC 3339 with milliseconds and Z."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone is no moment")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(moment: datetime) -> str:
    """The UTC day of a moment, as an event carries it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def today() -> str:
    """The present UTC day."""
    return day(now())


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Let every thread of this process read the time from `source` until the block ends."""
    global _source
    before = _source
    _source = source
    try:
        yield
    finally:
        _source = before
