"""How often an open door without a log-in may be knocked at: counted in this process, forgotten after a minute."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Lock

from review import clock
from review.rules.accounts import network

MINUTE = timedelta(minutes=1)


class Pace:
    """So many a minute from one place, and so many from all places together."""

    def __init__(self, *, each: int, all: int) -> None:
        self.each, self._all = each, all
        self._since = datetime.min.replace(tzinfo=UTC)
        self._knocks: Counter[str] = Counter()
        self._lock = Lock()

    def admits(self, address: str) -> bool:
        """Whether one more from this address is within the pace; it counts either way."""
        with self._lock:
            now = clock.now()
            if abs(now - self._since) >= MINUTE:
                self._since = now
                self._knocks.clear()
            place = network(address)
            if self._knocks.total() >= self._all or self._knocks[place] >= self.each:
                return False
            self._knocks[place] += 1
            return True

    def left(self, address: str) -> int:
        """How many more of this minute are admitted from here."""
        with self._lock:
            place = network(address)
            return max(0, min(self.each - self._knocks[place], self._all - self._knocks.total()))

    def seconds(self) -> int:
        """In how many seconds the count begins anew."""
        with self._lock:
            return max(1, ceil((self._since + MINUTE - clock.now()).total_seconds()))
