"""Finding a person by e-mail address: for the commands, which name people so."""

from __future__ import annotations

from sqlalchemy import select

from review.models import Person, session
from review.rules.accounts import tidy
from review.rules.permissions import Actor


def actor_of(email: str) -> Actor | None:
    """The active person with a role behind this address, as an actor."""
    row = session.execute(
        select(Person).where(Person.email == tidy(email), Person.active)
    ).scalar_one_or_none()
    return Actor(row.id, row.role, row.name) if row is not None and row.role else None


def person_of(email: str) -> int | None:
    """The id of the person behind this address, active or not."""
    return session.execute(select(Person.id).where(Person.email == tidy(email))).scalar_one_or_none()


def desk_is_empty() -> bool:
    """True while nobody has joined."""
    return session.execute(select(Person.id).limit(1)).first() is None
