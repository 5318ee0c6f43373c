"""Notices: a line in somebody's inbox, a kind and an incident. Never words, numbers or names from the record.

Nobody is told of another's answer: a notice goes out when a round opens, ends or asks somebody, and never between.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from review.models import Participation, Person, session
from review.rules.words import N_

if TYPE_CHECKING:
    from review.actions.act import Act

KINDS = {
    "vote_owed": N_("Your vote is asked for."),
    "vote_reminder": N_("Your vote is still asked for."),
    "released": N_("Your vote is no longer asked for."),
    "round_abandoned": N_("A round was abandoned."),
    "settlement_opened": N_("A disagreement is open for your arguments."),
    "settler_wanted": N_("A disagreement waits for a settler."),
    "settle_owed": N_("You were asked to settle a disagreement."),
    "proposal_waiting": N_("A result waits for approval."),
    "returned": N_("A result was returned."),
    "published": N_("A grade that you voted on was published."),
    "reopened": N_("A published grade was reopened."),
}


def tell(act: Act, kind: str, pseudonyms: Iterable[str]) -> None:
    """One line to each person behind these pseudonyms of the act's incident, but for whoever acts."""
    wanted = set(pseudonyms)
    if not wanted:
        return
    statement = select(Participation.person_id).where(
        Participation.incident_id == act.incident.id, Participation.pseudonym.in_(wanted)
    )
    _tell(act, kind, session.scalars(statement))


def tell_leads(act: Act, kind: str) -> None:
    """One line to every active lead, but for whoever acts."""
    _tell(act, kind, session.scalars(select(Person.id).where(Person.role == "lead", Person.active)))


def _tell(act: Act, kind: str, people: Iterable[int]) -> None:
    if kind not in KINDS:
        raise ValueError(f"no notice is called {kind}")
    for person in sorted(set(people) - {act.actor.person}):
        act.notify(person, kind)
