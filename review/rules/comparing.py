"""Votes side by side: where they differ, which stand apart, and what each source carries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from review.rules.grades import Codebook
from review.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Compared:
    """One question of the ballot over all votes, in their order. `apart`: which of them stand apart from what most say.

    Where no answer leads, all differ and none stands apart: nobody is singled out by a tie.
    """

    differs: bool
    apart: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Relied:
    """One source that votes rest on, and the letters of those votes."""

    source: int
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reliance:
    """The sources by how many of the votes rest on them."""

    by_all: tuple[Relied, ...] = ()
    by_some: tuple[Relied, ...] = ()
    by_one: tuple[Relied, ...] = ()

    @property
    def differs(self) -> bool:
        return bool(self.by_some or self.by_one)


@dataclass(frozen=True, slots=True)
class Far:
    """A grade further from the leading one than the round allows; `distance` is None where the table says none."""

    grade: str
    distance: int | None


@dataclass(frozen=True, slots=True)
class Standoff:
    """Why the votes of a round do not agree. `leading` is None where two grades are held by as many."""

    leading: str | None
    counts: tuple[tuple[str, int], ...]  # the most held first
    total: int
    enough: bool  # the leading grade has the share that the round asks for
    far: tuple[Far, ...]

    @property
    def count(self) -> int:
        return self.counts[0][1] if self.counts else 0


def compared(answers: Sequence[Hashable], counted: Sequence[bool]) -> Compared:
    """One question; an excluded vote is shown and not counted, so it makes no difference and stands apart from none."""
    held = Counter(answer for answer, counts in zip(answers, counted, strict=True) if counts)
    common = _leading(held)
    differs = len(held) > 1
    apart = (
        differs and common is not None and counts and answer != common[0]
        for answer, counts in zip(answers, counted, strict=True)
    )
    return Compared(differs, tuple(apart))


def reliance(cited: Iterable[tuple[str, Sequence[int]]]) -> Reliance:
    """Letter and sources of every vote that counts -> the sources that all, some or one of them rest on."""
    votes = tuple(cited)
    letters: dict[int, list[str]] = {}
    for letter, sources in votes:
        for source in dict.fromkeys(sources):
            letters.setdefault(source, []).append(letter)
    relied = [Relied(source, tuple(sorted(found))) for source, found in sorted(letters.items())]
    alone = [one for one in relied if len(one.letters) == 1 < len(votes)]
    everybody = [one for one in relied if len(one.letters) == len(votes)]
    some = [one for one in relied if one not in alone and one not in everybody]
    return Reliance(tuple(everybody), tuple(some), tuple(alone))


def standoff(held: Sequence[str], policy: Policy, book: Codebook) -> Standoff:
    """Why these grades do not agree under this policy: too small a share, or one too far from the leading grade."""
    counts = Counter(held)
    common = _leading(counts)
    ordered = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
    if common is None:
        return Standoff(None, ordered, len(held), False, ())
    leading, count = str(common[0]), common[1]
    share, of = policy.share
    far = tuple(
        Far(grade, book.distance(leading, grade))
        for grade, _count in ordered
        if not book.within(leading, grade, policy.max_distance)
    )
    enough = of * count >= share * len(held) and not (policy.unanimity and len(counts) > 1)
    return Standoff(leading, ordered, len(held), enough, far)


def _leading(held: Counter[Hashable] | Counter[str]) -> tuple[Hashable, int] | None:
    """What most hold; None where two are held by as many."""
    ordered = held.most_common(2)
    if not ordered or (len(ordered) > 1 and ordered[0][1] == ordered[1][1]):
        return None
    return ordered[0]
