"""Votes: committed sealed, replaced by the same person's later one, withdrawn with a reason until the close."""

from __future__ import annotations

from review.actions import drafts, rechecks, seats
from review.actions.act import acting
from review.actions.seats import in_round
from review.actions.verb import action
from review.audit.events.grading import (
    GradeProposed,
    ProposalVoided,
    RecheckOpened,
    ReviewerAssigned,
    VoteCommitted,
    VoteExcluded,
    VoteWithdrawn,
)
from review.models import Vote
from review.rules import approval, rounds, texts
from review.rules.dossier import Ballot, Dossier
from review.rules.errors import Invalid, NotFound
from review.rules.permissions import Actor
from review.rules.viewers import Deed
from review.rules.words import N_

NO_GROUND = N_("Not answered yet. Say whether it is a conflict of interest or a doubt about who voted.")


@action("cast_vote", ReviewerAssigned, VoteCommitted)
def cast_vote(actor: Actor, ref: str, number: int, *, ballot: Ballot, seen: str | None) -> int:
    """Whoever was asked commits a sealed vote on the evidence that their page showed; a later one replaces it.

    `seen` is the page's evidence digest, alone or with its round as `page_of` writes it.
    """
    evidence, _colon, _round = (seen or "").partition(":")
    with acting(actor, ref) as act:
        act.permit("cast_vote")
        act.fresh_evidence(evidence)
        seats.take_up(act)
        act.require("cast_vote")
        in_round(act, number)
        dossier, who = act.dossier, act.who
        accepted = rounds.accept(dossier, number, who, ballot)
        earlier = dossier.live_of(number, who)
        if earlier and earlier.ballot == accepted and earlier.evidence == dossier.evidence:
            return earlier.seq  # the same form posted twice is one vote
        event = VoteCommitted(
            round=number,
            evidence=dossier.evidence,
            replaces=earlier.seq if earlier else None,
            grade=accepted.grade,
            range=accepted.casualties.as_dict(),
            rationale=accepted.rationale,
            sources=list(accepted.sources),
            departs=accepted.departs,
        )
        act.record(event)
        replaced = earlier.seq if earlier else None
        act.add(Vote(round=number, voter=who, evidence=dossier.evidence, replaces=replaced), event)
        drafts.clear_sent(act, "vote")
    return event.seq or 0


@action("withdraw_vote", VoteWithdrawn)
def withdraw_vote(actor: Actor, ref: str, vote: int, *, reason: str | None) -> None:
    """A person withdraws their own live vote until the close; they owe an answer again."""
    with acting(actor, ref) as act:
        act.require("withdraw_vote", Deed(reason=reason or None))
        round_ = act.dossier.open_round
        own = act.dossier.live_of(round_.number, act.who) if round_ else None
        if own is None or own.seq != vote:
            raise NotFound("unknown-vote", vote=vote)
        act.record(VoteWithdrawn(of=vote, reason=texts.reason(reason)))
        seats.owe(act, own.round, act.who, in_round(act, own.round).policy)


@action("exclude_vote", VoteExcluded, ProposalVoided, GradeProposed, RecheckOpened)
def exclude_vote(actor: Actor, ref: str, vote: int, *, ground: str, reason: str | None) -> None:
    """A lead excludes a vote for a conflict or an identity; the tally is then recomputed without it.

    Where the result falls, a proposal is voided; a published version is checked again and never moves silently.
    """
    with acting(actor, ref) as act:
        act.require("exclude_vote", Deed(vote=vote, reason=reason or None))
        if act.dossier.vote(vote) is None:
            raise NotFound("unknown-vote", vote=vote)
        if ground not in rounds.EXCLUSIONS:
            raise Invalid({"ground": NO_GROUND})
        event = VoteExcluded(of=vote, ground=ground, reason=texts.reason(reason))
        act.record(event)
        version = _shaken(rounds.without(act.dossier, vote), vote)
        if version is not None:
            rechecks.follow(act, version, event)


def _shaken(after: Dossier, vote: int) -> int | None:
    """The published version that the votes left no longer bear, where it stood on this vote."""
    standing, excluded = after.determination, after.vote(vote)
    proposal = next((one for one in after.proposals if standing and one.seq == standing.proposal), None)
    if after.stage != "published" or after.recheck or standing is None or proposal is None or excluded is None:
        return None
    stood_on_it = excluded.round == proposal.round
    return standing.version if stood_on_it and not approval.bears(after, proposal) else None
