"""Where an incident came from and where it went: merged, split, dismissed, withdrawn; what merging carries along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Absorbed:
    """Another incident that was merged into this one; `seq` is the event that says so."""

    seq: int
    other: str


@dataclass(frozen=True, slots=True)
class Passage:
    """Readable both ways. `into` and `parts` say where it went, `absorbed` and `split_from` where it came from."""

    into: str | None = None
    parts: tuple[str, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    split_from: str | None = None
    reason: str | None = None  # of the exit that stands
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Involvement:
    """Who took part, by pseudonym: entered, voted, settled. Merging carries it along; it never expires."""

    entered: frozenset[str] = field(default_factory=frozenset)
    voted: frozenset[str] = field(default_factory=frozenset)
    settled: frozenset[str] = field(default_factory=frozenset)

    @property
    def everybody(self) -> frozenset[str]:
        return self.entered | self.voted | self.settled

    def joined(self, others: Iterable[Involvement]) -> Involvement:
        """This involvement with that of others."""
        entered, voted, settled = set(self.entered), set(self.voted), set(self.settled)
        for other in others:
            entered |= other.entered
            voted |= other.voted
            settled |= other.settled
        return Involvement(frozenset(entered), frozenset(voted), frozenset(settled))


STAYED = Passage()
NOBODY = Involvement()
