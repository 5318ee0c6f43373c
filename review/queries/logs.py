"""Which log a place stands in: a desk that was rolled back goes on under another name, and each log counts from 0."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

import orjson
from sqlalchemy import select

from review.models import Event, LogHead, session
from review.models.dossiers import joints

_HEAD = select(LogHead.size, LogHead.base)


class Logs:
    """The logs of this desk by where they begin, read once. Places and sizes are counted from its very first entry."""

    def __init__(self, later: Iterable[int] | None = None) -> None:
        self._begin = (0, *(joints(session) if later is None else later))

    def begins(self, seq: int) -> int:
        """Where the log begins in which an entry stands."""
        return self._begin[bisect_right(self._begin, seq) - 1]

    def ends(self, seq: int) -> int | None:
        """Where the log ended in which an entry stands; None while it goes on."""
        return min((begin for begin in self._begin if begin > seq), default=None)

    def number(self, seq: int) -> int:
        """An entry's number in its own log, as a bundle and a proof name it."""
        return seq - self.begins(seq)

    def name(self, seq: int) -> str:
        """How the log is called in which an entry stands, as its first entry says."""
        line = session.scalars(select(Event.line).where(Event.seq == self.begins(seq))).one()
        return str(orjson.loads(line)["log"])

    def before(self, size: int) -> int:
        """Where the log begins that a published checkpoint is of."""
        return self.begins(size - 1)

    def entries(self, size: int) -> int:
        """How many entries of its own log a published checkpoint covers, as its text says."""
        return size - self.before(size)


def present() -> tuple[int, Logs]:
    """How many entries there are, and the logs in which they stand: of a desk with one log, by one look."""
    size, base = session.connection().execute(_HEAD).one_or_none() or (0, 0)
    return size, Logs(None if base else ())
