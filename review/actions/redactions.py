"""Redaction: a lead asks to have words removed for good, another lead or an admin seconds; the digests stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, select

from review import clock, notices
from review.actions import erasing
from review.actions.accounts import account_write, hold_files
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.canonical import random_name
from review.audit.details import details_of
from review.audit.events.incidents import DetailRedacted
from review.models import Disclosure, Event, Incident, Participation, Person, RedactionRequest, session
from review.models.admissions import of_hidden_claims
from review.models.dossiers import read_disclosure
from review.rules import approval, redaction, texts
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor, may
from review.rules.redaction import Detail, Named
from review.rules.viewers import Deed

Items = list[dict[str, Any]]


@action("ask_redaction")
def ask_redaction(
    actor: Actor, ref: str | None, *, details: Iterable[Named], ground: str, reason: str | None
) -> str:
    """A lead asks to have details of an incident removed for good, or, without one, of the log's own entries.

    Nothing is recorded and nothing goes until a second person agrees.
    """
    with acting(actor, *_refs(ref)) as act:
        act.require("ask_redaction", Deed(reason=reason or None))
        words = texts.reason(reason)
        wanted = tuple(dict.fromkeys(details))
        _not_hidden(act, wanted)
        found = details_of(session, act.incident.id if act.held else None, wanted)
        redaction.check(found, ground)
        _not_ones_own_approval(act, found, act.actor.person)
        row = RedactionRequest(
            name=random_name(),
            incident_id=act.incident.id if act.held else None,
            items=_items(found),
            ground=ground,
            reason=words,
            asked_by=act.actor.person,
            asked_at=act.at,
        )
        session.add(row)
        notices.tell_who_may_second(act, "redaction_asked")
    return row.name


@action("second_redaction", DetailRedacted)
def second_redaction(actor: Actor, name: str, *, reason: str | None) -> None:
    """Another lead or an admin agrees: it is recorded that something was removed, and in the same act it is gone."""
    with acting(actor, *_refs(_incident_of(actor, "second_redaction", name))) as act:
        asked = _waiting(name)
        act.require("second_redaction", Deed(reason=reason or None, person=asked.asked_by))
        words = redaction.words(asked.reason, texts.reason(reason))
        _still_a_lead(asked)
        found = _still_there(act, asked)
        _not_ones_own_approval(act, found, asked.asked_by, act.actor.person)
        for of, digests in _digests(found).items():
            act.record(_event(act, asked, of, digests, words))
        if any(detail.name == "file" for detail in found):
            hold_files()  # as whoever attaches does, before the log's end: none of them waits for ever
        act.behind.append(partial(erasing.erase, act, found))
        session.delete(asked)
        if asked.asked_by != act.actor.person:
            act.notify(asked.asked_by, "redaction_seconded")
        notices.tell_these(act, "words_removed", _authors(act, found) - {asked.asked_by})


def _event(act: Act, asked: RedactionRequest, of: int, digests: list[str], words: str) -> DetailRedacted:
    who = act.participate(act.only, asked.asked_by) if act.held else act.pseudonym(asked.asked_by, "log")
    return DetailRedacted(of=of, digests=digests, ground=asked.ground, asked_by=who, reason=words)


@action("decline_redaction")
def decline_redaction(actor: Actor, name: str, *, reason: str | None) -> None:
    """Whoever was to second it says why not; it stays with the asker to read, and nothing goes."""
    with acting(actor, *_refs(_incident_of(actor, "decline_redaction", name))) as act:
        asked = _waiting(name)
        act.require("decline_redaction", Deed(reason=reason or None, person=asked.asked_by))
        asked.answer = texts.reason(reason)
        asked.declined_by, asked.declined_at = act.actor.person, act.at
        act.notify(asked.asked_by, "redaction_declined")


@action("withdraw_redaction")
def withdraw_redaction(actor: Actor, name: str) -> None:
    """Whoever asked takes it back, or puts an answer away that they have read."""
    with acting(actor, *_refs(_incident_of(actor, "withdraw_redaction", name))) as act:
        act.require("withdraw_redaction")
        asked = _asked(name)
        if asked.asked_by != act.actor.person:
            raise NotFound("redaction")
        session.delete(asked)


def sweep() -> None:
    """A request that nobody answered, and an answer that nobody put away, is forgotten after a while."""
    with account_write():
        past = RedactionRequest.asked_at < clock.now() - redaction.WAITS
        session.execute(delete(RedactionRequest).where(past))


# --- the request as it stands ---------------------------------------------------------------------------------


def _refs(ref: str | None) -> tuple[str, ...]:
    return (ref,) if ref is not None else ()


def _incident_of(actor: Actor, verb: str, name: str) -> str | None:
    """The incident whose words are asked for, None for the log's own; that there is a request at all is not for all."""
    if not may(actor.role, verb):
        raise Forbidden(verb)
    row = session.scalars(select(RedactionRequest).where(RedactionRequest.name == name)).one_or_none()
    if row is None:
        raise NotFound("redaction")
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return incident.name if incident else None


def _asked(name: str) -> RedactionRequest:
    statement = select(RedactionRequest).where(RedactionRequest.name == name).with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None or row.asked_at < clock.now() - redaction.WAITS:
        raise NotFound("redaction")
    return row


def _waiting(name: str) -> RedactionRequest:
    row = _asked(name)
    if row.declined_at is not None:
        raise NotFound("redaction")
    return row


def _still_a_lead(asked: RedactionRequest) -> None:
    person = session.get(Person, asked.asked_by)
    if person is None or not person.active or person.role != "lead":
        raise Invalid({"details": redaction.ASKER_GONE})


def _still_there(act: Act, asked: RedactionRequest) -> tuple[Detail, ...]:
    """What was asked for, looked at again: it may have become mute, gone, or what the desk works with."""
    wanted = tuple(Named(item["of"], name) for item in asked.items for name in item["details"])
    found = details_of(session, asked.incident_id, wanted)
    redaction.check(found, asked.ground)
    return found


def _not_ones_own_approval(act: Act, found: Sequence[Detail], *people: int | None) -> None:
    """Nobody has the dissent removed from what they approved for a later day: it would go out as they never read it."""
    if not act.held:
        return
    names = {act.pseudonym(person, act.incident.name) for person in people if person is not None}
    if approval.undercuts(act.dossier, {detail.seq for detail in found}, names):
        raise Invalid({"details": redaction.OF_AN_APPROVAL})


def _authors(act: Act, found: Sequence[Detail]) -> set[int]:
    """Who wrote what goes, of those who are still linked to it."""
    seqs = {detail.seq for detail in found}
    if act.held:
        taking_part = (Participation.incident_id == Event.incident_id) & (Participation.pseudonym == Event.actor)
        theirs = select(Participation.person_id).join(Event, taking_part).where(Event.seq.in_(seqs))
        return set(session.scalars(theirs))
    sealed = select(Disclosure.text).where(
        Disclosure.seq.in_(seqs), Disclosure.name == "person", Disclosure.sealed.is_(False)
    )
    names = [read_disclosure(text)[1] for text in session.scalars(sealed)]
    return set(session.scalars(select(Person.id).where(Person.log_name.in_(names))))


def _items(found: Sequence[Detail]) -> Items:
    grouped: dict[int, dict[str, str]] = defaultdict(dict)
    for detail in found:
        grouped[detail.seq][detail.name] = detail.digest or ""
    return [{"of": seq, "details": details} for seq, details in sorted(grouped.items())]


def _not_hidden(act: Act, wanted: Sequence[Named]) -> None:
    """A claim of an incident that does not exist for somebody is not there for them either."""
    if of_hidden_claims(session, act.actor, {one.seq for one in wanted}):
        raise NotFound("claim")


def _digests(found: Sequence[Detail]) -> dict[int, list[str]]:
    return {item["of"]: sorted(item["details"].values()) for item in _items(found)}
