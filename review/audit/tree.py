"""The RFC 6962 tree over leaf hashes: root, right edge, inclusion and consistency."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

from review.audit.canonical import b64, unb64

EMPTY_ROOT = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Edge:
    """The right edge: the roots of the perfect subtrees, largest first; appends and roots in O(log n)."""

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            raise ValueError("an edge has one hash for each bit of its size")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash on the right."""
        merges = self.size
        while merges & 1:
            leaf = node(self.peaks.pop(), leaf)
            merges >>= 1
        self.peaks.append(leaf)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves appended so far."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node(peak, root)
        return root

    def copy(self) -> Edge:
        """An edge that grows on its own from here."""
        return Edge(self.size, self.peaks)

    def to_list(self) -> list[str]:
        """A list that JSON can hold."""
        return [b64(peak) for peak in self.peaks]

    @classmethod
    def from_list(cls, size: int, peaks: Sequence[str]) -> Edge:
        """The edge kept as `to_list` wrote it."""
        return cls(size, [unb64(peak) for peak in peaks])


def root(hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes."""
    edge = Edge()
    for leaf in hashes:
        edge.append(leaf)
    return edge.root()


def split_point(size: int) -> int:
    """The largest power of two below size."""
    return 1 << ((size - 1).bit_length() - 1)


Range = tuple[int, int]


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The leaf ranges whose roots make the inclusion path, leaf side first."""
    if not 0 <= index < size:
        raise ValueError("no such leaf")
    found: list[Range] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split_point(high - low)
        if index < middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The leaf ranges whose roots prove that the tree of `old` leaves is a beginning of this one."""
    if not 0 <= old <= size:
        raise ValueError("no such size")
    if old in (0, size):
        return []
    found: list[Range] = []
    low, high = 0, size
    whole = True
    while high != old:
        middle = low + split_point(high - low)
        if old <= middle:
            found.append((middle, high))
            high = middle
        else:
            found.append((low, middle))
            low = middle
            whole = False
    if not whole:
        found.append((low, high))
    return found[::-1]


class Tree:
    """All perfect subtrees over fixed leaf hashes, so that many paths of one tree cost O(log n) each."""

    def __init__(self, hashes: Iterable[bytes]) -> None:
        self.levels: list[list[bytes]] = [list(hashes)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)])

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def range_root(self, low: int, high: int) -> bytes:
        """The root over leaves low..high of an aligned range, as the paths name them."""
        count = high - low
        if count == 0:
            return EMPTY_ROOT
        if count & (count - 1) == 0:
            level = count.bit_length() - 1
            return self.levels[level][low >> level]
        middle = low + split_point(count)
        return node(self.range_root(low, middle), self.range_root(middle, high))

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, all by default."""
        return self.range_root(0, self.size if size is None else size)

    def inclusion_path(self, index: int, size: int | None = None) -> list[bytes]:
        """The path of one leaf in the tree of the first `size` leaves."""
        ranges = inclusion_ranges(index, self.size if size is None else size)
        return [self.range_root(low, high) for low, high in ranges]

    def consistency_path(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the first `old` leaves are a beginning of the first `size`."""
        ranges = consistency_ranges(old, self.size if size is None else size)
        return [self.range_root(low, high) for low, high in ranges]


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """The inclusion path of one leaf, leaf side first; reads every hash once."""
    return [root(hashes[low:high]) for low, high in inclusion_ranges(index, len(hashes))]


def consistency_path(hashes: Sequence[bytes], old: int) -> list[bytes]:
    """The consistency proof from the first `old` leaves to all of them."""
    return [root(hashes[low:high]) for low, high in consistency_ranges(old, len(hashes))]


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to, or None where its length does not fit (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node(step, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node(found, step)
        place >>= 1
        last >>= 1
    return found if last == 0 else None


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether the path proves the leaf at this index under the root."""
    return root_from_path(leaf, index, size, path) == expected


def check_consistency(
    old: int, size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether the proof shows the old tree to be a beginning of the new (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= size:
        return False
    if old == size:
        return not path and old_root == new_root
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    return _climb(old - 1, size - 1, steps, old_root, new_root)


def _climb(place: int, last: int, steps: list[bytes], old_root: bytes, new_root: bytes) -> bool:
    while place & 1:
        place >>= 1
        last >>= 1
    before = after = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before = node(step, before)
            after = node(step, after)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            after = node(after, step)
        place >>= 1
        last >>= 1
    return last == 0 and before == old_root and after == new_root


class Reader:
    """Paths over a very large log whose perfect subtrees are read on demand, never all at once."""

    def __init__(self, size: int, leaves: Callable[[int, int], Iterable[bytes]]) -> None:
        self.size = size
        self._leaves = leaves
        self._known: dict[Range, bytes] = {}

    def range_root(self, low: int, high: int) -> bytes:
        """The root over leaves low..high, read once."""
        if (low, high) not in self._known:
            self._known[low, high] = root(self._leaves(low, high))
        return self._known[low, high]

    def inclusion_path(self, index: int) -> list[bytes]:
        """The path of one leaf."""
        return [self.range_root(low, high) for low, high in inclusion_ranges(index, self.size)]

    def consistency_path(self, old: int) -> list[bytes]:
        """The proof from an older size."""
        return [self.range_root(low, high) for low, high in consistency_ranges(old, self.size)]
