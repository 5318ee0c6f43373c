"""Passwords: hashed slowly, always before a write begins, and given again before what weighs most."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import select, update

from review import clock
from review.actions import attempts, sessions
from review.actions.accounts import account_write, security
from review.models import Password, Person, UserSession, session
from review.rules.accounts import DIFFERENT, LONGEST, NOT_THE_OLD, PAUSED, SAID, digest, password_problem
from review.rules.errors import Invalid, NotFound

# The least that OWASP asks for: 29 ms here. The library's own default would let eight sign-ins stop the desk.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# Verified in place of a hash that does not exist, so that an unknown name costs what a known one does.
NOBODYS = HASHER.hash(secrets.token_urlsafe(24))


def hash_password(password: str, *, email: str | None = None, again: str | None = None) -> str:
    """The hash to keep of a new password. Slow on purpose: call it before a write begins. Raises Invalid."""
    problem = password_problem(password, email)
    if problem:
        raise Invalid({"password": problem}, **SAID)
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


def matches(password_hash: str, password: str) -> bool:
    """True for the password behind a hash; takes its time for every other one too."""
    try:
        return HASHER.verify(password_hash, password[: LONGEST + 1])
    except (VerifyMismatchError, InvalidHashError):
        return False


def change_password(
    person_id: int, old: str, new: str, again: str, *, keep: str | None = None, address: str = ""
) -> None:
    """A person's own change: asks for the old one and ends every session but the one it came from."""
    email = _prove(person_id, old, address, "old")
    new_hash = hash_password(new, email=email, again=again)
    with account_write():
        put_password(person_id, new_hash)
        sessions.end_sessions(person_id, keep=keep)
    security.info("password changed person=%s", person_id)


def confirm(token: str, person_id: int, password: str, *, address: str = "") -> None:
    """The password once more, in this session; what asks for it is then open for ten minutes."""
    _prove(person_id, password, address, "password")
    with account_write():
        this_one = UserSession.token_hash == digest(token)
        session.execute(update(UserSession).where(this_one).values(confirmed_at=clock.now()))


def _prove(person_id: int, password: str, address: str, field: str) -> str:
    """Whoever sits here knows the password; tries are counted as those of signing in are. Answers their address."""
    found = session.execute(
        select(Person.email, Password.hash)
        .join(Password, Password.person_id == Person.id)
        .where(Person.id == person_id, Person.active.is_(True))
    ).one_or_none()
    if found is None:
        raise NotFound("person")
    email, password_hash = found
    tried = attempts.mark(email, address)
    if attempts.paused(tried):
        raise Invalid({field: PAUSED}, **SAID)
    right = matches(password_hash, password)
    with account_write():
        attempts.queue(tried)
        # Counted again: of many tries at once only the first five are heard.
        heard = not attempts.paused(tried)
        attempts.note(tried, succeeded=right and heard)
    if not heard:
        raise Invalid({field: PAUSED}, **SAID)
    if not right:
        raise Invalid({field: NOT_THE_OLD})
    return str(email)
