"""The grades that stand in a log, version by version: `published.json` (AUDIT-FORMAT section 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from review.audit.canonical import canonical

TELLING = (
    "grade.approved", "grade.imported", "grade.overridden", "grade.proposed", "grade.published",
    "incident.restored", "incident.withdrawn",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Grade:
    """One line of `published.json`: a determination, or the withdrawal of one."""

    incident: str
    version: int
    seq: int
    kind: str
    grade: str
    range: Mapping[str, Any]

    def entry(self) -> dict[str, Any]:
        names = ("grade", "incident", "kind", "range", "seq", "version")
        return {name: getattr(self, name) for name in names}


class Grades:
    """The determinations of every incident, folded from their TELLING events in the order of their seq."""

    def __init__(self) -> None:
        self._decided: dict[int, tuple[str, Mapping[str, Any]]] = {}  # by seq of proposal, override, approval
        self._standing: dict[str, list[Grade]] = {}
        self._withdrawn: dict[str, Grade] = {}

    def take(self, seq: int, type_: str, incident: str, body: Mapping[str, Any]) -> None:
        """Take one more event into account."""
        if type_ in ("grade.proposed", "grade.overridden"):
            self._decided[seq] = (body["grade"], body["range"])
        elif type_ == "grade.approved":
            decided = body["of"] if body["override"] is None else body["override"]
            self._decided[seq] = self._decided[decided]
        elif type_ == "grade.imported":
            self._stand(Grade(incident, 0, seq, "legacy", body["grade"], body["range"]))
        elif type_ == "grade.published":
            grade, casualties = self._decided[body["of"]]
            self._stand(Grade(incident, body["version"], seq, "published", grade, casualties))
        elif type_ == "incident.withdrawn":
            self._withdraw(seq, incident)
        elif type_ == "incident.restored":
            self._withdrawn.pop(incident, None)

    def _stand(self, grade: Grade) -> None:
        self._standing.setdefault(grade.incident, []).append(grade)

    def _withdraw(self, seq: int, incident: str) -> None:
        if incident in self._standing:
            last = self._standing[incident][-1]
            self._withdrawn[incident] = replace(last, seq=seq, kind="withdrawn")

    def __iter__(self) -> Iterator[Grade]:
        for incident in sorted(self._standing):
            yield from self._standing[incident]
            if incident in self._withdrawn:
                yield self._withdrawn[incident]

    def standing(self, incident: str) -> Grade:
        """The version of an incident that stands."""
        return self._standing[incident][-1]


def published_json(origin: str, size: int, grades: Iterable[Grade]) -> Iterator[bytes]:
    """The bytes of `published.json`, sorted by incident and version, piece by piece."""
    yield b'{"grades":['
    for place, grade in enumerate(grades):
        yield (b"," if place else b"") + canonical(grade.entry())
    yield b'],"log":' + canonical(origin) + b',"size":' + canonical(size) + b"}"
