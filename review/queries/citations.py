"""A published version as it is cited: its number, what changed from version to version and why, its corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from review.rules.dossier import Determination, Dossier, Record
from review.rules.facts import Casualties
from review.rules.record import LEGACY
from review.rules.redescribed import Change, redescribed


@dataclass(frozen=True, slots=True)
class Step:
    """One version: why there is it, and what it changed of the one before it, as both were published.

    `reason` is what the lead editor who reopened the incident said; None where nothing was reopened.
    """

    number: int
    day: str
    kind: str
    reason: str | None
    grade: str
    casualties: Casualties
    before: int | None
    grade_before: str | None
    casualties_before: Casualties | None
    changes: tuple[Change, ...]

    @property
    def regraded(self) -> bool:
        return self.before is not None and self.grade != self.grade_before

    @property
    def recounted(self) -> bool:
        return self.before is not None and self.casualties != self.casualties_before


@dataclass(frozen=True, slots=True)
class Correction:
    """A published correction: a note that changes no version; None where its words were removed."""

    version: int
    day: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Citation:
    """What a citation of one version holds; `path` names the incident by what never changes, and so does `id`.

    `newest` is the number of the version that stands, and `since` its day.
    """

    id: str
    path: str
    newest: int
    since: str
    newest_path: str
    steps: tuple[Step, ...]
    corrections: tuple[Correction, ...]


def path_of(incident: str, version: int) -> str:
    """The address of a version that no code can take from it: a code may come to be shared."""
    return f"/incidents/{incident}/{version}"


def citation(now: Dossier, heard: Sequence[Record], chosen: Determination) -> Citation:
    """How the chosen version is cited, from the events that the public hears."""
    newest = now.determination or chosen
    return Citation(
        id=f"{now.incident}/{chosen.version}",
        path=path_of(now.incident, chosen.version),
        newest=newest.version,
        since=newest.day,
        newest_path=path_of(now.incident, newest.version),
        steps=tuple(reversed(steps(now.determinations, heard))),
        corrections=corrections(heard),
    )


def steps(determinations: Sequence[Determination], heard: Sequence[Record]) -> list[Step]:
    """Every published version as a step from the one before it, the first first."""
    kinds = {record.seq: record.body["kind"] for record in heard if record.type == "grade.published"}
    reopened = [record for record in heard if record.type == "grade.reopened"]
    found = []
    for before, one in pairwise([None, *determinations]):
        assert one is not None
        found.append(_step(before, one, kinds.get(one.seq, LEGACY), _why(reopened, before, one)))
    return found


def _why(reopened: Iterable[Record], before: Determination | None, one: Determination) -> str | None:
    since = before.seq if before else one.seq
    return next((record.sealed.get("reason") for record in reopened if since < record.seq < one.seq), None)


def _step(before: Determination | None, one: Determination, kind: str, reason: str | None) -> Step:
    return Step(
        number=one.version,
        day=one.day,
        kind=kind,
        reason=reason,
        grade=one.grade,
        casualties=one.casualties,
        before=before.version if before else None,
        grade_before=before.grade if before else None,
        casualties_before=before.casualties if before else None,
        changes=redescribed(before.facts, one.facts) if before else (),
    )


def corrections(heard: Iterable[Record]) -> tuple[Correction, ...]:
    """The corrections that were published, the latest first."""
    found = [
        Correction(record.body["version"], record.day, record.sealed.get("text"))
        for record in heard
        if record.type == "correction.published"
    ]
    return tuple(reversed(found))
