"""The leaf hashes of a log in one file with its tree on top: proofs in memory that hardly grows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from review.audit.tree import Tree, consistency_ranges, inclusion_ranges, node, root, split_point

WIDTH = 32
CHUNK = 8192  # leaves at a time
BRANCH = 64  # leaves under one kept hash


class LeafFile:
    """`leaves.bin` while it is written, then the proofs over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size = 0
        self._file = path.open("w+b")
        self._pending: list[bytes] = []  # of a branch that is not full yet
        self._branches: list[bytes] = []
        self._tree: Tree | None = None

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._file.write(leaf)
        self._pending.append(leaf)
        self.size += 1
        if len(self._pending) == BRANCH:
            self._branches.append(_full(self._pending))
            self._pending = []

    def finish(self) -> None:
        """No leaf follows."""
        self._file.flush()
        self._tree = Tree(self._branches)

    def close(self) -> None:
        """No proof is asked for any more."""
        self._file.close()

    def root(self) -> bytes:
        """The root over all leaves of the finished file."""
        return self._range(0, self.size)

    def inclusion_path(self, index: int) -> list[bytes]:
        """The path of one leaf, leaf side first."""
        return [self._range(low, high) for low, high in inclusion_ranges(index, self.size)]

    def consistency_path(self, old: int) -> list[bytes]:
        """The proof that the first `old` leaves are a beginning of all of them."""
        return [self._range(low, high) for low, high in consistency_ranges(old, self.size)]

    def blocks(self) -> Iterator[bytes]:
        """The bytes of the finished file."""
        for place in range(0, self.size, CHUNK):
            yield self._bytes(place, min(place + CHUNK, self.size))

    def _range(self, low: int, high: int) -> bytes:
        assert self._tree is not None
        if high - low < BRANCH:
            return root(self._read(low, high))
        if high % BRANCH == 0:
            return self._tree.range_root(low // BRANCH, high // BRANCH)
        middle = low + split_point(high - low)
        return node(self._range(low, middle), self._range(middle, high))

    def _read(self, low: int, high: int) -> list[bytes]:
        data = self._bytes(low, high)
        return [data[place : place + WIDTH] for place in range(0, len(data), WIDTH)]

    def _bytes(self, low: int, high: int) -> bytes:
        self._file.seek(WIDTH * low)
        return self._file.read(WIDTH * (high - low))


def _full(leaves: list[bytes]) -> bytes:
    """The root over a power of two of leaves, level by level."""
    while len(leaves) > 1:
        leaves = [node(left, right) for left, right in zip(leaves[::2], leaves[1::2], strict=True)]
    return leaves[0]
