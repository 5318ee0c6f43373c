"""What the sample says of an incident: its claims, its sources, its facts, and the ballots cast on it."""

from __future__ import annotations

from dataclasses import dataclass

from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Facts, Party, Place, Range

Bounds = tuple[int | None, int | None]
UNKNOWN: Bounds = (None, None)

KARSIAN_AIR_FORCE = Party("Karsian Air Force", True, "suspected")
NORTHERN_COMMAND = Party("Northern Joint Command", True, "suspected")
TARN_BRIGADES = Party("Tarn Brigades", False, "suspected")


@dataclass(frozen=True)
class Allegation:
    """A claim as somebody sent it."""

    text: str
    language: str
    translation: str | None = None
    url: str | None = None
    reporter: str | None = None


@dataclass(frozen=True)
class Document:
    """A source to attach and what is made of it; `origin` is the number of the source whose account it repeats.

    `code` is the 6 × 6 code and `why` its reason; `archived` what was found at an archive's address; `copy` the words
    of the page as we kept them.
    """

    publisher: str
    title: str
    url: str | None
    language: str
    role: str
    kind: str = "social_post"
    published: str | None = None
    note: str | None = None
    text: str | None = None
    origin: int | None = None
    publishable: bool = True
    platform: str | None = None
    affiliated: str | None = None
    code: str | None = None
    why: str | None = None
    coherence: str | None = None
    archived: str | None = None
    copy: str | None = None


@dataclass(frozen=True)
class Case:
    """One incident of the sample with everything that is said of it, and who enters it."""

    stream: str
    facts: Facts
    claims: tuple[Allegation, ...]
    sources: tuple[Document, ...]
    by: str = "lina"


def casualties(killed: Bounds, injured: Bounds = UNKNOWN) -> Casualties:
    return Casualties(Range(*killed), Range(*injured))


def place(english: str, arabic: str, region: str, point: tuple[float, float], accuracy: str) -> Place:
    return Place((("ar", arabic), ("en", english)), region, point, accuracy)


def ballot(
    grade: str,
    killed: Bounds,
    injured: Bounds,
    rationale: str,
    rests: tuple[int, ...],
    departs: str | None = None,
) -> Ballot:
    """A vote; `departs` says why, where it goes against the grade's definition."""
    return Ballot(grade, casualties(killed, injured), rationale, rests, departs)
