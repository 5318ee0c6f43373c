"""How somebody looks after themselves: settings, a pass without a reason, warnings, saved views; the page of help."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, replace

from sqlalchemy import delete, func, select

from review import config
from review.actions import rounds, seats
from review.actions.accounts import account_write, put
from review.actions.act import acting
from review.actions.verb import action
from review.models import Care, HelpText, Incident, Passed, Person, SavedView, SourceWarning, Turn, session
from review.models.admissions import exists
from review.models.dossiers import dossier
from review.models.limits import settings_for
from review.models.refs import find_incident
from review.rules import care, texts
from review.rules.care import Settings
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor, may
from review.rules.words import N_

MOST_VIEWS = 30
LONGEST_QUERY = 600
NOT_OFFERED = N_("This is not among what is offered.")
NO_NAME = N_("Not answered yet. Give it a name.")
LONG_NAME = N_("A name has at most %(longest)s characters.")
LONGEST_NAME = 80
TOO_MANY = N_("%(most)s views are kept already. Forget one first.")
LONG_QUERY = N_("What is looked for here is too long to be kept. Shorten it.")
LANGUAGES = ("en", "ar")


# --- one's own settings ---------------------------------------------------------------------------------------


def set_care(actor: Actor, settings: Settings) -> None:
    """What is shown, asked and mailed to a person, all of it as they say; nobody else sees it."""
    chosen = {"media": settings.media in care.MEDIA, "mail": settings.mail in care.MAILS}
    chosen["break_after"] = settings.break_after is None or settings.break_after in care.BREAKS
    wrong = {name: NOT_OFFERED for name, offered in chosen.items() if not offered}
    if wrong:
        raise Invalid(wrong)
    _limit("per_day", settings.per_day, care.MOST_A_DAY)
    _limit("per_week", settings.per_week, care.MOST_A_WEEK)
    with account_write():
        _put(actor.person or 0, settings)


def _limit(field: str, wanted: int | None, most: int) -> None:
    if wanted is not None and not 1 <= wanted <= most:
        raise Invalid({field: care.NO_NUMBER}, most=most)


def _put(person: int, settings: Settings) -> None:
    put(Care, ("person_id",), person_id=person, **asdict(settings))


# --- mail stopped by one press --------------------------------------------------------------------------------


def stop_token(person: int) -> str:
    """What the link in a mail carries: it stops that person's mails and opens nothing."""
    return f"{person}-{_signed(person)}"


def whose_mail(token: str) -> int:
    """The person whose mails a link stops; NotFound for any other text, and for whoever has left the desk."""
    number, _dash, sign = token.partition("-")
    known = number.isdecimal() and len(number) < 10
    if not known or not hmac.compare_digest(sign.encode(), _signed(int(number)).encode()):
        raise NotFound
    person = session.get(Person, int(number))
    if person is None or not person.active:
        raise NotFound
    return person.id


def stop_mail(token: str) -> None:
    """No more notices by mail to this person, until they want them again. The inbox goes on."""
    with account_write():
        person = whose_mail(token)
        _put(person, replace(settings_for(session, person), mail=care.NEVER))


def _signed(person: int) -> str:
    return hmac.new(config.secret(), f"stop mail {person}".encode(), hashlib.sha256).hexdigest()[:32]


# --- passing --------------------------------------------------------------------------------------------------


def pass_on(actor: Actor, ref: str, number: int) -> None:
    """Somebody lets an incident go by, and is asked for no reason: the seat is free for the next.

    A seat that "next" held leaves no trace in the record. Whoever was asked by a lead answers as one who cannot judge,
    with the same words for everybody; that is an answer, and counts against nobody.
    """
    incident = _shown(actor, ref).id
    owed = session.get(Turn, (incident, actor.person, "vote")) is not None
    passed = session.get(Passed, (actor.person, incident))
    if not owed and passed is not None and passed.round == number:
        return  # the same press twice
    if owed or seats.held(actor.person, incident) != number:
        rounds.abstain(actor, ref, number, reason=care.PASSED)
        return
    with account_write():
        seats.drop(actor.person)
        put(Passed, ("person_id", "incident_id"), person_id=actor.person, incident_id=incident, round=number)


def _shown(actor: Actor, ref: str) -> Incident:
    row = session.get(Incident, find_incident(session, ref))
    if row is None or not exists(session, row, actor):
        raise NotFound
    return row


# --- warnings -------------------------------------------------------------------------------------------------


def warn_of_source(actor: Actor, ref: str, number: int, word: str | None) -> None:
    """Somebody who looked says whether a source shows harm, or takes that back. It is no evidence and no event."""
    if not may(actor.role, "warn_of_source"):
        raise Forbidden("warn_of_source")
    row = _shown(actor, ref)
    if dossier(session, row).source(number) is None:
        raise NotFound
    if word is not None and word not in care.WARNINGS:
        raise Invalid({"word": NOT_OFFERED})
    incident = row.id
    with account_write():
        if word is not None:
            put(SourceWarning, ("incident_id", "number"), incident_id=incident, number=number, word=word)
            return
        of_it = (SourceWarning.incident_id == incident, SourceWarning.number == number)
        session.execute(delete(SourceWarning).where(*of_it))


# --- saved views ----------------------------------------------------------------------------------------------


def save_view(actor: Actor, place: str, name: str, query: str) -> None:
    """Keep the filters of a list under a name; the same name again replaces it."""
    known = texts.cleaned(name)
    if known is None:
        raise Invalid({"name": NO_NAME})
    if len(known) > LONGEST_NAME:
        raise Invalid({"name": LONG_NAME}, longest=LONGEST_NAME)
    if len(query) > LONGEST_QUERY:
        raise Invalid({"query": LONG_QUERY})
    with account_write():
        others = (SavedView.person_id == actor.person, SavedView.place == place, SavedView.name != known)
        if (session.scalar(select(func.count()).select_from(SavedView).where(*others)) or 0) >= MOST_VIEWS:
            raise Invalid({"name": TOO_MANY}, most=MOST_VIEWS)
        keys = ("person_id", "place", "name")
        put(SavedView, keys, person_id=actor.person, place=place, name=known, query=query)


def forget_view(actor: Actor, view: int) -> None:
    """A view of one's own is forgotten; another's is not found and stays."""
    with account_write():
        session.execute(delete(SavedView).where(SavedView.id == view, SavedView.person_id == actor.person))


# --- the page of help -----------------------------------------------------------------------------------------


@action("write_help")
def write_help(actor: Actor, words: Mapping[str, str | None]) -> None:
    """An admin writes the page of help, each language for itself; nothing written is our own text again."""
    with acting(actor) as act:
        act.require("write_help")
        for language in LANGUAGES:
            text = texts.remark(words.get(language), language)
            row = session.get(HelpText, language)
            if text is None and row is not None:
                session.delete(row)
            elif text is not None:
                row = row or HelpText(language=language)
                session.add(row)
                row.text, row.changed_at, row.changed_by = text, act.at, act.actor.person
