"""A person's place in an open round: held for a while after "next", then owed until it is due, reminded of, late.

A hold is a row of the machine and no event. Only a lead releases (DESIGN section 4, "Rights"), and `verify.py` demands
it; a release by the clock would stand in `round.closed` for ever, naming a pseudonym for having opened a page. So
"next" keeps a seat without a trace, and the assignment is recorded when the person begins: with the first draft or
answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select

from review import clock, notices
from review.actions.accounts import account_write
from review.actions.act import Act, acting
from review.audit.events.grading import ReviewerAssigned
from review.models import Hold, Job, Passed, Person, session
from review.models.limits import not_available
from review.models.work import deadline_key, seat_key
from review.rules import assignment, care, rounds
from review.rules.dossier import Round
from review.rules.errors import Invalid, NotFound, Stale
from review.rules.permissions import SYSTEM, Actor
from review.rules.policy import Policy
from review.rules.words import N_

JUDGES = ("reviewer", "lead")
NOT_FREE = N_("%(names)s cannot be asked: entered the incident, declared a conflict, settles it, or was asked already.")


def in_round(act: Act, number: int) -> Round:
    """The open round, which must be the one that the page showed."""
    round_ = act.dossier.open_round
    if round_ is None or round_.number != number:
        rounds.the_round(act.dossier, number)
        raise Stale((), round=number)
    return round_


def member(person: int) -> Person:
    """Somebody active who may judge at all."""
    found = session.get(Person, person)
    if found is None or not found.active or found.role not in JUDGES:
        raise NotFound("unknown-person")
    return found


def must_be_free(act: Act, people: Iterable[Person], field: str) -> None:
    """Every one of these may be asked here; a problem of `field` names who may not."""
    known = [(person.name, act.pseudonym(person.id, act.incident.name)) for person in people]
    barred = tuple(name for name, who in known if not assignment.free(act.dossier, who))
    if barred:
        raise Invalid({field: NOT_FREE}, names=barred)


def must_be_available(act: Act, people: Iterable[Person], field: str) -> None:
    """Nobody is asked beyond the limits that they set for themselves; which limit it is, and why, is theirs to know."""
    others = {person.id: person.name for person in people if person.id != act.actor.person}
    away = not_available(session, others, act.incident.id, act.dossier, act.at.date())
    if away:
        raise Invalid({field: care.NOT_AVAILABLE}, names=tuple(others[one] for one in sorted(away)))


def passed(act: Act, round_: Round) -> bool:
    """Whether the actor let a seat of this round go by."""
    row = session.get(Passed, (act.actor.person, act.incident.id))
    return row is not None and row.round == round_.number


_SEAT = Hold.__table__
# Built once: every vote asks whether it takes up a seat.
_HELD = select(_SEAT.c.incident_id, _SEAT.c.round).where(_SEAT.c.person_id == bindparam("person"))


# --- held ----------------------------------------------------------------------------------------------------


def held(person: int | None, incident: int) -> int | None:
    """The round in which "next" held a seat for this person in this incident, run out or not."""
    row = session.execute(_HELD, {"person": person}).first()
    return row.round if row and row.incident_id == incident else None


def take_up(act: Act) -> None:
    """Whoever begins an answer takes the seat that "next" held for them, also a moment late while it is still free.

    Without such a seat nothing is done: whether they may answer, the answer's own guards say. It stands or falls with
    the act that it is part of.
    """
    number = act.only.seat
    if number is None:
        return
    round_ = act.dossier.open_round
    drop(act.actor.person)
    if round_ is None or round_.number != number or free(act, round_) < 1:
        return
    if not assignment.eligible(act.dossier, act.who):
        return
    act.require("take_up")
    act.record(ReviewerAssigned(round=number, who=act.who))
    owe(act, number, act.who, round_.policy)
    act.only.dossier = assignment.taken_up(act.dossier, act.who)


def free(act: Act, round_: Round) -> int:
    """How many seats of the open round are neither taken nor held for somebody else."""
    others = select(func.count()).select_from(Hold).where(
        Hold.incident_id == act.incident.id,
        Hold.round == round_.number,
        Hold.until > act.at,
        Hold.person_id != act.actor.person,
    )
    return assignment.short(act.dossier) - int(session.scalar(others) or 0)


def hold(act: Act, round_: Round) -> None:
    """Keep a seat for the actor, for as long as the policy of the round says; one seat at a time."""
    session.execute(delete(Hold).where(Hold.person_id == act.actor.person))
    until = act.at + timedelta(minutes=round_.policy.times["hold"])
    session.add(Hold(incident_id=act.incident.id, person_id=act.actor.person, round=round_.number, until=until))


def drop(person: int | None) -> None:
    """Forget what is held for a person, inside the transaction that is open."""
    session.execute(delete(Hold).where(Hold.person_id == person))


def let_go(actor: Actor) -> None:
    """A person gives back the seat that is held for them; nobody learns of it."""
    with account_write():
        drop(actor.person)


def sweep() -> None:
    """Forget the holds that ran out a day ago."""
    with account_write():
        session.execute(delete(Hold).where(Hold.until < clock.now() - timedelta(days=1)))


# --- owed ----------------------------------------------------------------------------------------------------


def ask(act: Act, number: int, people: Iterable[Person], policy: Policy, reason: str | None = None) -> None:
    """Record that these people were asked, tell them, and let their time begin."""
    for person in people:
        who = act.participate(act.only, person.id)
        act.record(ReviewerAssigned(round=number, who=who, reason=reason))
        owe(act, number, who, policy)
        if person.id != act.actor.person:
            act.notify(person.id, "vote_owed")


def owe(act: Act, number: int, who: str, policy: Policy) -> None:
    """From now on an answer is owed: due by the policy's time for a vote, and not after a deadline that is ahead.

    Where the deadline has passed, the round waits for this answer too: its deadline moves there.
    """
    due = act.at + timedelta(hours=policy.times["vote"])
    deadline = deadline_ahead(act, number)
    if deadline is None:
        put_deadline(act, number, due)
    else:
        due = min(due, deadline)
    _remind(act, number, who, due, max(act.at, due - timedelta(hours=policy.times["reminder"])))


def more_time(act: Act, round_: Round, hours: int) -> None:
    """Whoever owes an answer has so many hours more, counted from now where they are late."""
    before = timedelta(hours=round_.policy.times["reminder"])
    for who in rounds.owed(round_):
        waiting = _waiting(seat_key(act.incident.name, round_.number, who))
        known = datetime.fromisoformat(waiting.payload["due"]) if waiting else act.at
        due = max(act.at, known) + timedelta(hours=hours)
        _remind(act, round_.number, who, due, max(act.at, due - before))


def _waiting(key: str) -> Job | None:
    return session.scalars(select(Job).where(Job.key == key, Job.done_at.is_(None))).one_or_none()


def _remind(act: Act, number: int, who: str, due: datetime, at: datetime) -> None:
    name = act.incident.name
    payload = {"incident": name, "round": number, "who": who, "due": due.isoformat(), "at": at.isoformat()}
    act.later("remind_reviewer", seat_key(name, number, who), payload, at)


def remind(ref: str, number: int, who: str) -> None:
    """Whoever still owes an answer is told: before it is due, when it is, and again while it stays away.

    They alone: that somebody is late is seen only by a lead who may see who has answered.
    """
    with acting(SYSTEM, ref) as act:
        round_ = act.dossier.open_round
        if round_ is None or round_.number != number or round_.answer(who) != "assigned":
            return
        waiting = _waiting(seat_key(act.incident.name, number, who))
        if waiting is None or datetime.fromisoformat(waiting.payload["at"]) > act.at:
            return  # told already: the same job run twice
        due = datetime.fromisoformat(waiting.payload["due"])
        late = act.at >= due
        notices.tell(act, "vote_late" if late else "vote_reminder", [who])
        again = act.at + timedelta(hours=round_.policy.times["vote"])
        _remind(act, number, who, due, again if late else due)


# --- the round's deadline ------------------------------------------------------------------------------------


def deadline_ahead(act: Act, number: int) -> datetime | None:
    """The round's deadline while it is still to come."""
    waiting = _waiting(deadline_key(act.incident.name, number))
    if waiting is None:
        return None
    # The row's own moment moves while a worker holds it.
    at = datetime.fromisoformat(waiting.payload["at"]) if "at" in waiting.payload else waiting.due_at
    return at if at > act.at else None


def put_deadline(act: Act, number: int, at: datetime) -> None:
    """Let the round be due at this moment."""
    name = act.incident.name
    payload = {"incident": name, "round": number, "at": at.isoformat()}
    act.later("round_deadline", deadline_key(name, number), payload, at)
