"""The votes of a round side by side, for those who see them under letters: where they differ, and what carries them."""

from __future__ import annotations

from dataclasses import dataclass

from review.queries.reading import Reading
from review.queries.votes import ShownRound, shown_round
from review.rules import comparing, grades
from review.rules.comparing import Compared, Reliance, Standoff
from review.rules.dossier import Round


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One ended round as columns of votes. `standoff` says why it is disputed, as its votes count now."""

    round: ShownRound
    grade: Compared
    killed: Compared
    injured: Compared
    reliance: Reliance
    titles: dict[int, str]
    standoff: Standoff | None


def side_by_side(reading: Reading, number: int | None) -> SideBySide | None:
    """The round compared; None where it is open or there is none."""
    round_ = reading.dossier.round_number(number) if number else None
    if round_ is None or round_.open:
        return None
    shown = shown_round(reading, round_)
    counted = tuple(not vote.excluded for vote in shown.votes)
    return SideBySide(
        round=shown,
        grade=comparing.compared([vote.grade for vote in shown.votes], counted),
        killed=comparing.compared([vote.casualties.killed for vote in shown.votes], counted),
        injured=comparing.compared([vote.casualties.injured for vote in shown.votes], counted),
        reliance=comparing.reliance((vote.letter, vote.sources) for vote in shown.votes if not vote.excluded),
        titles=_titles(reading),
        standoff=_standoff(shown, round_),
    )


def _titles(reading: Reading) -> dict[int, str]:
    return {source.number: source.title or source.publisher or "" for source in reading.dossier.sources}


def _standoff(shown: ShownRound, round_: Round) -> Standoff | None:
    if round_.result != "disputed":
        return None
    held = [vote.grade for vote in shown.votes if not vote.excluded]
    found = comparing.standoff(held, round_.policy, grades.codebook(round_.codebook))
    return None if found.enough and not found.far else found
