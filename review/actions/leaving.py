"""Leaving: who leaves the desk is no longer linked to what they did there. It stays, and counts, and names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import orjson
from sqlalchemy import delete, or_, select, update

from review.actions import attempts
from review.actions.act import Act, acting
from review.actions.erasing import scrub_later
from review.actions.restrictions import leave_a_lifter
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.log import PersonDeactivated, PersonLeft, RoleRevoked
from review.models import (
    ApiToken,
    Care,
    Claim,
    Disclosure,
    Draft,
    Event,
    Hold,
    Incident,
    Invitation,
    Look,
    Notice,
    Participation,
    Passed,
    Password,
    Person,
    PersonKey,
    RecoveryCode,
    RedactionRequest,
    SavedView,
    SecondFactor,
    Submission,
    SubmissionTaken,
    Turn,
    UserSession,
    WorkingLanguage,
    session,
)
from review.models.dossiers import dossier
from review.models.persons import person_key
from review.rules import leaving
from review.rules.dossier import Dossier
from review.rules.errors import Invalid, NotFound
from review.rules.permissions import Actor
from review.rules.viewers import Deed

# Everything of an account, and what tells a person what to do. `participation` is the one link to what they did.
ACCOUNT = (
    *(Care, Draft, Hold, Look, Notice, Password, RecoveryCode, SecondFactor, Turn, UserSession),
    *(ApiToken, Passed, SavedView, WorkingLanguage),
)
# What stands in these rows stays; which person was behind it does not.
BEHIND = (Submission.judged_by, Submission.owner_id, SubmissionTaken.person_id)
SOME = 500


@action("let_leave", PersonLeft, PersonDeactivated, RoleRevoked)
def let_leave(actor: Actor, person: int) -> None:
    """An admin records that somebody has left: their key goes, and with it every link from what they did to them.

    While a round in which they were asked is open, or a disagreement waits for them, they cannot go yet; their log-in
    can be closed at once. What they cast stays and counts.
    """
    with acting(actor) as act:
        row = _about(act, person)
        _check(row)
        if row.active:
            act.record(PersonDeactivated(who=row.log_name, name=None))
            if row.role:
                act.record(RoleRevoked(who=row.log_name, role=row.role, reason=None))
        act.record(PersonLeft(who=row.log_name, name=None))
        act.behind.append(partial(_erase, act, row))


def _about(act: Act, person: int) -> Person:
    act.permit("let_leave")
    statement = select(Person).where(Person.id == person).with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("person")
    act.require("let_leave", Deed(subject=row.log_name))
    return row


def _check(row: Person) -> None:
    if session.get(PersonKey, row.id) is None:
        raise Invalid({"person": leaving.LEFT_ALREADY})
    if any(leaving.is_needed(found, who) for found, who in _under_way(row.id)):
        raise Invalid({"person": leaving.STILL_ASKED})
    leave_a_lifter(row.id)


def _under_way(person: int) -> Iterator[tuple[Dossier, str]]:
    """The incidents with an open round or settlement in which this person has taken part, as the rules see them."""
    rows = session.execute(
        select(Incident, Participation.pseudonym)
        .join(Participation, Participation.incident_id == Incident.id)
        .where(Participation.person_id == person, Incident.stage.in_(leaving.UNDER_WAY))
    ).all()
    for incident, who in rows:
        yield dossier(session, incident), who


# --- what goes ------------------------------------------------------------------------------------------------


def _erase(act: Act, row: Person) -> None:
    """Delete what the event covers, then the links, then the account; the row stays as a stub without a name."""
    told = Disclosure.__table__
    for name, seqs in (("name", _names(row.log_name)), ("person", _persons(act, row))):
        for start in range(0, len(seqs), SOME):
            these = told.c.seq.in_(seqs[start : start + SOME])
            act.connection.execute(delete(told).where(told.c.name == name, these))
    attempts.forget(row.email)
    invited = Invitation.__table__
    act.connection.execute(
        delete(invited).where(or_(invited.c.person_id == row.id, invited.c.email == row.email))
    )
    asked = RedactionRequest.__table__
    act.connection.execute(delete(asked).where(asked.c.asked_by == row.id))
    for model in (*ACCOUNT, Participation, PersonKey):
        table = model.__table__
        act.connection.execute(delete(table).where(table.c.person_id == row.id))
    for column in BEHIND:
        act.connection.execute(update(column.class_).where(column == row.id).values({column: None}))
    bare = {"name": "", "role": None, "active": False, "language": None, "timezone": None, "keys_off": False}
    stub = update(Person.__table__).where(Person.id == row.id)
    act.connection.execute(stub.values(email=leaving.stub(row.id), **bare))
    session.expire(row)
    scrub_later(act)


def _names(who: str) -> list[int]:
    """Every event about this person: its `name` is theirs."""
    about = session.execute(select(Event.seq, Event.line).where(Event.type.like("person.%")))
    return [row.seq for row in about if orjson.loads(row.line)["body"]["who"] == who]


def _persons(act: Act, row: Person) -> list[int]:
    """Every event that they stand behind: its `person`, in the clear or encrypted, says so."""
    return [*_in_incidents(row.id), *_in_the_log(act, row)]


def _in_incidents(person: int) -> list[int]:
    taking_part = (Participation.incident_id == Event.incident_id) & (Participation.pseudonym == Event.actor)
    theirs = select(Event.seq).join(Participation, taking_part).where(Participation.person_id == person)
    return list(session.scalars(theirs))


def _in_the_log(act: Act, row: Person) -> list[int]:
    """The log's own events under their name in the log, and those of claims under a name for each claim."""
    key = person_key(session, act.keys, row.id)
    names = {row.log_name, *(canonical.pseudonym(key, name) for name in session.scalars(select(Claim.name)))}
    events = session.execute(select(Event.seq, Event.actor).where(Event.incident_id.is_(None)))
    return [seq for seq, actor in events if actor in names]
