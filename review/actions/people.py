"""People: the first sets the desk up, an admin brings in the others; nobody changes their own role."""

from __future__ import annotations

import secrets

import orjson
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from review import notices
from review.actions import invitations, passwords, second_factors, sessions
from review.actions.accounts import account_write, security
from review.actions.act import Act, acting
from review.actions.restrictions import leave_a_lifter
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.log import (
    PersonDeactivated,
    PersonJoined,
    PersonReactivated,
    RoleGranted,
    RoleRevoked,
)
from review.models import Event, LogHead, Person, PersonKey, session
from review.models.persons import KEY_LABEL
from review.rules import leaving, texts
from review.rules.accounts import tidy
from review.rules.errors import Invalid, NotFound
from review.rules.permissions import ROLES, SYSTEM, Actor, may
from review.rules.viewers import Deed
from review.rules.words import N_

LONGEST_NAME, LONGEST_EMAIL = 200, 254
NO_EMAIL = N_("This does not read as an e-mail address. Is a part missing?")
TAKEN = N_("Somebody of the desk has this e-mail address.")
NO_NAME = N_("Not answered yet. Give the name by which the desk knows this person.")
NO_ROLE = N_("Choose one of the roles.")
CLOSED = N_("This person's log-in is closed. Open it again first.")

# --- joining -----------------------------------------------------------------------------------------------


@action("set_up", PersonJoined, RoleGranted)
def set_up(token: str | None = None, *, email: str, name: str, password_hash: str) -> int:
    """The first person of an empty desk, an admin, recorded by the machine; there is no second time."""
    with acting(SYSTEM) as act:
        # Of two at once one must wait here, then find that the desk has somebody.
        session.execute(select(LogHead.id).with_for_update())
        if session.scalar(select(Person.id).limit(1)) is not None:
            raise NotFound("set-up")
        if token is not None:
            invitations.use(token, "setup")
        person = _joined(act, email, name, "admin", None, password_hash)
    return person.id


@action("add_person", PersonJoined, RoleGranted)
def add_person(actor: Actor, *, email: str, name: str, role: str, password_hash: str | None = None) -> int:
    """An admin adds a person with a role; without a password they choose one by a link."""
    with acting(actor) as act:
        act.require("add_person", Deed(role=role))
        person = _joined(act, email, name, role, None, password_hash)
    return person.id


@action("invite")
def invite(actor: Actor, *, email: str, name: str, role: str) -> str:
    """An admin invites somebody to a role; the link is shown once. Nothing is recorded until they join."""
    with acting(actor) as act:
        act.require("invite", Deed(role=role))
        address, words = _new_address(email), _name(name)
        _known_role(role)
        inviter = act.actor.person
    return invitations.invitation_link(email=address, name=words, role=role, invited_by=inviter)


@action("join", PersonJoined, RoleGranted)
def join(token: str, *, name: str, password_hash: str) -> int:
    """Whoever was invited joins, in the role the invitation names; void once its admin is none any more."""
    with acting(SYSTEM) as act:
        link = invitations.use(token, "invitation")
        inviter = session.get(Person, link.invited_by) if link.invited_by else None
        if inviter and not (inviter.active and inviter.role == "admin"):
            raise NotFound("link")
        why = f"invitation of {inviter.log_name}" if inviter else None
        person = _joined(act, link.email or "", name, link.role or "", why, password_hash)
    return person.id


def _joined(
    act: Act, email: str, name: str, role: str, reason: str | None, password_hash: str | None
) -> Person:
    address, words = _new_address(email), _name(name)
    _known_role(role)
    key = secrets.token_bytes(32)
    person = Person(
        email=address, name=words, role=role, active=True, log_name=canonical.pseudonym(key, "log")
    )
    session.add(person)
    session.flush()
    session.add(PersonKey(person_id=person.id, key=act.keys.seal(key, KEY_LABEL)))
    if password_hash:
        passwords.put_password(person.id, password_hash)
    act.record(PersonJoined(who=person.log_name, name=words))
    act.record(RoleGranted(who=person.log_name, role=role, reason=reason))
    return person


def _new_address(email: str) -> str:
    address = tidy(email)
    try:
        validate_email(address, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        if not address.endswith(".invalid") or "@" not in address:
            raise Invalid({"email": NO_EMAIL}) from None
    if len(address) > LONGEST_EMAIL:
        raise Invalid({"email": NO_EMAIL})
    if session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise Invalid({"email": TAKEN})
    return address


def _name(name: str) -> str:
    words = texts.cleaned(name)
    if words is None or len(words) > LONGEST_NAME:
        raise Invalid({"name": NO_NAME})
    return words


def _known_role(role: str) -> None:
    if role not in ROLES:
        raise Invalid({"role": NO_ROLE})


# --- roles -------------------------------------------------------------------------------------------------


@action("grant_role", RoleGranted, RoleRevoked)
def grant_role(actor: Actor, person: int, role: str, *, reason: str) -> None:
    """A person gets a role; they hold one at a time, so an earlier one is revoked in the same act."""
    with acting(actor) as act:
        row = _about(act, "grant_role", person)
        words = texts.reason(reason)
        _known_role(role)
        if not row.active:
            raise Invalid({"person": CLOSED})
        if row.role == role:
            raise Invalid({"role": N_("This person holds that role already.")})
        if not may(role, "lift_restriction"):
            leave_a_lifter(row.id)
        if row.role:
            act.record(RoleRevoked(who=row.log_name, role=row.role, reason=words))
        act.record(RoleGranted(who=row.log_name, role=role, reason=words))
        row.role = role


@action("revoke_role", RoleRevoked)
def revoke_role(actor: Actor, person: int, *, reason: str) -> None:
    """A person loses their role and can do nothing at the desk until another is granted."""
    with acting(actor) as act:
        row = _about(act, "revoke_role", person)
        words = texts.reason(reason)
        if row.role is None:
            raise Invalid({"role": N_("This person holds no role.")})
        leave_a_lifter(row.id)
        act.record(RoleRevoked(who=row.log_name, role=row.role, reason=words))
        row.role = None


@action("deactivate_person", PersonDeactivated, RoleRevoked)
def deactivate_person(actor: Actor, person: int, *, reason: str) -> None:
    """A person's log-in is closed and their role revoked, at once; what they cast stays and counts."""
    with acting(actor) as act:
        row = _about(act, "deactivate_person", person)
        words = texts.reason(reason)
        if not row.active:
            raise Invalid({"person": N_("This person's log-in is closed already.")})
        leave_a_lifter(row.id)
        act.record(PersonDeactivated(who=row.log_name, name=row.name))
        if row.role:
            act.record(RoleRevoked(who=row.log_name, role=row.role, reason=words))
        row.active, row.role = False, None
        sessions.end_sessions(row.id)


@action("reactivate_person", PersonReactivated, RoleGranted)
def reactivate_person(actor: Actor, person: int, *, reason: str) -> None:
    """A closed log-in is opened again, with the role that closing it revoked."""
    with acting(actor) as act:
        row = _about(act, "reactivate_person", person)
        words = texts.reason(reason)
        if row.active:
            raise Invalid({"person": N_("This person's log-in is open.")})
        if session.get(PersonKey, row.id) is None:
            raise Invalid({"person": leaving.LEFT_ALREADY})
        act.record(PersonReactivated(who=row.log_name, name=row.name))
        row.active, row.role = True, _role_before_closing(row.log_name)
        if row.role:
            act.record(RoleGranted(who=row.log_name, role=row.role, reason=words))


# --- accounts of others -------------------------------------------------------------------------------------


@action("reset_account")
def reset_account(actor: Actor, person: int) -> str:
    """An admin gives somebody a link, shown once, to choose a new password by; all their sessions then end."""
    with acting(actor) as act:
        _open_log_in(act, "reset_account", person)
        notices.tell_of_log_in(act, "password_link", person)
    security.info("reset of person=%s by=%s", person, actor.person)
    return invitations.reset_link(person)


@action("reset_second_factor")
def reset_second_factor(actor: Actor, person: int) -> None:
    """An admin takes somebody's lost authenticator away and ends their sessions; never their own."""
    with acting(actor) as act:
        _open_log_in(act, "reset_second_factor", person)
        notices.tell_of_log_in(act, "authenticator_taken", person)
    with account_write():
        second_factors.forget(person)
        sessions.end_sessions(person)
    security.info("second factor of person=%s taken away by=%s", person, actor.person)


def _open_log_in(act: Act, verb: str, person: int) -> None:
    if not _about(act, verb, person).active:
        raise Invalid({"person": CLOSED})


def _about(act: Act, verb: str, person: int) -> Person:
    """The person whom an admin's act is about, locked; never the admin themselves."""
    act.permit(verb)
    statement = select(Person).where(Person.id == person).with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("person")
    act.require(verb, Deed(subject=row.log_name))
    return row


def _role_before_closing(who: str) -> str | None:
    """The role that the latest closing took: none is granted or revoked while a log-in is closed."""
    kinds = (PersonDeactivated.type, RoleRevoked.type)
    events = select(Event.type, Event.line).where(Event.type.in_(kinds)).order_by(Event.seq.desc())
    for type_, line in session.execute(events):
        body = orjson.loads(line)["body"]
        if body["who"] == who:
            return str(body["role"]) if type_ == RoleRevoked.type else None
    return None
