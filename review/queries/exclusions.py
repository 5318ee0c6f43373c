"""Taking a vote out after the close: which votes count now, and whose owner has declared a conflict since."""

from __future__ import annotations

from dataclasses import dataclass

from review.queries.reading import Reading, Way
from review.rules import rounds, settlement
from review.rules.dossier import Vote


@dataclass(frozen=True, slots=True)
class Excludable:
    """A vote that counts now, by the letter under which it was revealed; `conflict`: its owner declared one."""

    seq: int
    round: int
    letter: str
    grade: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class Exclusion:
    """The form that takes a vote out. `conflicts`: the letters whose owners declared a conflict."""

    votes: tuple[Excludable, ...]
    way: Way

    @property
    def conflicts(self) -> tuple[str, ...]:
        return tuple(vote.letter for vote in self.votes if vote.conflict)


def exclusion(reading: Reading) -> Exclusion | None:
    """The form for a lead, once votes are revealed; None for others, while a round is open, and where none count."""
    way = reading.way("exclude_vote")
    if way is None or reading.dossier.open_round:
        return None
    found = tuple(
        one
        for number in sorted(rounds.bearing(reading.dossier))
        if reading.sight(number).votes == "letters"
        for one in _of_round(reading, number)
    )
    return Exclusion(found, way) if found else None


def _of_round(reading: Reading, number: int) -> tuple[Excludable, ...]:
    names = settlement.letters(reading.dossier, number)
    shown = [vote for vote in reading.dossier.live(number) if vote.seq in names]
    found = (_excludable(reading, vote, names[vote.seq]) for vote in shown)
    return tuple(sorted(found, key=lambda one: one.letter))


def _excludable(reading: Reading, vote: Vote, letter: str) -> Excludable:
    grade = vote.ballot.grade if vote.ballot else ""
    return Excludable(vote.seq, vote.round, letter, grade, vote.voter in reading.dossier.conflicts)
