"""The leaf hashes of a log in one file with its tree on top: proofs in memory that hardly grows."""

from __future__ import annotations

from pathlib import Path

from review.audit.tree import Edge, Tree, consistency_ranges, inclusion_ranges, node, root, split_point

WIDTH = 32
BRANCH = 64  # leaves under one kept hash


class LeafFile:
    """`leaves.bin` while it is written, then the proofs over it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w+b")
        self._edge = Edge()
        self._branch = Edge()
        self._branches: list[bytes] = []
        self._tree: Tree | None = None

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        self._file.write(leaf)
        self._edge.append(leaf)
        self._branch.append(leaf)
        if self._branch.size == BRANCH:
            self._branches.append(self._branch.root())
            self._branch = Edge()

    def finish(self) -> None:
        """No leaf follows."""
        self._file.flush()
        self._tree = Tree(self._branches)

    def close(self) -> None:
        """No proof is asked for any more."""
        self._file.close()

    @property
    def size(self) -> int:
        return self._edge.size

    def root(self) -> bytes:
        """The root over all leaves."""
        return self._edge.root()

    def inclusion_path(self, index: int) -> list[bytes]:
        """The path of one leaf, leaf side first."""
        return [self._range(low, high) for low, high in inclusion_ranges(index, self.size)]

    def consistency_path(self, old: int) -> list[bytes]:
        """The proof that the first `old` leaves are a beginning of all of them."""
        return [self._range(low, high) for low, high in consistency_ranges(old, self.size)]

    def _range(self, low: int, high: int) -> bytes:
        assert self._tree is not None
        if high - low < BRANCH:
            return root(self._read(low, high))
        if high % BRANCH == 0:
            return self._tree.range_root(low // BRANCH, high // BRANCH)
        middle = low + split_point(high - low)
        return node(self._range(low, middle), self._range(middle, high))

    def _read(self, low: int, high: int) -> list[bytes]:
        self._file.seek(WIDTH * low)
        data = self._file.read(WIDTH * (high - low))
        return [data[place : place + WIDTH] for place in range(0, len(data), WIDTH)]
