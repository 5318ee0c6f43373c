"""The kept roots of finished stretches of the log against the leaves: proofs are read from them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from review.audit import subtrees
from review.audit.tree import Edge
from review.models import Subtree


class Stretches:
    """Each stretch as it is full, beside the root that is kept of it."""

    def __init__(self, session: Any) -> None:
        self._kept: dict[int, bytes] = {
            number: bytes(root) for number, root in session.execute(select(Subtree.number, Subtree.root))
        }
        self._differing: list[int] = []
        self.length = subtrees.STRETCH
        self._peaks = (self.length - 1).bit_count()
        self._base = 0

    def fill(self, edge: Edge, leaf: bytes, base: int) -> None:
        """Compare the stretch that this leaf fills; the edge is the one before it, of the log that begins at `base`."""
        self._base = base
        number = subtrees.first_number(base) + edge.size // self.length
        kept = self._kept.pop(number, None)
        if kept is None:
            return  # it is made from the leaves when a proof needs it
        part = Edge(self.length - 1, edge.peaks[-self._peaks :])
        part.append(leaf)
        if part.root() != kept:
            self._differing.append(subtrees.begins_at(number, base))

    def sentences(self) -> Iterator[str]:
        """What differs, once the last leaf was read."""
        for first in self._differing:
            yield f"The root kept of events {first} to {first + self.length - 1} is not that of their leaves."
        for number in sorted(self._kept):
            first = subtrees.begins_at(number, self._base)
            yield f"A root is kept of events from {first} on, and they do not fill a stretch."
