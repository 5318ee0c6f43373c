"""All incidents' heads at one moment: what `log.heads` fixes and `heads.jsonl` shows (AUDIT-FORMAT 2, 11)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from review.audit.canonical import head_entry, leaf_hash
from review.audit.leaves import LeafFile

AT_ONCE = 2_000
TABLE = "CREATE TABLE head (place INTEGER PRIMARY KEY, incident TEXT UNIQUE, count INTEGER, leaf BLOB)"
MOVE = """INSERT INTO head (incident, count, leaf) VALUES (?, ?, ?)
ON CONFLICT (incident) DO UPDATE SET count = excluded.count, leaf = excluded.leaf"""
TOLD = "SELECT incident, count, leaf FROM head ORDER BY place"


class Heads:
    """Length and last leaf of every chain by first seq; an open round freezes them at its opening.

    A log has more incidents than fit into memory beside everything else: they stand in a file without a name, which
    goes with whoever holds it.
    """

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)
        for setting in ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF", TABLE, "BEGIN"):
            self._kept.execute(setting)
        self._moved: dict[str, tuple[int, bytes]] = {}
        self._frozen: dict[str, tuple[int, bytes] | None] = {}  # what came behind the opening

    def take(self, type_: str, incident: str, iseq: int, leaf: bytes) -> None:
        """Take one more event of an incident's chain into account."""
        if type_ == "round.closed":
            self._frozen.pop(incident, None)
        if incident in self._frozen:
            self._frozen[incident] = iseq + 1, leaf
            return
        self._moved[incident] = iseq + 1, leaf
        if type_ == "round.opened":
            self._frozen[incident] = None
        if len(self._moved) == AT_ONCE:
            self._keep()

    def cross(self) -> None:
        """The log goes on under another name: what was open is not any more, and every head is shown as it is."""
        self._moved.update((incident, behind) for incident, behind in self._frozen.items() if behind is not None)
        self._frozen = {}

    def close(self) -> None:
        """Nobody asks any more."""
        self._kept.close()

    def __iter__(self) -> Iterator[tuple[str, int, bytes]]:
        self._keep()
        yield from self._kept.execute(TOLD)

    def _keep(self) -> None:
        self._kept.executemany(MOVE, [(incident, *head) for incident, head in self._moved.items()])
        self._moved = {}

    def path_of(self, incident: str, spool: Path) -> tuple[int, bytes, list[bytes]]:
        """One incident's place, its line, and its path to the root of all heads; `spool` is room for a file."""
        place, found = -1, b""
        with closing(LeafFile(spool)) as tree:
            for index, (name, count, last) in enumerate(self):
                entry = head_entry(name, count, last)
                tree.append(leaf_hash(entry))
                if name == incident:
                    place, found = index, entry + b"\n"
            tree.finish()
            if place < 0:
                raise KeyError(incident)
            return place, found, tree.inclusion_path(place)

    def lines(self) -> Iterator[bytes]:
        """The lines of `heads.jsonl`."""
        for incident, count, last in self:
            yield head_entry(incident, count, last) + b"\n"
