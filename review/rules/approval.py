"""From a result to a published version: the proposal, what it did not consider, approval, return,
reopening."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from review.rules import rounds, settlement, texts
from review.rules.dossier import Determination, Dissent, Dossier, Mark, Proposal, Round, Settlement
from review.rules.errors import Invalid, NotFound
from review.rules.facts import Casualties
from review.rules.grades import NO_CONSENSUS
from review.rules.words import N_

GROUNDS = {
    "verdict": N_("the grade itself may change"),
    "minor": N_("a minor change"),
    "note": N_("a note only"),
}
RETURNS = {"round": N_("to a new round"), "settlement": N_("to a new settler")}


@dataclass(frozen=True, slots=True)
class Proposed:
    """Everything that `grade.proposed` says, but for the two digests."""

    version: int
    grade: str
    casualties: Casualties
    round: int
    settlement: int | None
    minority: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Approved:
    """Everything that `grade.approved` says, with the version and kind that `grade.published` will."""

    of: int
    version: int
    kind: str
    dossier: str
    stale: tuple[int, ...]
    not_before: str | None
    override: int | None
    reason: str
    grade: str
    casualties: Casualties


@dataclass(frozen=True, slots=True)
class Returned:
    of: int
    to: Literal["round", "settlement"]
    reason: str


@dataclass(frozen=True, slots=True)
class Reopened:
    version: int
    ground: str
    reason: str


def next_version(dossier: Dossier) -> int:
    """Versions run from 1; an imported grade is version 0."""
    return max((determination.version for determination in dossier.determinations), default=0) + 1


def proposed(dossier: Dossier) -> Proposed | None:
    """The result that stands now, from an agreed round or a closed settlement; None where none does.

    Called in the act that closes a round or a settlement, and again where a standing proposal was voided.
    """
    if dossier.settlements and _newest_result_is_settled(dossier):
        return _from_settlement(dossier, dossier.settlements[-1])
    closed = [round_ for round_ in dossier.rounds if not round_.open]
    return _from_round(dossier, closed[-1]) if closed else None


def _newest_result_is_settled(dossier: Dossier) -> bool:
    last = dossier.settlements[-1]
    numbered = max(last.round, last.second or 0)
    return not any(round_.number > numbered for round_ in dossier.rounds)


def _from_round(dossier: Dossier, round_: Round) -> Proposed | None:
    if round_.result != "agreed" or _spent(dossier, round_.closed):
        return None
    counted = rounds.tally_of(dossier, round_.number)
    if counted.result != "agreed" or counted.grade != round_.grade or counted.casualties is None:
        return None
    return Proposed(
        next_version(dossier), counted.grade or "", counted.casualties, round_.number, None, counted.minority
    )


def _from_settlement(dossier: Dossier, closed: Settlement) -> Proposed | None:
    if closed.closed is None or closed.grade is None or _spent(dossier, closed.closed):
        return None
    decided = settlement.deciding_round(dossier, closed)
    if closed.grade != NO_CONSENSUS and closed.grade not in settlement.choices(dossier, closed):
        return None
    return Proposed(
        next_version(dossier),
        closed.grade,
        settlement.casualties_for(dossier, closed, closed.grade),
        decided.number,
        closed.seq,
        settlement.minority(dossier, closed),
    )


def _spent(dossier: Dossier, result: int | None) -> bool:
    """True where this result was already published or handed back: every version needs its own."""
    ends = [proposal.seq for proposal in dossier.proposals if proposal.state in ("published", "returned")]
    return result is None or any(seq > result for seq in ends)


def stands(dossier: Dossier, proposal: Proposal) -> bool:
    """True where the votes that are live now still bear the proposed grade; below quorum they bear none."""
    again = proposed(dossier)
    same = again is not None and (again.grade, again.round) == (proposal.grade, proposal.round)
    return same and bears(dossier, proposal)


def bears(dossier: Dossier, proposal: Proposal) -> bool:
    """True where live votes still bear a grade that may already be published: same result, grade and
    quorum."""
    number = proposal.round
    if not rounds.quorum(dossier, number):
        return False
    if proposal.settlement is None:
        return rounds.tally_of(dossier, number).grade == proposal.grade
    held = {vote.ballot.grade for vote in dossier.live(number) if vote.ballot}
    return proposal.grade == NO_CONSENSUS or proposal.grade in held


def standing_borne(dossier: Dossier) -> bool:
    """True where live votes still bear the published version that stands."""
    proposal = behind(dossier, dossier.determination)
    return proposal is not None and bears(dossier, proposal)


def behind(dossier: Dossier, version: Determination | None) -> Proposal | None:
    """The proposal that a published version came from; an imported one came from none."""
    if version is None or version.proposal is None:
        return None
    return next((one for one in dossier.proposals if one.seq == version.proposal), None)


def moved_since(dossier: Dossier, number: int) -> tuple[Mark, ...]:
    """Every step of the evidence after what the oldest live vote of the round had seen."""
    since = (dossier.since(vote.evidence) for vote in dossier.live(number))
    return max(since, key=len, default=())


def stale_sources(dossier: Dossier, number: int) -> tuple[int, ...]:
    """The seqs that an approval must list as not considered; empty exactly when no evidence moved."""
    return tuple(mark.seq for mark in moved_since(dossier, number))


def unconsidered(dossier: Dossier, number: int) -> tuple[int, ...]:
    """The numbers of the sources attached since the oldest live vote, as a reason must name them."""
    marks = moved_since(dossier, number)
    return tuple(mark.source for mark in marks if mark.type == "source.attached" and mark.source)


def the_proposal(dossier: Dossier) -> Proposal:
    if dossier.proposal is None:
        raise NotFound("no-proposal")
    return dossier.proposal


def approve(
    dossier: Dossier, reason: str | None, *, not_before: str | None = None, today: str | None = None
) -> Approved:
    """The lead's yes to one dossier digest, with its reason and, where wanted, a day before which it
    stays inside."""
    proposal = the_proposal(dossier)
    override = proposal.override if proposal.override and proposal.override.seconded else None
    decided = override or proposal
    words = _reason(reason)
    return Approved(
        of=proposal.seq,
        version=proposal.version,
        kind=dossier.reopened or "first",
        dossier=dossier.digest,
        stale=stale_sources(dossier, proposal.round),
        not_before=_not_before(not_before, today),
        override=override.seq if override else None,
        reason=words,
        grade=decided.grade,
        casualties=decided.casualties,
    )


def _not_before(day: str | None, today: str | None) -> str | None:
    if not day:
        return None
    try:
        date.fromisoformat(day)
    except ValueError:
        raise Invalid({"not_before": N_("This is no day of the calendar.")}) from None
    return day if today is None or day > today else None


def give_back(dossier: Dossier, to: str, reason: str | None) -> Returned:
    """The lead's no: back to a new round, or, where a settlement decided, to a new settler."""
    proposal = the_proposal(dossier)
    words = _reason(reason)
    if to == "round":
        return Returned(proposal.seq, "round", words)
    if to == "settlement" and proposal.settlement is not None:
        return Returned(proposal.seq, "settlement", words)
    raise Invalid({"to": N_("It can go back to a settler only where a settlement decided.")})


def reopen(dossier: Dossier, ground: str, reason: str | None) -> Reopened:
    """A published incident is graded again; its last version stands and stays public."""
    problems = {}
    if ground not in GROUNDS:
        problems["ground"] = N_("Not answered yet. Say what kind of change this is.")
    words = texts.cleaned(reason)
    if words is None:
        problems["reason"] = MISSING_REASON
    if problems or words is None:
        raise Invalid(problems)
    standing = dossier.determination
    if standing is None:
        raise NotFound("no-determination")
    return Reopened(standing.version, ground, words)


MISSING_REASON = N_("Not answered yet. A yes needs its reason as well as a no.")


def _reason(reason: str | None) -> str:
    words = texts.cleaned(reason)
    if words is None:
        raise Invalid({"reason": MISSING_REASON})
    if texts.too_long(words):
        raise Invalid(
            {"reason": N_("This is longer than the record can carry: at most %(longest)s characters.")},
            longest=texts.LONGEST,
        )
    return words


def due_for_publication(dossier: Dossier, today: str) -> Literal["publish", "void"] | None:
    """What the worker does with an approval that waited for its day: publish it, or void it if the
    dossier moved."""
    proposal = dossier.proposal
    if proposal is None or proposal.approval is None or proposal.state != "approved":
        return None
    if proposal.approval.dossier != dossier.digest:
        return "void"
    return "publish" if (proposal.approval.not_before or "") <= today else None


def silenced(dossier: Dossier) -> tuple[Dissent, ...]:
    """The dissents of what is proposed whose words were removed by others than whoever wrote them."""
    proposal = dossier.proposal
    if proposal is None:
        return ()
    theirs = (dissent for dissent in dossier.dissents if dissent.of in proposal.minority)
    return tuple(one for one in theirs if one.removed and one.by not in one.removed.people)


def silencers(dossier: Dossier) -> frozenset[str]:
    """Whoever asked for one of those removals, or seconded it."""
    return frozenset(who for dissent in silenced(dossier) if dissent.removed for who in dissent.removed.people)


def undercuts(dossier: Dossier, seqs: Collection[int], people: Collection[str]) -> bool:
    """Whether removing these would take the dissent from a version that one of these people approved and that waits."""
    proposal = dossier.proposal
    if proposal is None or proposal.approval is None or proposal.approval.by not in people:
        return False
    return any(dissent.seq in seqs and dissent.of in proposal.minority for dissent in dossier.dissents)
