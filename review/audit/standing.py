"""The root over all heads, kept between two days in the process that records it: only what moved is hashed again.

Whoever asks holds the end of the log, so that nothing moves between the reading and the leaf that says it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from review.audit import tree
from review.audit.canonical import head_entry, leaf_hash
from review.models import Event, Incident

HASH = 32
BLOCK = 2_000
_HEAD = Incident.__table__.c
_SHOWN = func.coalesce(_HEAD.shown_count, _HEAD.count), func.coalesce(_HEAD.shown_leaf, _HEAD.last_leaf)


class HeadsTree:
    """A tree whose leaves may change: each change hashes its way up again, and nothing else."""

    def __init__(self) -> None:
        self._firsts = array("q")
        self._levels = [bytearray()]
        self._moved: set[int] = set()

    def __len__(self) -> int:
        return len(self._firsts)

    def put(self, first_seq: int, leaf: bytes) -> None:
        """The head of the chain that began at `first_seq`, new on the right or in its place."""
        place = bisect_left(self._firsts, first_seq)
        if place == len(self._firsts):
            self._firsts.append(first_seq)
            self._levels[0] += leaf
        elif self._firsts[place] == first_seq:
            self._levels[0][HASH * place : HASH * (place + 1)] = leaf
        else:
            raise ValueError("a chain that began before others cannot come after them")
        self._moved.add(place)

    def root(self) -> bytes:
        """The RFC 6962 root over all heads."""
        moved, level = self._moved, 0
        while moved:
            moved = {place >> 1 for place in moved if (place | 1) < self._size(level)}
            self._climb(level, sorted(moved))
            level += 1
        self._moved = set()
        return self._range_root(0, len(self))

    def _size(self, level: int) -> int:
        return len(self._levels[level]) // HASH

    def _climb(self, level: int, parents: list[int]) -> None:
        if parents and len(self._levels) == level + 1:
            self._levels.append(bytearray())
        for parent in parents:
            made = tree.node(self._hash(level, 2 * parent), self._hash(level, 2 * parent + 1))
            self._levels[level + 1][HASH * parent : HASH * (parent + 1)] = made

    def _hash(self, level: int, place: int) -> bytes:
        return bytes(self._levels[level][HASH * place : HASH * (place + 1)])

    def _range_root(self, low: int, high: int) -> bytes:
        count = high - low
        if count == 0:
            return tree.EMPTY_ROOT
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self._hash(level, low >> level)
        middle = low + tree.split_point(count)
        return tree.node(self._range_root(low, middle), self._range_root(middle, high))


@dataclass(slots=True)
class _Standing:
    """The tree as it stood under the first `size` leaves, of which `last` was the last."""

    size: int = 0
    last: bytes = b""
    heads: HeadsTree = field(default_factory=HeadsTree)


_STANDING: WeakKeyDictionary[Any, _Standing] = WeakKeyDictionary()


def heads_under(session: Any, size: int) -> tuple[int, bytes]:
    """The number of incidents and the root over their heads as they may be shown, under the first `size` leaves."""
    known = _STANDING.pop(session.get_bind(), None)
    if known is None or not _goes_on(session, known, size):
        known = _Standing()
    for name, first_seq, count, leaf in _rows(session, known.size):
        known.heads.put(first_seq, leaf_hash(head_entry(name, count, bytes(leaf))))
    root = known.heads.root()
    known.size, known.last = size, _leaf(session, size - 1)
    _STANDING[session.get_bind()] = known
    return len(known.heads), root


def _goes_on(session: Any, known: _Standing, size: int) -> bool:
    return known.size <= size and _leaf(session, known.size - 1) == known.last


def _leaf(session: Any, seq: int) -> bytes:
    return bytes(session.scalar(select(Event.leaf).where(Event.seq == seq)) or b"")


def _rows(session: Any, since: int) -> Iterator[Any]:
    statement: Any = select(_HEAD.name, _HEAD.first_seq, *_SHOWN).where(_HEAD.first_seq.is_not(None))
    if since:
        moved = select(Event.incident_id).where(Event.seq >= since, Event.incident_id.is_not(None))
        statement = statement.where(_HEAD.id.in_(moved))
    # A desk has more incidents than are worth holding at once beside their tree.
    blocks = statement.order_by(_HEAD.first_seq).execution_options(yield_per=BLOCK)
    yield from session.connection().execute(blocks)
