"""Accounts: passwords, sessions, attempts to sign in, one-time links.

State of the machine, not of the record: none of it is an event, so none of it goes through the doorway of the
record. `account_write` is the second, smaller doorway; the session lets only account tables through it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import OperationalError

from review import clock, config
from review.actions.locking import writing
from review.models import Invitation, LoginAttempt, Password, Person, UserSession, session
from review.rules.accounts import (
    ATTEMPTS_KEPT,
    DIFFERENT,
    LINK_LASTS,
    LONGEST,
    LONGEST_SESSION,
    NOT_THE_OLD,
    PAUSE,
    PAUSED,
    TOUCH,
    TRIES,
    WRONG,
    digest,
    failed_in_a_row,
    password_problem,
    tidy,
)
from review.rules.errors import Invalid, NotFound

# The least that OWASP asks for: 29 ms here. The library's own default would let eight sign-ins stop the desk.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@dataclass(frozen=True, slots=True)
class Link:
    """What a one-time link is for; `kind` is setup, invitation or reset."""

    kind: str
    email: str | None
    name: str | None
    role: str | None
    person_id: int | None
    invited_by: int | None
    expires_at: datetime


@contextmanager
def account_write() -> Iterator[None]:
    """One short transaction on account tables: everything or nothing. Never opened inside an act."""
    session.rollback()
    with writing(config.home()):
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise


# --- passwords ---------------------------------------------------------------------------------------------


def hash_password(password: str, *, email: str | None = None, again: str | None = None) -> str:
    """The hash to keep of a new password. Slow on purpose: call it before a write begins. Raises Invalid."""
    problem = password_problem(password, email)
    if problem:
        raise Invalid({"password": problem})
    if again is not None and again != password:
        raise Invalid({"again": DIFFERENT})
    return HASHER.hash(password)


def put_password(person_id: int, password_hash: str) -> None:
    """Set a person's password inside the transaction that is open."""
    row = session.get(Password, person_id)
    if row is None:
        session.add(Password(person_id=person_id, hash=password_hash, changed_at=clock.now()))
        return
    row.hash = password_hash
    row.changed_at = clock.now()


def change_password(person_id: int, old: str, new: str, again: str, *, keep: str | None = None) -> None:
    """A person's own change: asks for the old one and ends every session but the one it came from."""
    row = session.get(Password, person_id)
    person = session.get(Person, person_id)
    if row is None or person is None or not _matches(row.hash, old):
        raise Invalid({"old": NOT_THE_OLD})
    new_hash = hash_password(new, email=person.email, again=again)
    with account_write():
        put_password(person_id, new_hash)
        end_sessions(person_id, keep=keep)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False


# Verified in place of a hash that does not exist, so that an unknown name costs what a known one does.
_NOBODY = HASHER.hash(secrets.token_urlsafe(24))


# --- signing in --------------------------------------------------------------------------------------------


def sign_in(email: str, password: str, *, agent: str | None = None) -> str:
    """A new session's token; Invalid otherwise, one answer and one amount of work for known and unknown."""
    name = _name_hash(email)
    if _tries(name) >= TRIES:
        raise Invalid({"email": PAUSED})
    person_id, password_hash = _credentials(email)
    right = _matches(password_hash or _NOBODY, password) and person_id is not None
    fresh = HASHER.hash(password) if right and HASHER.check_needs_rehash(password_hash or _NOBODY) else None
    with account_write():
        _one_at_a_time(name)
        # Counted again: of many tries at once only the first five are heard.
        paused = _tries(name) >= TRIES
        token = _open_session(person_id, agent) if right and not paused and person_id else None
        session.add(LoginAttempt(name_hash=name, at=clock.now(), succeeded=token is not None))
        if token and fresh and person_id:
            put_password(person_id, fresh)
    if token is None:
        raise Invalid({"email": PAUSED if paused else WRONG})
    return token


def open_session(person_id: int, *, agent: str | None = None) -> str:
    """A session for somebody who has just proven who they are by a one-time link."""
    with account_write():
        return _open_session(person_id, agent)


def sign_out(token: str) -> None:
    """End this session."""
    with account_write():
        session.execute(
            update(UserSession).where(UserSession.token_hash == digest(token)).values(ended_at=clock.now())
        )


def end_sessions(person_id: int, *, keep: str | None = None) -> None:
    """End a person's sessions inside the transaction that is open, all but the one whose token is `keep`."""
    query = update(UserSession).where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
    if keep is not None:
        query = query.where(UserSession.token_hash != digest(keep))
    session.execute(query.values(ended_at=clock.now()))


def seen(token: str) -> None:
    """Note that a session is in use: at most once a minute, and never at the price of the page."""
    row = session.get(UserSession, digest(token))
    if row is None or clock.now() - row.last_seen < TOUCH:
        return
    try:
        with account_write():
            this_one = UserSession.token_hash == digest(token)
            session.execute(update(UserSession).where(this_one).values(last_seen=clock.now()))
    except OperationalError:
        return


def sweep() -> None:
    """Forget attempts of more than a day ago, sessions that ended or ran out, and links long past."""
    now = clock.now()
    with account_write():
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - ATTEMPTS_KEPT))
        session.execute(delete(UserSession).where(UserSession.ended_at < now - LONGEST_SESSION))
        session.execute(delete(UserSession).where(UserSession.created_at < now - 2 * LONGEST_SESSION))
        session.execute(delete(Invitation).where(Invitation.expires_at < now - LONGEST_SESSION))


def _open_session(person_id: int, agent: str | None) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        UserSession(
            token_hash=digest(token),
            person_id=person_id,
            created_at=now,
            last_seen=now,
            agent=(agent or "")[:200] or None,
        )
    )
    return token


def _credentials(email: str) -> tuple[int | None, str | None]:
    found = session.execute(
        select(Person.id, Password.hash)
        .join(Password, Password.person_id == Person.id)
        .where(Person.email == tidy(email), Person.active.is_(True))
    ).first()
    return (found.id, found.hash) if found else (None, None)


def _one_at_a_time(name: str) -> None:
    """Let tries under one name queue until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(name[:15], 16))))


def _tries(name: str) -> int:
    """How many tries in a row failed under this name within the pause."""
    rows = session.scalars(
        select(LoginAttempt.succeeded)
        .where(LoginAttempt.name_hash == name, LoginAttempt.at > clock.now() - PAUSE)
        .order_by(LoginAttempt.id.desc())
        .limit(TRIES)
    )
    return failed_in_a_row(rows)


# --- one-time links ----------------------------------------------------------------------------------------


def first_link() -> str | None:
    """The token of the set-up link while the desk has no person; a new one each time, the older ones end."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        return None
    with account_write():
        session.execute(
            update(Invitation)
            .where(Invitation.kind == "setup", Invitation.used_at.is_(None))
            .values(used_at=clock.now())
        )
        return _new_link("setup")


def invitation_link(
    *, email: str, name: str | None = None, role: str | None = None, invited_by: int | None = None
) -> str:
    """The token of an invitation to join in a role; whoever calls this has asked whether the inviter may."""
    with account_write():
        return _new_link(
            "invitation", email=tidy(email), name=name, role=role, invited_by=invited_by
        )


def reset_link(person_id: int) -> str:
    """The token of a link with which this person chooses a new password; an older one ends."""
    with account_write():
        session.execute(
            update(Invitation)
            .where(Invitation.kind == "reset", Invitation.person_id == person_id)
            .where(Invitation.used_at.is_(None))
            .values(used_at=clock.now())
        )
        return _new_link("reset", person_id=person_id)


def peek(token: str, kind: str) -> Link:
    """What an unused link is for, without using it up. NotFound: used, late and invented look the same."""
    row = session.get(Invitation, digest(token))
    if row is None or row.kind != kind or row.used_at is not None or row.expires_at <= clock.now():
        raise NotFound("link")
    return Link(row.kind, row.email, row.name, row.role, row.person_id, row.invited_by, row.expires_at)


def use(token: str, kind: str) -> Link:
    """Use a link up inside the open transaction; NotFound for the second of two at once."""
    link = peek(token, kind)
    claimed = session.execute(
        update(Invitation)
        .where(Invitation.token_hash == digest(token), Invitation.used_at.is_(None))
        .values(used_at=clock.now())
    )
    if claimed.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound("link")
    return link


def reset_password(token: str, password: str, again: str) -> int:
    """Choose a new password by a reset link; every session of theirs ends. Answers whose it was."""
    link = peek(token, "reset")
    person = session.get(Person, link.person_id)
    if person is None or not person.active:
        raise NotFound("link")
    person_id, email = person.id, person.email
    new_hash = hash_password(password, email=email, again=again)
    with account_write():
        use(token, "reset")
        put_password(person_id, new_hash)
        end_sessions(person_id)
        session.execute(delete(LoginAttempt).where(LoginAttempt.name_hash == _name_hash(email)))
    return person_id


def _new_link(kind: str, **about: object) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    lasts = LINK_LASTS[kind]
    session.add(Invitation(token_hash=digest(token), kind=kind, made_at=now, expires_at=now + lasts, **about))
    return token


def _name_hash(email: str) -> str:
    return hmac.new(config.secret(), tidy(email).encode(), hashlib.sha256).hexdigest()
