"""Who is signed in, and where: read for the wall and for a person's own account page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review import clock
from review.models import Person, UserSession, session
from review.rules.accounts import digest, session_holds


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a session that still holds."""

    id: int
    name: str
    email: str
    role: str | None
    language: str | None
    timezone: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's signed-in browsers."""

    agent: str | None
    created_at: datetime
    last_seen: datetime
    this_one: bool


def signed_in(token: str) -> SignedIn | None:
    """The person of this session; None once it ended, ran out, or the person was deactivated."""
    found = session.execute(
        select(Person, UserSession)
        .join(UserSession, UserSession.person_id == Person.id)
        .where(UserSession.token_hash == digest(token), UserSession.ended_at.is_(None))
        .where(Person.active.is_(True))
    ).first()
    if found is None or not session_holds(found[1].created_at, found[1].last_seen, clock.now()):
        return None
    row = found[0]
    return SignedIn(row.id, row.name, row.email, row.role, row.language, row.timezone)


def open_sessions(person_id: int, token: str) -> tuple[OpenSession, ...]:
    """Where a person is signed in, the latest first."""
    now = clock.now()
    rows = session.scalars(
        select(UserSession)
        .where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.last_seen.desc())
    )
    return tuple(
        OpenSession(row.agent, row.created_at, row.last_seen, row.token_hash == digest(token))
        for row in rows
        if session_holds(row.created_at, row.last_seen, now)
    )
