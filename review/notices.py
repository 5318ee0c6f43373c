"""Notices: a line in somebody's inbox, a kind and mostly an incident. Never words, numbers or names from the record.

Nobody is told of another's answer: while a round is open a notice speaks of what its reader owes, and of nothing else.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from review import config
from review.models import Notice, Participation, Person, session
from review.models.admissions import admitted
from review.models.limits import settings_for
from review.rules.care import ONCE
from review.rules.words import N_

if TYPE_CHECKING:
    from review.actions.act import Act

KINDS = {
    "vote_owed": N_("Your vote is asked for."),
    "vote_reminder": N_("Your vote is still asked for."),
    "vote_late": N_("Your vote is late."),
    "released": N_("Your vote is no longer asked for."),
    "round_abandoned": N_("A round was abandoned."),
    "settlement_opened": N_("A disagreement is open for your arguments."),
    "settler_wanted": N_("A disagreement waits for a settler."),
    "settler_late": N_("A settler's time has run out."),
    "settle_owed": N_("You were asked to settle a disagreement."),
    "proposal_waiting": N_("A result waits for approval."),
    "returned": N_("A result was returned."),
    "published": N_("A grade that you voted on was published."),
    "absorbed": N_("Another incident was merged into one of this desk: it needs a new round."),
    "reopened": N_("A published grade was reopened."),
    "settlement_ended": N_("A disagreement was ended without a result."),
    "override_asked": N_("Another grade was asked for and waits for a second lead."),
    "override_seconded": N_("The other grade that you asked for was seconded. You can approve it."),
    "recheck_opened": N_("A published version is being checked again."),
    "conflict_disclosed": N_("Somebody who voted here has declared a conflict since."),
    "password_link": N_("An admin made a link to a new password for your log-in."),
    "authenticator_taken": N_("An admin took the authenticator of your log-in away."),
    "redaction_asked": N_("Somebody asked to have words removed for good. It waits for a second person."),
    "redaction_seconded": N_("The words that you asked to have removed are gone."),
    "words_removed": N_("Words that you wrote were removed for good."),
    "redaction_declined": N_("What you asked to have removed stays. The reason stands on the page of removals."),
    "bundle_ready": N_("A bundle that you asked for is ready."),
    "bundle_stopped": N_("A bundle that you asked for could not be made."),
    "correction_received": N_("A correction was asked for. It waits for a lead editor."),
    "log_in_in_hand": N_("An admin took the log-in of somebody of the desk in hand."),
}

# Who takes a log-in over must not be able to keep that from its owner by a setting.
AT_ONCE = ("password_link", "authenticator_taken", "log_in_in_hand")


def tell(act: Act, kind: str, pseudonyms: Iterable[str]) -> None:
    """One line to each person behind these pseudonyms of the act's incident, but for whoever acts."""
    wanted = set(pseudonyms)
    if not wanted:
        return
    statement = select(Participation.person_id).where(
        Participation.incident_id == act.incident.id, Participation.pseudonym.in_(wanted)
    )
    _tell(act, kind, session.scalars(statement))


def tell_these(act: Act, kind: str, people: Iterable[int]) -> None:
    """One line to each of these people, but for whoever acts."""
    _tell(act, kind, people)


def tell_leads(act: Act, kind: str) -> None:
    """One line to every active lead, but for whoever acts."""
    _tell(act, kind, session.scalars(select(Person.id).where(Person.role == "lead", Person.active)))


def tell_who_may_second(act: Act, kind: str) -> None:
    """One line to every active lead and admin, but for whoever acts."""
    _tell(act, kind, session.scalars(select(Person.id).where(Person.role.in_(("lead", "admin")), Person.active)))


def tell_of_log_in(act: Act, kind: str, person: int) -> None:
    """Whose log-in an admin takes in hand is told, and every other lead and admin: nobody signs in as them unseen."""
    _tell(act, kind, [person])
    keepers = select(Person.id).where(Person.role.in_(("lead", "admin")), Person.active, Person.id != person)
    _tell(act, "log_in_in_hand", session.scalars(keepers))


def tell_leads_once(act: Act, kind: str) -> None:
    """The same, but for those who have not read this very line yet: for a job that may run twice."""
    unread = select(Notice.person_id).where(
        Notice.incident_id == act.incident.id, Notice.kind == kind, Notice.read_at.is_(None)
    )
    leads = session.scalars(select(Person.id).where(Person.role == "lead", Person.active, Person.id.not_in(unread)))
    _tell(act, kind, leads)


def _tell(act: Act, kind: str, people: Iterable[int]) -> None:
    if kind not in KINDS:
        raise ValueError(f"no notice is called {kind}")
    for person in sorted(_admitted(act, set(people)) - {act.actor.person}):
        act.notify(person, kind)


def _admitted(act: Act, people: set[int]) -> set[int]:
    """Of a restricted incident nobody is told to whom it is not shown."""
    if not act.held or not act.incident.restricted:
        return people
    return people & admitted(session, act.incident.id)


def by_mail(act: Act, kind: str, person: int) -> None:
    """The same line by mail, later, where mail is sent and the person wants each at once: one message for what is said
    twice before that. What concerns their own log-in is always sent; the rest waits for the day's digest.
    """
    if not config.smtp_url() or (kind not in AT_ONCE and settings_for(session, person).mail != ONCE):
        return
    incident = act.incident.name if act.held else None
    payload = {"kind": kind, "person": person, "incident": incident, "message": secrets.token_hex(12)}
    act.later("send_mail", f"mail:{kind}:{incident}:{person}", payload)
