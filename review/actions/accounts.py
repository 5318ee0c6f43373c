"""The second, smaller doorway: accounts are the state of the machine, not of the record.

None of it is an event, so none of it goes through the doorway of the record; the session lets only account tables
through this one. Passwords, sessions, second factors, attempts and invitations each have a file of their own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from review import clock, config
from review.actions.locking import writing
from review.models import ApiToken, Invitation, Job, LoginAttempt, Person, UserSession, session
from review.models.columns import upsert
from review.rules.accounts import ATTEMPTS_KEPT, LONGEST_SESSION, SOURCES_KNOWN
from review.rules.errors import NotFound

# People by their number and places by a keyed hash: neither a name nor an address is written down.
security = logging.getLogger("assay.security")

FILES = int.from_bytes(b"files")  # the name of a lock in the database


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


def hold_files() -> None:
    """Inside the transaction that is open: until it ends nobody else looks whether a file is still named."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer
        session.execute(select(func.pg_advisory_xact_lock(FILES)))


def put(table: type[Any], keys: tuple[str, ...], /, **values: Any) -> None:
    """Write a row of an account table; where these keys are taken, that row says the same from now on.

    It is one statement, so that two presses in one moment are one row and no error.
    """
    rows = table.metadata.tables[table.__tablename__]
    session.execute(upsert(session.connection(), rows, keys, tuple(values)), values)


def later(kind: str, key: str, payload: dict[str, Any], due_at: datetime | None = None) -> None:
    """Give the worker something to do, inside the transaction of accounts that is open."""
    due = due_at or clock.now()
    put(Job, ("key",), kind=kind, key=key, payload=payload, due_at=due, done_at=None, tries=0, problem=None)


def read_the_desk(person_id: int, *, language: str | None, timezone: str | None) -> None:
    """In which language and which time zone a person reads the desk; None leaves it to their browser, and to UTC."""
    with account_write():
        row = session.get(Person, person_id)
        if row is None:
            raise NotFound("person")
        row.language, row.timezone = language, timezone


def work_with_keys(person_id: int, *, on: bool) -> None:
    """Whether a person works the desk with single keys; off, no key does anything but what the browser makes of it."""
    with account_write():
        row = session.get(Person, person_id)
        if row is None:
            raise NotFound("person")
        row.keys_off = not on


def sweep() -> None:
    """Forget failed attempts of more than a day ago and others after a month, sessions and tokens that ended, links
    long past."""
    now = clock.now()
    with account_write():
        session.execute(
            delete(LoginAttempt).where(LoginAttempt.succeeded.is_(False), LoginAttempt.at < now - ATTEMPTS_KEPT)
        )
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < now - SOURCES_KNOWN))
        session.execute(delete(UserSession).where(UserSession.ended_at < now - LONGEST_SESSION))
        session.execute(delete(UserSession).where(UserSession.created_at < now - 2 * LONGEST_SESSION))
        session.execute(delete(Invitation).where(Invitation.expires_at < now - LONGEST_SESSION))
        past = or_(ApiToken.ended_at < now - LONGEST_SESSION, ApiToken.expires_at < now - LONGEST_SESSION)
        session.execute(delete(ApiToken).where(past))
