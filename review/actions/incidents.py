"""Incidents: opened in a stream from claims, described anew with a reason; and who should not judge them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

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
from review.rules import incidents, texts
from review.rules.errors import Invalid
from review.rules.facts import Facts, Place, changes_materially, coarsened
from review.rules.permissions import Actor
from review.rules.viewers import Deed
from review.rules.words import N_

Exact = Mapping[str, Any]


@action("open_incident", IncidentOpened, ClaimGrouped)
def open_incident(
    actor: Actor, *, stream: str, facts: Facts, exact: Exact | None = None, claims: Iterable[int] = ()
) -> str:
    """One moment in place and time gets a record, in a stream, with the claims that speak of it."""
    with acting(actor) as act:
        act.require("open_incident")
        if session.get(Stream, stream) is None:
            raise Invalid({"stream": N_("Choose one of the streams of this desk.")})
        _check(facts)
        held = act.create_incident()
        event = IncidentOpened(stream=stream, facts=_shown(facts).as_dict(), exact=exact_points(facts, exact))
        act.record(event, held=held)
        for claim in sorted(set(claims)):
            put_claim(act, held, claim, None)
    return held.row.name


@action("describe_incident", IncidentDescribed, ProposalVoided, GradeProposed)
def describe_incident(
    actor: Actor, ref: str, *, facts: Facts, reason: str, exact: Exact | None = None, seen: str | None = None
) -> int:
    """The facts are written anew, whole, with a reason. Whether that is material is computed."""
    with acting(actor, ref) as act:
        if seen is not None:  # a caller without a page describes what stands now
            act.fresh_evidence(seen)
        before, after = act.dossier.facts, _shown(facts)
        material = changes_materially(before, after)
        act.require("describe_incident", Deed(material=material))
        _check(facts)
        words = texts.reason(reason)
        points = (
            _kept_points(before, facts, act.dossier.exact) if exact is None else exact_points(facts, exact)
        )
        if after == before and points == act.dossier.exact:
            raise Invalid({"facts": N_("Nothing was changed.")})
        event = IncidentDescribed(material=material, facts=after.as_dict(), exact=points, reason=words)
        act.record(event)
    return event.seq or 0


def _check(facts: Facts) -> None:
    problems = incidents.problems(facts)
    if problems:
        raise Invalid(problems, longest=texts.LONGEST)


def _shown(facts: Facts) -> Facts:
    """The facts as they may be shown: every point no closer than its accuracy bears."""
    return replace(facts, places=tuple(_coarse(place) for place in facts.places))


def _coarse(place: Place) -> Place:
    return replace(place, point=coarsened(*place.point, place.accuracy)) if place.point else place


def exact_points(facts: Facts, given: Exact | None) -> dict[str, Any] | None:
    """What is kept beside the facts and never public: the points as given, notes, who signed them."""
    points = [list(place.point) if place.point else None for place in facts.places]
    kept = {"points": points, **(given or {})}
    return kept if any(points) or given else None


def _kept_points(before: Facts, after: Facts, exact: Any) -> Any:
    """The exact points stay where the page gave back the coarse ones that it had shown."""
    if [place.point for place in before.places] == [place.point for place in after.places]:
        return exact
    return exact_points(after, None)


@action("declare_conflict", ConflictDeclared)
def declare_conflict(actor: Actor, ref: str, *, ground: str) -> int:
    """Who is too close to an incident says so, on a sealed ground, and decides nothing here."""
    with acting(actor, ref) as act:
        act.require("declare_conflict")
        event = act.record(ConflictDeclared(ground=texts.reason(ground, "ground")))
    return event.seq or 0


@action("lift_conflict", ConflictLifted)
def lift_conflict(actor: Actor, ref: str, *, ground: str) -> int:
    """A conflict declared by mistake, or gone, is lifted by whoever declared it."""
    with acting(actor, ref) as act:
        act.require("lift_conflict")
        event = act.record(ConflictLifted(ground=texts.reason(ground, "ground")))
    return event.seq or 0
