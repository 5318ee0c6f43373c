"""All incidents' heads at one moment: what `log.heads` fixes and `heads.jsonl` shows (AUDIT-FORMAT 2, 11)."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from review.audit.canonical import head_entry, leaf_hash
from review.audit.leaves import LeafFile


class Heads:
    """Length and last leaf of every chain by first seq; an open round freezes them at its opening."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}
        self._counts = array("I")
        self._leaves = bytearray()
        self._frozen: dict[int, tuple[int, bytes] | None] = {}  # place -> what came behind the opening

    def take(self, type_: str, incident: str, iseq: int, leaf: bytes) -> None:
        """Take one more event of an incident's chain into account."""
        place = self._place.setdefault(incident, len(self._counts))
        if place == len(self._counts):
            self._counts.append(0)
            self._leaves += bytes(32)
        if type_ == "round.closed":
            self._frozen.pop(place, None)
        if place in self._frozen:
            self._frozen[place] = iseq + 1, leaf
            return
        self._counts[place] = iseq + 1
        self._leaves[32 * place : 32 * place + 32] = leaf
        if type_ == "round.opened":
            self._frozen[place] = None

    def cross(self) -> None:
        """The log goes on under another name: what was open is not any more, and every head is shown as it is."""
        for place, behind in self._frozen.items():
            if behind is not None:
                self._counts[place] = behind[0]
                self._leaves[32 * place : 32 * place + 32] = behind[1]
        self._frozen = {}

    def __iter__(self) -> Iterator[tuple[str, int, bytes]]:
        for incident, place in self._place.items():
            yield incident, self._counts[place], bytes(self._leaves[32 * place : 32 * place + 32])

    def path_of(self, incident: str, spool: Path) -> tuple[int, bytes, list[bytes]]:
        """One incident's place, its line, and its path to the root of all heads; `spool` is room for a file."""
        place, found = self._place[incident], b""
        with closing(LeafFile(spool)) as tree:
            for index, line in enumerate(self.lines()):
                tree.append(leaf_hash(line[:-1]))
                found = line if index == place else found
            tree.finish()
            return place, found, tree.inclusion_path(place)

    def lines(self) -> Iterator[bytes]:
        """The lines of `heads.jsonl`."""
        for incident, count, last in self:
            yield head_entry(incident, count, last) + b"\n"
