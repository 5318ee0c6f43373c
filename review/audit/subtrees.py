"""Proofs over the stored log without hashing all of it: roots of finished stretches are kept, the rest is read.

A stretch is 4,096 leaves at a place of its log that is a multiple of it; once full it never changes. They are numbered
over all logs of this desk, each log's from the first number that no place before its beginning can have.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import func, select

from review.audit import tree
from review.models import Event, Subtree

STRETCH = 4096


class StoredTree:
    """The tree over the first `size` leaves of the log that begins at `base` of this database."""

    def __init__(self, session: Any, size: int, base: int = 0) -> None:
        self._session, self._base = session, base
        kept = select(Subtree.number, Subtree.root).where(Subtree.number >= first_number(base))
        self._kept = dict(session.execute(kept).all()) if size > STRETCH else {}
        self.size = size

    def root(self) -> bytes:
        """The root over all of them."""
        return self._range_root(0, self.size)

    def inclusion_path(self, index: int) -> list[bytes]:
        """The path of one leaf, leaf side first."""
        return [self._range_root(low, high) for low, high in tree.inclusion_ranges(index, self.size)]

    def consistency_path(self, old: int) -> list[bytes]:
        """The proof that the first `old` leaves are a beginning of all of them."""
        return [self._range_root(low, high) for low, high in tree.consistency_ranges(old, self.size)]

    def _range_root(self, low: int, high: int) -> bytes:
        if high - low < STRETCH:
            return tree.root(leaves(self._session, self._base + low, self._base + high))
        if high - low == STRETCH:
            return self._stretch(first_number(self._base) + low // STRETCH)
        middle = low + tree.split_point(high - low)
        return tree.node(self._range_root(low, middle), self._range_root(middle, high))

    def _stretch(self, number: int) -> bytes:
        kept = self._kept.get(number)
        return bytes(kept) if kept else stretch_root(self._session, number, self._base)


def leaves(session: Any, low: int, high: int) -> Iterator[bytes]:
    """The leaf hashes from `low` up to, not including, `high`."""
    statement = select(Event.leaf).where(Event.seq >= low, Event.seq < high).order_by(Event.seq)
    for (leaf,) in session.execute(statement):
        yield bytes(leaf)


def first_number(base: int) -> int:
    """The number of the first stretch of the log that begins at `base`."""
    return -(-base // STRETCH)


def begins_at(number: int, base: int) -> int:
    """The place at which a stretch of the log that begins at `base` begins."""
    return base + (number - first_number(base)) * STRETCH


def stretch_root(session: Any, number: int, base: int = 0) -> bytes:
    """The root over one finished stretch, from its leaves."""
    low = begins_at(number, base)
    return tree.root(leaves(session, low, low + STRETCH))


def unkept(session: Any, size: int, base: int = 0) -> Iterable[int]:
    """The finished stretches below the place `size`, of the log that begins at `base`, whose roots are not kept yet."""
    first, last = first_number(base), session.scalar(select(func.max(Subtree.number)))
    return range(first if last is None else max(first, last + 1), first + (size - base) // STRETCH)
