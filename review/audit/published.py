"""The grades that stand in a log, version by version: `published.json` (AUDIT-FORMAT section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from review.audit.canonical import canonical

TELLING = (
    "grade.approved", "grade.imported", "grade.overridden", "grade.proposed", "grade.published",
    "incident.restored", "incident.withdrawn",
)  # fmt: skip
RUN = 20_000  # events that are sorted at once


@dataclass(frozen=True, slots=True)
class Grade:
    """One line of `published.json`: a determination, or the withdrawal of one."""

    incident: str
    version: int
    seq: int
    kind: str
    grade: str
    range: Mapping[str, Any]

    def entry(self, base: int) -> dict[str, Any]:
        """What `published.json` says of it in the log that begins at `base`."""
        return {
            "grade": self.grade, "incident": self.incident, "kind": self.kind, "range": self.range,
            "seq": self.seq - base, "version": self.version,
        }  # fmt: skip


class Grades:
    """The determinations of every incident, from their TELLING events in the order of their seq.

    A log has more of them than fit into memory beside everything else: they are sorted in runs, in a folder, and
    merged incident by incident when they are asked for.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._runs: list[Path] = []
        self._lines: list[str] = []

    def take(self, seq: int, type_: str, incident: str, body: Mapping[str, Any]) -> None:
        """Take one more event into account."""
        self._lines.append(f"{incident} {seq:016d} {type_} {orjson.dumps(body).decode()}\n")
        if len(self._lines) == RUN:
            self._put_away()

    def _put_away(self) -> None:
        path = self._folder / f"grades-{len(self._runs)}"
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(sorted(self._lines))
        self._runs.append(path)
        self._lines = []

    def __iter__(self) -> Iterator[Grade]:
        with ExitStack() as stack:
            runs = [stack.enter_context(path.open(encoding="utf-8", newline="\n")) for path in self._runs]
            lines = (line.split(" ", 3) for line in merge(*runs, sorted(self._lines)))
            for incident, steps in groupby(lines, itemgetter(0)):
                history = _Determinations(incident)
                for _incident, seq, type_, body in steps:
                    history.take(int(seq), type_, orjson.loads(body))
                yield from history.standing()


class _Determinations:
    """One incident's determinations, folded in order."""

    def __init__(self, incident: str) -> None:
        self._incident = incident
        self._decided: dict[int, tuple[str, Mapping[str, Any]]] = {}  # by seq of proposal, override, approval
        self._standing: list[Grade] = []
        self._withdrawn: Grade | None = None

    def take(self, seq: int, type_: str, body: Mapping[str, Any]) -> None:
        if type_ in ("grade.proposed", "grade.overridden"):
            self._decided[seq] = (body["grade"], body["range"])
        elif type_ == "grade.approved":
            decided = body["of"] if body["override"] is None else body["override"]
            self._decided[seq] = self._decided[decided]
        elif type_ == "grade.imported":
            self._standing.append(Grade(self._incident, 0, seq, "legacy", body["grade"], body["range"]))
        elif type_ == "grade.published":
            grade, casualties = self._decided[body["of"]]
            self._standing.append(Grade(self._incident, body["version"], seq, "published", grade, casualties))
        elif type_ == "incident.withdrawn" and self._standing:
            self._withdrawn = replace(self._standing[-1], seq=seq, kind="withdrawn")
        elif type_ == "incident.restored":
            self._withdrawn = None

    def standing(self) -> Iterator[Grade]:
        """Every version, then the withdrawal of the last one."""
        yield from self._standing
        if self._withdrawn is not None:
            yield self._withdrawn


def published_json(origin: str, size: int, grades: Iterable[Grade], base: int = 0) -> Iterator[bytes]:
    """The bytes of `published.json`, sorted by incident and version, piece by piece.

    It lists what this log decided, which begins at `base`; each log that it continues has a list of its own.
    """
    yield b'{"grades":['
    own = (one for one in grades if base <= one.seq < base + size)
    for place, grade in enumerate(own):
        # Inside the profile that its event was checked against, sorted keys are all that RFC 8785 asks for.
        yield (b"," if place else b"") + orjson.dumps(grade.entry(base), option=orjson.OPT_SORT_KEYS)
    yield b'],"log":' + canonical(origin) + b',"size":' + canonical(size) + b"}"
