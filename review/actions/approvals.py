"""Approvals: a lead who took no part approves one dossier, returns it, or has a published grade judged again."""

from __future__ import annotations

from datetime import UTC, datetime, time

from review import clock, notices
from review.actions import consequences
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.events.event import Event
from review.audit.events.grading import (
    GradeApproved,
    GradeProposed,
    GradePublished,
    GradeReopened,
    GradeReturned,
    ProposalVoided,
    RecheckClosed,
)
from review.models import Approval, Determination
from review.rules import approval, rounds, texts
from review.rules.dossier import Dossier, Proposal
from review.rules.permissions import SYSTEM, Actor
from review.rules.viewers import Deed


@action("approve", GradeApproved, GradePublished)
def approve(actor: Actor, ref: str, *, reason: str | None, seen: str | None, not_before: str | None = None) -> int:
    """A lead who took no part approves exactly what their page showed; without a later day it is published at once."""
    with acting(actor, ref) as act:
        act.permit("approve")
        act.fresh_dossier(seen)
        act.require("approve", Deed(reason=texts.cleaned(reason)))
        approved = approval.approve(act.dossier, reason, not_before=not_before, today=clock.day(act.at))
        event = GradeApproved(
            of=approved.of,
            override=approved.override,
            dossier=approved.dossier,
            stale=list(approved.stale),
            not_before=approved.not_before,
            reason=approved.reason,
        )
        act.record(event)
        fact = Approval(
            proposal_seq=approved.of, version=approved.version, approver=act.who, dossier=approved.dossier
        )
        act.add(fact, event)
        if approved.not_before is None:
            _publish(act, event, approval.the_proposal(act.dossier), approved.kind)
        else:
            publish_on(act, approved.of, approved.not_before)
    return approved.version


def _publish(act: Act, of: Event | int, proposal: Proposal, kind: str) -> None:
    event = GradePublished(version=proposal.version, of=of, kind=kind)
    act.record(event)
    decided = proposal.override if proposal.override and proposal.override.seconded else proposal
    fact = Determination(
        version=proposal.version,
        grade=decided.grade,
        range=decided.casualties.as_dict(),
        codebook_seq=rounds.the_round(act.dossier, proposal.round).codebook_seq,
        kind="published",
    )
    act.add(fact, event)
    notices.tell(act, "published", _voters(act.dossier, proposal.round))


def publish_on(act: Act, proposal: int, day: str) -> None:
    """Let the worker publish what was approved for a later day, when that day comes."""
    due = datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
    payload = {"incident": act.incident.name, "proposal": proposal}
    act.later("publish_grade", f"publish:{act.incident.name}:{proposal}", payload, due)


@action("publish_grade", GradePublished, ProposalVoided, GradeProposed)
def publish_due(ref: str, proposal: int) -> None:
    """The machine publishes what was approved for this day if the dossier still matches, else voids it."""
    with acting(SYSTEM, ref) as act:
        standing = act.dossier.proposal
        if standing is None or standing.seq != proposal or standing.approval is None or act.dossier.exited:
            return
        match approval.due_for_publication(act.dossier, clock.day(act.at)):
            case "publish":
                _publish(act, standing.approval.seq, standing, act.dossier.reopened or "first")
            case "void":
                _void(act, standing)


def _void(act: Act, standing: Proposal) -> None:
    act.record(ProposalVoided(of=standing.seq))
    anew = consequences.proposed(act.chain, act.dossier) if approval.stands(act.dossier, standing) else None
    if anew is not None:
        act.record(anew)
    notices.tell_leads(act, "proposal_waiting")


@action("return_grade", GradeReturned)
def return_grade(actor: Actor, ref: str, *, to: str, reason: str | None, seen: str | None) -> None:
    """A lead returns a result with a reason: to a new round, or to a new settler where a settlement decided.

    One that was approved for a later day can be returned until that day: nothing of it is public yet.
    """
    with acting(actor, ref) as act:
        act.permit("return_grade")
        act.fresh_dossier(seen)
        act.require("return_grade")
        standing = approval.the_proposal(act.dossier)
        returned = approval.give_back(act.dossier, to, reason)
        act.record(GradeReturned(of=returned.of, to=returned.to, reason=returned.reason))
        notices.tell(act, "returned", _voters(act.dossier, standing.round))
        notices.tell_leads(act, "settler_wanted" if returned.to == "settlement" else "returned")


@action("reopen", GradeReopened, RecheckClosed)
def reopen(actor: Actor, ref: str, *, ground: str, reason: str | None, seen: str | None = None) -> None:
    """A lead has a published incident graded again; its last version stands and stays public until the next."""
    with acting(actor, ref) as act:
        act.permit("reopen")
        act.fresh_dossier(seen)
        act.require("reopen")
        again = approval.reopen(act.dossier, ground, reason)
        if act.dossier.recheck:
            act.record(RecheckClosed(version=again.version, outcome="reopened", reason=again.reason))
        act.record(GradeReopened(version=again.version, ground=again.ground, reason=again.reason))
        notices.tell_leads(act, "reopened")


def _voters(dossier: Dossier, number: int) -> tuple[str, ...]:
    return tuple(vote.voter for vote in dossier.live(number))
