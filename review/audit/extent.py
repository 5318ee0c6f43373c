"""How far a bundle reaches: the whole log with all its leaves, or one incident with paths into the signed tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from review.audit import incident_page, view
from review.audit.canonical import b64, canonical_value
from review.audit.heads import Heads
from review.audit.leaves import LeafFile
from review.audit.published import Grades
from review.audit.selection import NotExported
from review.audit.selection import OneIncident as Selected
from review.audit.stored import Log, Row, Said

Files = Iterator[tuple[str, Iterable[bytes]]]


@dataclass(frozen=True, slots=True)
class Read:
    """A log that was read to its checkpoint."""

    origin: str
    logs: Sequence[Log]  # itself the last, behind those that it continues
    size: int
    profile: str
    leaves: LeafFile
    heads: Heads
    last_heads: int  # its place of the last log.heads, -1 before the first
    grades: Grades

    @property
    def base(self) -> int:
        """Where it begins."""
        return self.logs[-1].base


class Extent(Protocol):
    """What differs between the bundles."""

    def take(self, rows: Mapping[int, Row], told: Sequence[Said]) -> None:
        """Some more events that are shown, with what is told of them."""

    def files(self, log: Read, folder: Path) -> Files:
        """The files that only this kind of bundle holds, or holds in its own way."""


class WholeLog:
    """Every leaf, so that the root can be computed; every head."""

    def take(self, rows: Mapping[int, Row], told: Sequence[Said]) -> None:
        """Nothing has to be kept."""

    def files(self, log: Read, folder: Path) -> Files:
        """The leaves, the heads and a list of the grades."""
        if log.profile == "public" and log.last_heads != log.size - 1:
            raise NotExported("A public bundle is made under a checkpoint that ends in log.heads.")
        yield "leaves.bin", log.leaves.blocks()
        if log.last_heads >= 0:
            yield "heads.jsonl", log.heads.lines()
        yield "view/incident.html", view.page(log.logs, log.size, log.profile, log.grades)


class OneIncident:
    """No leaves, but the path of each event that is shown; one head with its path."""

    def __init__(self, selected: Selected) -> None:
        self._incident = selected.incident
        self._rows: dict[int, Row] = {}
        self._told: list[Said] = []

    def take(self, rows: Mapping[int, Row], told: Sequence[Said]) -> None:
        """An incident's events are few: all are kept for its page."""
        self._rows.update(rows)
        self._told += told

    def files(self, log: Read, folder: Path) -> Files:
        """`incident.json`, the one head, and the incident as a page."""
        if log.last_heads != log.size - 1:
            raise NotExported("A bundle of one incident is made under a checkpoint that ends in log.heads.")
        index, line, path = log.heads.path_of(self._incident, folder / "heads")
        told = {
            "head_index": index,
            "head_path": [b64(step) for step in path],
            "incident": self._incident,
            "paths": {
                str(seq): [b64(step) for step in log.leaves.inclusion_path(seq)]
                for seq in (place - log.base for place in self._rows)
            },
        }
        yield "incident.json", [canonical_value(told)]
        yield "heads.jsonl", [line]
        page = incident_page.page(self._incident, self._rows.values(), self._told, log.origin, log.size, log.profile)
        yield "view/incident.html", [page]
