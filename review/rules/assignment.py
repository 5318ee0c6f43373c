"""Who may be asked to judge an incident, and which incident comes next for them. Blind: no vote is
looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.rules import rounds
from review.rules.dossier import Dossier


@dataclass(frozen=True, slots=True)
class Candidate:
    """One incident that could be next, seen by one person: what they owe there, and what it is worth
    taking up."""

    incident: str
    owed: bool = False  # asked, and not answered
    turn: bool = False  # a disagreement in which it is their turn
    priority: int = 0  # of its stream; the greater comes first
    age: str = ""  # the day on which its round opened
    eligible: bool = True


def next_incident(candidates: Iterable[Candidate]) -> Candidate | None:
    """Votes owed first, then disagreements on one's turn, then by the stream's priority and by age."""
    return min((one for one in candidates if one.owed or one.turn or one.eligible), key=_order, default=None)


def ordered(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """All that could be next, in that same order."""
    return tuple(sorted((one for one in candidates if one.owed or one.turn or one.eligible), key=_order))


def _order(one: Candidate) -> tuple[bool, bool, int, str, str]:
    return not one.owed, not one.turn, -one.priority, one.age, one.incident


def eligible(dossier: Dossier, who: str | None) -> bool:
    """Did not enter or settle the incident, declared no conflict, and was not asked in this round already.

    Whoever was released may be asked again. A second round asks the people of the disputed one and nobody
    else.
    """
    round_ = dossier.open_round
    if round_ is None or not rounds.may_judge(dossier, who):
        return False
    if who is None:
        return round_.kind != "second"
    if who in dossier.settled or round_.answer(who) not in (None, "released"):
        return False
    return round_.kind != "second" or who in _asked_before(dossier)


def _asked_before(dossier: Dossier) -> frozenset[str]:
    settlement = dossier.settlement
    return frozenset(vote.voter for vote in dossier.live(settlement.round)) if settlement else frozenset()


def may_settle(dossier: Dossier, who: str | None) -> bool:
    """Uninvolved: did not enter or vote, declared no conflict; and a settlement takes nobody as its
    settler twice."""
    if who is None:
        return True
    settlement = dossier.open_settlement
    before = {settler.who for settler in settlement.settlers} if settlement else set()
    return rounds.may_judge(dossier, who) and not _judging(dossier, who) and who not in before


def may_approve(dossier: Dossier, who: str | None) -> bool:
    """Uninvolved: did not enter, vote or settle, and declared no conflict."""
    if who is None:
        return True
    return rounds.may_judge(dossier, who) and not _judging(dossier, who) and who not in dossier.settled


def _judging(dossier: Dossier, who: str) -> bool:
    """Voted in some round, or was asked in the open one: who of those has voted is sealed until its close."""
    round_ = dossier.open_round
    return who in dossier.voted or (round_ is not None and round_.answer(who) is not None)
