"""A clock that a test moves: it stands until it is stepped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests import builders

NOON = datetime(2031, 3, 24, 12, 0, tzinfo=UTC)  # a Monday
LONGEST_STEP = timedelta(hours=96)  # the daily heads keep the log's day near the clock's


class Clock:
    """Step `at` for the clock alone; with `goes` the worker runs at every stop, as on a real desk."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at

    def goes(self, **later: float) -> None:
        """Time passes, and the worker with it."""
        left = timedelta(**later)
        while left > timedelta():
            step = min(left, LONGEST_STEP)
            self.at += step
            left -= step
            builders.work()
