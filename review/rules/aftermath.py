"""After the vote: what became of a person's own vote, where the result differs from it, and why.

It speaks to one person of one vote. Nothing here counts, adds up or compares people.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from review.rules.dossier import Dossier, Proposal, Settlement, Vote
from review.rules.facts import Casualties

By = Literal["round", "second_vote", "settler", "ladder", "override"]
DECIDED = ("standing", "approved", "published")


@dataclass(frozen=True, slots=True)
class Answered:
    """An argument of one's own, and what the settler made of it; None where it was not of the minority."""

    argument: str | None
    reply: str | None


@dataclass(frozen=True, slots=True)
class Aftermath:
    """One's own vote beside the result. `differs` names the questions answered otherwise: grade, killed, injured.

    A range differs where the result does not cover it: whoever agreed lies within the envelope.
    """

    round: int
    settlement: int | None
    state: str
    version: int
    by: By
    grade: str
    casualties: Casualties
    own_grade: str
    own_casualties: Casualties
    differs: tuple[str, ...]
    reason: str | None  # the settler's, or of the lead who set another grade
    approval: str | None
    answered: tuple[Answered, ...]


def aftermath(dossier: Dossier, who: str | None) -> Aftermath | None:
    """What the result that stands made of a person's vote; None where none stands or no vote of theirs bore on it."""
    decided = next((one for one in reversed(dossier.proposals) if one.state in DECIDED), None)
    if decided is None or who is None:
        return None
    settled = next((one for one in dossier.settlements if one.seq == decided.settlement), None)
    vote = _own(dossier, decided, settled, who)
    if vote is None or vote.ballot is None:
        return None
    grade, casualties, by, reason = _result(decided, settled)
    return Aftermath(
        round=vote.round,
        settlement=settled.seq if settled else None,
        state=decided.state,
        version=decided.version,
        by=by,
        grade=grade,
        casualties=casualties,
        own_grade=vote.ballot.grade,
        own_casualties=vote.ballot.casualties,
        differs=_differs(vote, grade, casualties),
        reason=reason,
        approval=decided.approval.reason if decided.approval else None,
        answered=_answered(settled, who),
    )


def _own(dossier: Dossier, decided: Proposal, settled: Settlement | None, who: str) -> Vote | None:
    """The last vote that the person had revealed in the rounds behind the result; None where it was excluded since."""
    numbers = {decided.round, *((settled.round, settled.second or settled.round) if settled else ())}
    revealed = [vote for vote in dossier.votes if vote.voter == who and vote.round in numbers and vote.revealed]
    return revealed[-1] if revealed and revealed[-1].state == "live" else None


def _result(decided: Proposal, settled: Settlement | None) -> tuple[str, Casualties, By, str | None]:
    override = decided.override if decided.approval and decided.approval.override else None
    if override:
        return override.grade, override.casualties, "override", override.reason
    by: By = settled.by if settled and settled.by else "round"
    return decided.grade, decided.casualties, by, settled.rationale if settled else None


def _differs(vote: Vote, grade: str, casualties: Casualties) -> tuple[str, ...]:
    if vote.ballot is None:
        return ()
    own = vote.ballot.casualties
    found = (
        ("grade", vote.ballot.grade == grade),
        ("killed", Casualties(killed=casualties.killed).covers(Casualties(killed=own.killed))),
        ("injured", Casualties(injured=casualties.injured).covers(Casualties(injured=own.injured))),
    )
    return tuple(name for name, same in found if not same)


def _answered(settled: Settlement | None, who: str) -> tuple[Answered, ...]:
    if settled is None:
        return ()
    replies = dict(settled.replies)
    return tuple(
        Answered(argument.text, replies.get(argument.seq)) for argument in settled.arguments if argument.by == who
    )
