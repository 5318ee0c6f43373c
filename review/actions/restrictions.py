"""Restricted incidents: for all but the people named the incident does not exist, until that is lifted."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from review.actions.act import acting
from review.actions.verb import action
from review.audit.events.incidents import IncidentRestricted
from review.models import Person, session
from review.models.admissions import lifters
from review.rules import leaving, texts
from review.rules.errors import Invalid
from review.rules.permissions import Actor
from review.rules.viewers import Deed
from review.rules.words import N_

NOT_HERE = N_("Somebody who was ticked is not active at this desk any more.")


@action("restrict_incident", IncidentRestricted)
def restrict_incident(actor: Actor, ref: str, *, people: Iterable[int], reason: str | None) -> str:
    """An incident is shown to the people named, and to whoever says so, and to nobody else; said again, to others.

    Its codes lead to it no longer; answers its name, under which it is found from now on.
    """
    with acting(actor, ref) as act:
        act.require("restrict_incident", Deed(reason=reason or None))
        words = texts.reason(reason)
        named = {*people, actor.person}
        known = select(Person.log_name).where(Person.id.in_(named), Person.active, Person.role.is_not(None))
        names = sorted(session.scalars(known))
        if len(names) < len(named):
            raise Invalid({"people": NOT_HERE})
        act.record(IncidentRestricted(on=True, people=names, reason=words))
        act.later("forget_bundles", "forget_bundles", {})
        return act.incident.name


@action("lift_restriction", IncidentRestricted)
def lift_restriction(actor: Actor, ref: str, *, reason: str | None) -> str:
    """An incident that was shown to few is shown to the whole desk again, and to the public what is published of it."""
    with acting(actor, ref) as act:
        act.require("lift_restriction", Deed(reason=reason or None))
        act.record(IncidentRestricted(on=False, people=None, reason=texts.reason(reason)))
        return act.incident.name


def leave_a_lifter(person: int) -> None:
    """Whoever alone could still lift a restriction keeps the right: else the incident would be there for nobody."""
    if leaving.holds_alone(person, lifters(session, person)):
        raise Invalid({"person": leaving.HOLDS_ALONE})
