"""Signing in: one answer, and one amount of work, for every name, password and code that is not right."""

from __future__ import annotations

from sqlalchemy import select

from review.actions import attempts, passwords, second_factors, sessions
from review.actions.accounts import account_write
from review.models import Password, Person, session
from review.rules.accounts import PAUSED, SAID, WRONG, tidy
from review.rules.errors import Invalid


def sign_in(email: str, password: str, code: str | None = None, *, address: str = "", agent: str | None = None) -> str:
    """A new session's token; Invalid otherwise, the same for an unknown name, a wrong password and a wrong code."""
    tried = attempts.mark(email, address)
    if attempts.paused(tried):
        raise Invalid({"email": PAUSED}, **SAID)
    person_id, password_hash = _credentials(email)
    right = passwords.matches(password_hash, password) and person_id is not None
    fresh = passwords.HASHER.hash(password) if right and passwords.HASHER.check_needs_rehash(password_hash) else None
    token = None
    with account_write():
        attempts.queue(tried)
        # Counted again: of many tries at once only the first five are heard.
        heard = not attempts.paused(tried)
        stands = right and heard and person_id is not None and _stands(person_id, password_hash)
        if stands and person_id and second_factors.passes(person_id, code):
            token = sessions.begin(person_id, agent)
            if fresh:
                passwords.put_password(person_id, fresh)
        attempts.note(tried, succeeded=token is not None)
    if token is None:
        raise Invalid({"email": WRONG if heard else PAUSED}, **SAID)
    return token


def _credentials(email: str) -> tuple[int | None, str]:
    """The person behind an address, and the hash to verify; for nobody a hash that nothing matches."""
    found = session.execute(
        select(Person.id, Password.hash)
        .join(Password, Password.person_id == Person.id)
        .where(Person.email == tidy(email), Person.active.is_(True))
    ).first()
    return (found.id, found.hash) if found else (None, passwords.NOBODYS)


def _stands(person_id: int, password_hash: str) -> bool:
    """Inside the open transaction: while it was verified the password was not replaced, nor the log-in closed."""
    present = (
        select(Password.hash)
        .join(Person, Person.id == Password.person_id)
        .where(Password.person_id == person_id, Person.active.is_(True))
        .with_for_update(of=Password)
    )
    return session.scalar(present) == password_hash
