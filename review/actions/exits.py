"""Exits: merged into another, split, dismissed, withdrawn; each with its reason, and each with its way back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import select

from review import notices
from review.actions import approvals, rechecks, rounds
from review.actions.act import Act, Held, acting
from review.actions.carrying import carry
from review.actions.verb import action
from review.audit.events.event import Event
from review.audit.events.grading import GradeProposed, ProposalVoided, RecheckOpened, RoundClosed
from review.audit.events.incidents import (
    ClaimGrouped,
    ClaimUngrouped,
    IncidentAbsorbed,
    IncidentDescribed,
    IncidentDismissed,
    IncidentMerged,
    IncidentRestored,
    IncidentRestricted,
    IncidentSplit,
    IncidentWithdrawn,
)
from review.audit.events.sources import SourceAttached, SourceCaptured
from review.models import PersonKey, session
from review.models.involvement import persons_involved
from review.models.refs import find_incident
from review.rules import merging, points, texts
from review.rules.errors import Invalid
from review.rules.merging import Part
from review.rules.permissions import Actor
from review.rules.viewers import Deed


@action(
    "merge_incident", IncidentMerged, IncidentAbsorbed, RoundClosed, ProposalVoided, RecheckOpened, ClaimUngrouped,
    ClaimGrouped, SourceAttached, SourceCaptured,
)  # fmt: skip
def merge_incident(
    actor: Actor,
    ref: str,
    *,
    into: str,
    claims: Collection[int] = (),
    sources: Collection[int] = (),
    reason: str | None,
) -> str:
    """An incident that speaks of the same moment as another leads there from now on. Answers the other's name.

    Its votes do not count there, nothing moves between rounds; who took part in it took part in the other. The other
    stays at its stage and needs a new round: its proposal is voided, its published version checked again.
    """
    with acting(actor, ref, into) as act:
        one = act.about = act.held[find_incident(session, ref)]
        act.require("merge_incident", Deed(reason=reason or None))
        other = _other(act, one)
        there = other.dossier
        merging.target(act.dossier, there)
        taken = merging.taken(act.dossier, claims, sources)
        words = texts.reason(reason)
        leave(act, words)
        act.record(IncidentMerged(other=[other.row.name], reason=words))
        _absorb(act, one, other, words)
        carry(act, one, other, there, claims=claims, sources=taken, reason=words)
    return other.row.name


def _other(act: Act, one: Held) -> Held:
    found = next((held for held in act.held.values() if held is not one), None)
    if found is None:
        raise Invalid({"into": merging.ITSELF})
    return found


def _absorb(act: Act, one: Held, other: Held, reason: str) -> None:
    """What the other incident is told, and what must stand right behind it in the act."""
    act.about = other
    event = act.record(IncidentAbsorbed(other=[one.row.name], reason=reason))
    standing, version = other.dossier.proposal, other.dossier.determination
    if standing is not None and other.dossier.stage == "approval":
        act.record(ProposalVoided(of=standing.seq, reason=reason))
    elif version is not None and other.dossier.stage == "published" and not other.dossier.recheck:
        rechecks.follow(act, version.version, event)
    for person in _known(persons_involved(session, one.row.name)):
        act.participate(other, person)
    notices.tell_leads(act, "absorbed")
    act.about = one


def _known(people: Collection[int]) -> list[int]:
    """Whoever has left has no key, and so no name in another incident."""
    keyed = select(PersonKey.person_id).where(PersonKey.person_id.in_(people)).order_by(PersonKey.person_id)
    return list(session.scalars(keyed))


@action(
    "split_incident", IncidentSplit, IncidentRestricted, IncidentDescribed, RoundClosed, ClaimUngrouped, ClaimGrouped,
    SourceAttached, SourceCaptured,
)  # fmt: skip
def split_incident(actor: Actor, ref: str, *, parts: Sequence[Part], reason: str | None) -> tuple[str, ...]:
    """An incident that mixed several moments becomes several new ones, entered by whoever split it.

    They are of its stream and begin at the beginning; its votes and grades stay with it, which leads to them.
    """
    with acting(actor, ref) as act:
        one = act.about = act.only
        act.require("split_incident", Deed(reason=reason or None))
        merging.parts(act.dossier, parts)
        words = texts.reason(reason)
        leave(act, words)
        made = [_made(act, one) for _part in parts]
        act.record(IncidentSplit(other=[held.row.name for held in made], reason=words))
        for held, part in zip(made, parts, strict=True):
            _begin(act, one, held, part, words)
    return tuple(held.row.name for held in made)


def _made(act: Act, one: Held) -> Held:
    held = act.create_incident()
    held.row.stream = one.row.stream
    return held


def _begin(act: Act, one: Held, held: Held, part: Part, reason: str) -> None:
    act.record(IncidentSplit(other=[one.row.name], reason=reason), held=held)
    if one.dossier.restricted:
        people = sorted(one.dossier.admitted)
        act.record(IncidentRestricted(on=True, people=people, reason=reason), held=held)
    facts = points.restored(one.dossier.facts, one.dossier.exact, part.facts)
    described = IncidentDescribed(
        material=True, facts=points.shown(facts).as_dict(), exact=points.sealed(facts, None), reason=reason
    )
    act.record(described, held=held)
    taken = merging.taken(one.dossier, part.claims, part.sources)
    carry(act, one, held, held.before, claims=part.claims, sources=taken, reason=reason)


@action("dismiss_incident", IncidentDismissed, RoundClosed)
def dismiss_incident(actor: Actor, ref: str, *, reason: str | None) -> str:
    """An incident outside of what is recorded here leaves the desk; it stays readable."""
    return _leave_for(actor, ref, "dismiss_incident", lambda words: IncidentDismissed(reason=words), reason)


@action("withdraw_incident", IncidentWithdrawn, RoundClosed)
def withdraw_incident(actor: Actor, ref: str, *, reason: str | None) -> str:
    """What should not have been recorded, or published, is taken back; the public page says so, with the reason."""
    return _leave_for(actor, ref, "withdraw_incident", lambda words: IncidentWithdrawn(reason=words), reason)


def _leave_for(actor: Actor, ref: str, verb: str, event: Callable[[str], Event], reason: str | None) -> str:
    with acting(actor, ref) as act:
        act.require(verb, Deed(reason=reason or None))
        words = texts.reason(reason)
        leave(act, words)
        act.record(event(words))
        return act.incident.name


def leave(act: Act, reason: str) -> None:
    """Every exit abandons an open round in the same act, before its own event; an open settlement ends with it."""
    round_ = act.dossier.open_round
    if round_ is None:
        return
    rounds.abandon(act, round_.number, reason)
    notices.tell(act, "round_abandoned", (who for who, _answer in round_.answers))


@action("restore_incident", IncidentRestored, ProposalVoided, GradeProposed)
def restore_incident(actor: Actor, ref: str, *, reason: str | None) -> str:
    """An incident comes back from its exit to the stage before it. What absorbed it, or was split out, stays as it is.

    A proposal that waited waits again; where the evidence moved meanwhile it is voided and, where the result still
    stands, made anew.
    """
    with acting(actor, ref) as act:
        act.require("restore_incident", Deed(reason=reason or None))
        act.record(IncidentRestored(reason=texts.reason(reason)))
        standing = act.dossier.proposal
        if standing is not None and standing.approval is not None and standing.approval.not_before:
            approvals.publish_on(act, standing.seq, standing.approval.not_before)
        return act.incident.name
