"""Incidents: opened in a stream from claims, described anew with a reason; and who should not judge them."""

from __future__ import annotations

from collections.abc import Iterable

from review import notices
from review.actions.act import acting
from review.actions.claims import put_claim
from review.actions.verb import action
from review.audit.events.grading import GradeProposed, ProposalVoided
from review.audit.events.incidents import (
    ClaimGrouped,
    ConflictDeclared,
    ConflictLifted,
    IncidentDescribed,
    IncidentOpened,
)
from review.models import Stream, session
from review.rules import incidents, points, rounds, texts
from review.rules.errors import Invalid
from review.rules.facts import Facts, changes_materially
from review.rules.permissions import Actor
from review.rules.points import Exact
from review.rules.viewers import Deed
from review.rules.words import N_


@action("open_incident", IncidentOpened, ClaimGrouped)
def open_incident(
    actor: Actor, *, stream: str, facts: Facts, exact: Exact | None = None, claims: Iterable[int] = ()
) -> str:
    """One moment in place and time gets a record, in a stream, with the claims that speak of it."""
    with acting(actor) as act:
        act.require("open_incident")
        if session.get(Stream, stream) is None:
            raise Invalid({"stream": N_("Choose one of the streams of this desk.")})
        _check(facts, exact)
        held = act.create_incident()
        event = IncidentOpened(
            stream=stream, facts=points.shown(facts).as_dict(), exact=points.sealed(facts, exact)
        )
        act.record(event, held=held)
        for claim in sorted(set(claims)):
            put_claim(act, held, claim, None)
    return held.row.name


@action("describe_incident", IncidentDescribed, ProposalVoided, GradeProposed)
def describe_incident(
    actor: Actor, ref: str, *, facts: Facts, reason: str, exact: Exact | None = None, seen: str | None = None
) -> int:
    """The facts are written anew, whole, with a reason. Whether that is material is computed.

    A point that comes back as it was shown stays as exact as it is known; so does what `exact` leaves out.
    """
    with acting(actor, ref) as act:
        if seen is not None:  # a caller without a page describes what stands now
            act.fresh_evidence(seen)
        before, known = act.dossier.facts, act.dossier.exact
        typed = points.restored(before, known, facts)
        after = points.shown(typed)
        material = changes_materially(before, after)
        act.require("describe_incident", Deed(material=material))
        _check(facts, exact)
        words = texts.reason(reason)
        kept = points.sealed(typed, points.beside(known) if exact is None else exact)
        if after == before and kept == known:
            raise Invalid({"facts": N_("Nothing was changed.")})
        event = IncidentDescribed(material=material, facts=after.as_dict(), exact=kept, reason=words)
        act.record(event)
    return event.seq or 0


def _check(facts: Facts, exact: Exact | None) -> None:
    problems = incidents.problems(facts) | incidents.exact_problems(exact)
    if problems:
        raise Invalid(problems, longest=texts.LONGEST)


@action("declare_conflict", ConflictDeclared)
def declare_conflict(actor: Actor, ref: str, *, ground: str) -> int:
    """Who is too close to an incident says so, on a sealed ground, and decides nothing here.

    Declared before a vote it bars assignment, vote and approval; declared after the close a lead excludes the vote.
    """
    with acting(actor, ref) as act:
        act.require("declare_conflict")
        event = act.record(ConflictDeclared(ground=texts.reason(ground, "ground")))
        if rounds.disclosed_late(act.dossier, act.who):
            notices.tell_leads(act, "conflict_disclosed")
    return event.seq or 0


@action("lift_conflict", ConflictLifted)
def lift_conflict(actor: Actor, ref: str, *, ground: str) -> int:
    """A conflict declared by mistake, or gone, is lifted by whoever declared it."""
    with acting(actor, ref) as act:
        act.require("lift_conflict")
        event = act.record(ConflictLifted(ground=texts.reason(ground, "ground")))
    return event.seq or 0
