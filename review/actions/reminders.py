"""A lead reminds whoever is on turn: a line in their inbox and by mail, that names nothing of the record. No event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select

from review import notices
from review.actions.act import Act, acting
from review.actions.verb import action
from review.models import Notice, Participation, Person, session
from review.rules import assignment, rounds, settlement
from review.rules.permissions import Actor

SELDOM = timedelta(hours=12)  # nobody hears the same line twice within


@action("remind")
def remind(actor: Actor, ref: str) -> None:
    """Whoever owes an answer here is told again: who votes, who settles, who can approve or second.

    What comes back is the same whoever they are and however many: a lead who was asked in the round learns nothing.
    """
    with acting(actor, ref) as act:
        act.require("remind")
        kind, people = _on_turn(act)
        told = _told_lately(act, kind, people)
        notices.tell_these(act, kind, (person for person in people if person not in told))


def _on_turn(act: Act) -> tuple[str, tuple[int, ...]]:
    """Whose turn it is, and the line that says so."""
    dossier, proposal = act.dossier, act.dossier.proposal
    if dossier.open_round:
        return "vote_reminder", _persons(act, rounds.owed(dossier.open_round))
    who = settlement.settler(dossier)
    if who is not None:
        return "settle_owed", _persons(act, [who])
    if proposal is None or proposal.approval is not None:
        return "proposal_waiting", ()
    asked = proposal.override
    if asked is not None and asked.seconded is None:
        return "override_asked", _uninvolved_leads(act)
    if asked is not None:
        return "override_seconded", _persons(act, [asked.by])
    return "proposal_waiting", _uninvolved_leads(act)


def _persons(act: Act, pseudonyms: Iterable[str]) -> tuple[int, ...]:
    statement = (
        select(Participation.person_id)
        .join(Person, Person.id == Participation.person_id)
        .where(Participation.incident_id == act.incident.id, Participation.pseudonym.in_(list(pseudonyms)))
        .where(Person.active)
    )
    return tuple(session.scalars(statement))


def _uninvolved_leads(act: Act) -> tuple[int, ...]:
    leads = session.scalars(select(Person.id).where(Person.role == "lead", Person.active)).all()
    name = act.incident.name
    return tuple(lead for lead in leads if assignment.may_approve(act.dossier, act.pseudonym(lead, name)))


def _told_lately(act: Act, kind: str, people: Iterable[int]) -> frozenset[int]:
    known = Notice.person_id.in_(list(people)), Notice.incident_id == act.incident.id, Notice.kind == kind
    return frozenset(session.scalars(select(Notice.person_id).where(*known, Notice.at > act.at - SELDOM)))
