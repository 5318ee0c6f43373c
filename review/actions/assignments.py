"""Who judges: asked by a lead, one or several; taken by "next"; released, and another asked in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import exists, literal_column, or_, select

from review import clock
from review.actions import seats
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.events.grading import ReviewerAssigned, ReviewerReleased
from review.models import Hold, Incident, Participation, Passed, Stream, Turn, session
from review.models.admissions import shown_to
from review.models.dossiers import dossier
from review.models.languages import languages_of, languages_read
from review.models.limits import is_spent, not_available
from review.models.refs import find_incident
from review.rules import assignment, texts
from review.rules.assignment import Candidate
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.permissions import Actor, may
from review.rules.viewers import Deed
from review.rules.words import N_

NOBODY = N_("Not answered yet. Choose whom to ask.")
PAGE = 50  # incidents that one press of "next" looks at
READ = 10  # of those, how many are opened to see what language they are in


# --- asked by a lead -----------------------------------------------------------------------------------------


@action("assign_reviewer", ReviewerAssigned)
def assign_reviewer(actor: Actor, ref: str, number: int, person: int, *, reason: str | None = None) -> None:
    """A lead asks somebody who did not enter the incident and declared no conflict over it."""
    with acting(actor, ref) as act:
        asked = seats.member(person)
        who = act.pseudonym(asked.id, act.incident.name)
        act.require("assign_reviewer", Deed(subject=who, role=asked.role, reason=reason or None))
        round_ = seats.in_round(act, number)
        seats.must_be_available(act, [asked], "person")
        seats.ask(act, number, [asked], round_.policy, texts.remark(reason))


@action("assign_panel", ReviewerAssigned)
def assign_panel(actor: Actor, ref: str, number: int, people: Iterable[int], *, reason: str | None = None) -> None:
    """A lead asks several at once, as suggested or otherwise: all of them, or nobody where one cannot be asked."""
    with acting(actor, ref) as act:
        act.require("assign_panel", Deed(reason=reason or None))
        round_ = seats.in_round(act, number)
        asked = [seats.member(person) for person in dict.fromkeys(people)]
        if not asked:
            raise Invalid({"people": NOBODY})
        seats.must_be_free(act, asked, "people")
        seats.must_be_available(act, asked, "people")
        seats.ask(act, number, asked, round_.policy, texts.remark(reason))


@action("release_reviewer", ReviewerReleased)
def release_reviewer(actor: Actor, ref: str, number: int, person: int, *, reason: str | None) -> None:
    """A lead releases somebody who has not answered; they may be asked again."""
    with acting(actor, ref) as act:
        who = act.pseudonym(person, act.incident.name)
        act.require("release_reviewer", Deed(subject=who, reason=reason or None))
        seats.in_round(act, number)
        _release(act, number, person, texts.reason(reason))


@action("substitute_reviewer", ReviewerReleased, ReviewerAssigned)
def substitute_reviewer(actor: Actor, ref: str, number: int, person: int, by: int, *, reason: str | None) -> None:
    """A lead releases somebody who has not answered and asks another in their place, in one act.

    The way back is the same act the other way round.
    """
    with acting(actor, ref) as act:
        absent = act.pseudonym(person, act.incident.name)
        act.require("substitute_reviewer", Deed(subject=absent, reason=reason or None))
        fresh = seats.member(by)
        who = act.pseudonym(fresh.id, act.incident.name)
        act.require("assign_reviewer", Deed(subject=who, role=fresh.role, reason=reason or None))
        round_ = seats.in_round(act, number)
        seats.must_be_available(act, [fresh], "by")
        words = texts.reason(reason)
        _release(act, number, person, words)
        seats.ask(act, number, [fresh], round_.policy, words)


def _release(act: Act, number: int, person: int, reason: str) -> None:
    act.record(ReviewerReleased(round=number, who=act.pseudonym(person, act.incident.name), reason=reason))
    act.notify(person, "released")


# --- taken by "next" -----------------------------------------------------------------------------------------


@action("take_next")
def take_next(actor: Actor) -> str | None:
    """A reviewer is served what is next for them, and a seat is held there for a while; None where nothing waits.

    A vote or a settlement they owe comes first, then a seat held already, then the rounds of active streams that
    asked fewer people than they require: what they can read, the gravest harm, the oldest. No vote is looked at.
    """
    if not may(actor.role, "take_next"):
        raise Forbidden("take_next")
    for candidate in assignment.ordered(_candidates(actor)):
        if candidate.owed or candidate.turn or candidate.held or _hold(actor, candidate.incident):
            return candidate.incident
    return None


def _candidates(actor: Actor) -> Iterator[Candidate]:
    found = list(_owed(actor)) or list(_held(actor))
    yield from found or _within_limits(actor)


def _within_limits(actor: Actor) -> list[Candidate]:
    """Nothing new for whoever has taken on as much as they wanted to."""
    return [] if is_spent(session, actor.person, clock.now().date()) else _short(actor)


def _owed(actor: Actor) -> Iterator[Candidate]:
    statement = (
        select(Incident.name, Turn.kind, Incident.id)
        .join(Turn, Turn.incident_id == Incident.id)
        .where(Turn.person_id == actor.person, Turn.kind.in_(("vote", "settle")), shown_to(actor))
        .order_by(Incident.id)
        .limit(PAGE)
    )
    for name, kind, id_ in session.execute(statement):
        yield Candidate(name, owed=kind == "vote", turn=kind == "settle", age=id_)


def _held(actor: Actor) -> Iterator[Candidate]:
    statement = (
        select(Incident.name)
        .join(Hold, Hold.incident_id == Incident.id)
        .where(Hold.person_id == actor.person, Hold.until > clock.now(), shown_to(actor))
        .where(Incident.seats > literal_column("0"))
    )
    yield from (Candidate(name, held=True) for name in session.scalars(statement))


def _short(actor: Actor) -> list[Candidate]:
    """A page of the rounds that need somebody, and another of those where the person did something or passed before.

    Who never did anything in an incident may judge it for certain, so that what bars them in some hides no other.
    """
    known = or_(
        exists().where(Participation.incident_id == Incident.id, Participation.person_id == actor.person),
        exists().where(Passed.incident_id == Incident.id, Passed.person_id == actor.person),
    )
    rows = [*_page(actor, ~known), *_page(actor, known)]
    rows.sort(key=lambda row: (row.queue, row.round_seq))
    return _with_languages(actor, [(row, Candidate(row.name, queue=row.queue, age=row.round_seq)) for row in rows])


def _page(actor: Actor, which: Any) -> list[Incident]:
    statement = (
        select(Incident)
        .join(Stream, Stream.slug == Incident.stream)
        .where(Incident.seats > literal_column("0"), Stream.mode == "active", shown_to(actor), which)
        .order_by(Incident.queue, Incident.round_seq)
        .limit(PAGE)
    )
    return list(session.scalars(statement))


def _with_languages(actor: Actor, found: list[tuple[Incident, Candidate]]) -> list[Candidate]:
    read = languages_read(session, [actor.person or 0]).get(actor.person or 0)
    if not read:
        return [candidate for _row, candidate in found]
    return [
        replace(candidate, reads=_readable(row, read)) if place < READ else candidate
        for place, (row, candidate) in enumerate(found)
    ]


def _readable(row: Incident, read: frozenset[str]) -> bool:
    written = languages_of(session, dossier(session, row))
    return not written or not read.isdisjoint(written)


def _hold(actor: Actor, ref: str) -> bool:
    try:
        with acting(actor, ref) as act:
            act.require("take_next")
            round_ = act.dossier.open_round
            if round_ is None or seats.free(act, round_) < 1 or seats.passed(act, round_):
                return False
            if not_available(session, [actor.person or 0], act.incident.id, act.dossier, act.at.date()):
                return False
            seats.hold(act, round_)
    except (Refused, NotFound):
        return False  # entered it, was asked already, or it is gone: the next one then
    return True


@action("take_up", ReviewerAssigned)
def take_up(actor: Actor, ref: str) -> None:
    """Whoever begins a ballot takes the seat that "next" held for them; without one nothing is done."""
    if seats.held(actor.person, find_incident(session, ref)) is None:
        return
    with acting(actor, ref) as act:
        seats.take_up(act)
