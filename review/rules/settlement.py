"""Settling a disputed round: arguments, a second vote, an uninvolved settler, and the dissent that is
kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from review.rules import rounds, texts
from review.rules.dossier import Dossier, Round, Settlement, Vote
from review.rules.errors import Invalid, NotFound
from review.rules.facts import Casualties, envelope
from review.rules.grades import NO_CONSENSUS
from review.rules.words import N_

Rung = Literal["arguments", "second_vote", "settler", "second_settler", "closed"]


@dataclass(frozen=True, slots=True)
class Settled:
    """Everything that `settlement.closed` says, by whichever rung it came."""

    settlement: int
    by: Literal["second_vote", "settler", "ladder"]
    grade: str
    casualties: Casualties
    second: int | None
    answers: tuple[int, ...]
    rationale: str | None = None
    replies: tuple[tuple[int, str], ...] = ()


def the_settlement(dossier: Dossier) -> Settlement:
    """The settlement under way."""
    if dossier.open_settlement is None:
        raise NotFound("no-open-settlement")
    return dossier.open_settlement


def rung(dossier: Dossier) -> Rung:
    """Where the settlement stands on the ladder. A rung ends by an event, never by the clock alone."""
    settlement = dossier.open_settlement
    if settlement is None:
        return "closed"
    acting = settlement.settlers[settlement.discharged :]
    if len(acting) > 1:
        return "second_settler"
    if acting or settlement.returned:
        return "settler"
    if settlement.second is None:
        return "arguments"
    return "second_vote" if rounds.the_round(dossier, settlement.second).open else "settler"


def settler(dossier: Dossier) -> str | None:
    """Whoever is to settle now; None where nobody has been appointed since the settlement was handed back."""
    return dossier.open_settlement.settler if dossier.open_settlement else None


def deciding_round(dossier: Dossier, settlement: Settlement) -> Round:
    """The second round where it closed with quorum, else the first."""
    second = dossier.round_number(settlement.second) if settlement.second else None
    if second and rounds.closed_with_quorum(dossier, second.number):
        return second
    return rounds.the_round(dossier, settlement.round)


def deciding_votes(dossier: Dossier, settlement: Settlement) -> tuple[Vote, ...]:
    """The live votes that a settler may choose among."""
    return dossier.live(deciding_round(dossier, settlement).number)


def below_quorum(dossier: Dossier) -> bool:
    """True where exclusions left the votes that decide below the required number: no result can be approved."""
    settlement = dossier.open_settlement
    if settlement is None or dossier.open_round:
        return False
    return not rounds.quorum(dossier, deciding_round(dossier, settlement).number)


def left(dossier: Dossier) -> tuple[Vote, ...]:
    """The live votes of the settlement under way; none where no settlement is."""
    return deciding_votes(dossier, dossier.open_settlement) if dossier.open_settlement else ()


def choices(dossier: Dossier, settlement: Settlement) -> tuple[str, ...]:
    """The grades that some live vote of the deciding round held."""
    return tuple(sorted({_grade(vote) for vote in deciding_votes(dossier, settlement)}))


def minority(dossier: Dossier, settlement: Settlement, grade: str | None = None) -> tuple[int, ...]:
    """The live votes of the deciding round with another grade than the result; all of them without a
    consensus."""
    result = grade or settlement.grade
    return tuple(vote.seq for vote in deciding_votes(dossier, settlement) if _grade(vote) != result)


def minority_arguments(dossier: Dossier, settlement: Settlement, grade: str) -> tuple[int, ...]:
    """Every argument whose author's live vote has another grade; a settler answers each of them."""
    others = {vote.voter for vote in deciding_votes(dossier, settlement) if _grade(vote) != grade}
    return tuple(sorted(argument.seq for argument in settlement.arguments if argument.by in others))


def casualties_for(dossier: Dossier, settlement: Settlement, grade: str) -> Casualties:
    """The range of a settled grade: the envelope of the votes that held it, or of all without a consensus."""
    votes = deciding_votes(dossier, settlement)
    held = [vote for vote in votes if grade in (NO_CONSENSUS, _grade(vote))]
    return envelope(vote.ballot.casualties for vote in held if vote.ballot)


def _grade(vote: Vote) -> str:
    if vote.ballot is None:
        raise ValueError(f"vote {vote.seq} is sealed: a settlement needs its ballots revealed")
    return vote.ballot.grade


def settle(
    dossier: Dossier, who: str, grade: str, rationale: str | None, replies: Mapping[int, str | None]
) -> Settled:
    """The settler's decision: a grade that some live vote held, or No consensus, every minority argument
    answered."""
    settlement = the_settlement(dossier)
    reason = texts.cleaned(rationale)
    problems = {}
    if who != settler(dossier):
        problems["who"] = N_("Another person has been appointed to settle this.")
    if reason is None:
        problems["rationale"] = N_("Not answered yet. Say why this grade follows, also to those who differ.")
    if grade != NO_CONSENSUS and grade not in choices(dossier, settlement):
        problems["grade"] = N_("Choose a grade that one of the votes held, or No consensus.")
    written = {seq: texts.cleaned(text) for seq, text in replies.items()}
    answers = () if "grade" in problems else minority_arguments(dossier, settlement, grade)
    unanswered = tuple(seq for seq in answers if not written.get(seq))
    problems |= {
        f"reply-{seq}": N_("Not answered yet. Say what you make of it, even if it changes nothing.")
        for seq in unanswered
    }
    if problems:
        names = letters_of_arguments(dossier, settlement)
        letters = tuple(sorted({names[seq] for seq in unanswered}))
        raise Invalid(problems, unanswered=unanswered, letters=letters)
    settled = _settled(dossier, settlement, "settler", grade)
    return replace(settled, rationale=reason, replies=tuple((seq, written[seq] or "") for seq in answers))


def _settled(
    dossier: Dossier, settlement: Settlement, by: Literal["second_vote", "settler", "ladder"], grade: str
) -> Settled:
    return Settled(
        settlement=settlement.seq,
        by=by,
        grade=grade,
        casualties=casualties_for(dossier, settlement, grade),
        second=settlement.second if by == "second_vote" else None,
        answers=minority_arguments(dossier, settlement, grade),
    )


def settled_by_second_vote(dossier: Dossier) -> Settled:
    """What an agreed second round settles; called on the dossier as it stands after that round's close."""
    settlement = the_settlement(dossier)
    second = rounds.the_round(dossier, settlement.second or 0)
    if second.result != "agreed" or second.grade is None:
        raise ValueError(f"round {second.number} did not agree")
    return _settled(dossier, settlement, "second_vote", second.grade)


def settled_by_ladder(dossier: Dossier) -> Settled:
    """No consensus, once the time of a second settler has run out."""
    return _settled(dossier, the_settlement(dossier), "ladder", NO_CONSENSUS)


def settled(dossier: Dossier, result: Settled) -> Dossier:
    """The dossier as it will stand once `result` is recorded, so that the same act can propose it."""
    after = tuple(
        replace(
            settlement,
            closed=dossier.last + 1,
            by=result.by,
            grade=result.grade,
            casualties=result.casualties,
            rationale=result.rationale,
            replies=result.replies,
        )
        if settlement.seq == result.settlement
        else settlement
        for settlement in dossier.settlements
    )
    return replace(dossier, settlements=after)


def argue(dossier: Dossier, who: str, text: str | None) -> str:
    """The words of one voter on a disagreement, for those inside, under a letter."""
    if not dossier.live_of(the_settlement(dossier).round, who):
        raise NotFound("unknown-vote")
    return _words(text, N_("Not answered yet. Say what the others may have missed."))


def heard(dossier: Dossier, ends: datetime | None, now: datetime) -> bool:
    """True once everybody whose vote stands has argued, or the time for arguments is up.

    `ends` is the moment at which the second vote opens by itself; None where nothing waits for it any more.
    """
    under_way = the_settlement(dossier)
    argued = {argument.by for argument in under_way.arguments}
    return ends is None or now >= ends or {vote.voter for vote in dossier.live(under_way.round)} <= argued


def dissent(dossier: Dossier, who: str, vote: int, text: str | None) -> str:
    """The public words of a minority's owner, kept beside the result."""
    own = dossier.vote(vote)
    if own is None or own.voter != who or vote not in dissenting(dossier):
        raise NotFound("unknown-vote", vote=vote)
    return _words(
        text,
        N_("Not answered yet. Write what the public should read; leave out what identifies you or a source."),
    )


def _words(text: str | None, missing: str) -> str:
    words = texts.cleaned(text)
    if words is None:
        raise Invalid({"text": missing})
    if texts.too_long(words):
        raise Invalid(
            {"text": N_("This is longer than the record can carry: at most %(longest)s characters.")},
            longest=texts.LONGEST,
        )
    return words


def dissenting(dossier: Dossier) -> tuple[int, ...]:
    """The votes of the standing proposal's minority whose owners may still write, until it is approved."""
    proposal = dossier.proposal
    return proposal.minority if proposal and proposal.state == "standing" else ()


def letters(dossier: Dossier, number: int) -> dict[int, str]:
    """Vote seq -> A, B, C…, in the order of the reveal, which was drawn at random."""
    shown = [vote for vote in dossier.votes if vote.round == number and vote.revealed is not None]
    ordered = sorted(shown, key=lambda vote: vote.revealed or 0)
    return {vote.seq: letter(place) for place, vote in enumerate(ordered)}


def letter(place: int) -> str:
    """A to Z, then AA, AB…"""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def letter_of(dossier: Dossier, number: int, who: str) -> str | None:
    """The letter under which a person's vote of this round is shown."""
    named = letters(dossier, number)
    return next((named[vote.seq] for vote in dossier.votes if vote.voter == who and vote.seq in named), None)


def letters_of_arguments(dossier: Dossier, settlement: Settlement) -> dict[int, str]:
    """Argument seq -> the letter of its author's vote in the disputed round."""
    return {
        argument.seq: letter_of(dossier, settlement.round, argument.by) or "?"
        for argument in settlement.arguments
    }
