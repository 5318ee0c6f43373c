"""All incidents' heads at one moment: what `log.heads` fixes and `heads.jsonl` shows (AUDIT-FORMAT 2, 11)."""

from __future__ import annotations

from collections.abc import Iterator

from review.audit.canonical import head_entry


class Heads:
    """Length and last leaf of every chain by first seq; an open round freezes them at its opening."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}
        self._counts: list[int] = []
        self._leaves = bytearray()
        self._frozen: set[int] = set()

    def take(self, type_: str, incident: str, iseq: int, leaf: bytes) -> None:
        """Take one more event of an incident's chain into account."""
        place = self._place.setdefault(incident, len(self._counts))
        if place == len(self._counts):
            self._counts.append(0)
            self._leaves += bytes(32)
        if type_ == "round.closed":
            self._frozen.discard(place)
        if place in self._frozen:
            return
        self._counts[place] = iseq + 1
        self._leaves[32 * place : 32 * place + 32] = leaf
        if type_ == "round.opened":
            self._frozen.add(place)

    def __iter__(self) -> Iterator[tuple[str, int, bytes]]:
        for incident, place in self._place.items():
            yield incident, self._counts[place], bytes(self._leaves[32 * place : 32 * place + 32])

    def lines(self) -> Iterator[bytes]:
        """The lines of `heads.jsonl`."""
        for incident, count, last in self:
            yield head_entry(incident, count, last) + b"\n"
