"""Attempts to sign in: counted in the database, where neither a restart nor a second process forgets them.

Five wrong tries pause the name *from where they came*: nobody can keep its owner out from elsewhere. A flood over all
names pauses everybody but those who have signed in from where they are.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select

from review import clock, config
from review.actions.accounts import security
from review.models import LoginAttempt, session
from review.rules.accounts import (
    ATTEMPTS_KEPT,
    PAUSE,
    TRIES,
    TRIES_OF_ALL,
    TRIES_OF_NAME,
    failed_in_a_row,
    network,
    tidy,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """Who tries, and from where: keyed hashes that cannot be guessed back without the desk's secret."""

    name: str
    source: str

    def __str__(self) -> str:
        return f"name={self.name[:12]} source={self.source[:12]}"


def mark(email: str, address: str) -> Mark:
    """The mark of one try."""
    return Mark(_keyed(tidy(email)), _keyed("from " + network(address)))


def queue(tried: Mark) -> None:
    """Let tries under one mark queue until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        key = int(_keyed(tried.name + tried.source)[:15], 16)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def paused(tried: Mark) -> bool:
    """Five in a row failed here within the pause; or too many everywhere, in the pause under any name or in a day under
    this one, and nobody of this name is known here."""
    if _failed_here(tried) >= TRIES:
        return True
    flooded = _failed_everywhere() >= TRIES_OF_ALL or _failed_under(tried.name) >= TRIES_OF_NAME
    return flooded and not _known_here(tried)


def note(tried: Mark, *, succeeded: bool) -> None:
    """Count one try, inside the transaction that is open."""
    session.add(LoginAttempt(name_hash=tried.name, source_hash=tried.source, at=clock.now(), succeeded=succeeded))
    if not succeeded:
        security.info("password refused %s", tried)


def forget(email: str) -> None:
    """Forget what was tried under a name, inside the transaction that is open."""
    session.execute(delete(LoginAttempt).where(LoginAttempt.name_hash == _keyed(tidy(email))))


def _failed_here(tried: Mark) -> int:
    rows = session.scalars(
        select(LoginAttempt.succeeded)
        .where(LoginAttempt.name_hash == tried.name, LoginAttempt.source_hash == tried.source)
        .where(LoginAttempt.at > clock.now() - PAUSE)
        .order_by(LoginAttempt.id.desc())
        .limit(TRIES)
    )
    return failed_in_a_row(rows)


def _failed_everywhere() -> int:
    return _failed(TRIES_OF_ALL, LoginAttempt.at > clock.now() - PAUSE)


def _failed_under(name: str) -> int:
    return _failed(TRIES_OF_NAME, LoginAttempt.name_hash == name, LoginAttempt.at > clock.now() - ATTEMPTS_KEPT)


def _failed(most: int, *which: ColumnElement[bool]) -> int:
    failed = select(LoginAttempt.id).where(*which, LoginAttempt.succeeded.is_(False))
    return session.scalar(select(func.count()).select_from(failed.limit(most).subquery())) or 0


def _known_here(tried: Mark) -> bool:
    known = select(LoginAttempt.id).where(
        LoginAttempt.name_hash == tried.name,
        LoginAttempt.source_hash == tried.source,
        LoginAttempt.succeeded.is_(True),
    )
    return session.scalar(known.limit(1)) is not None


def _keyed(text: str) -> str:
    return hmac.new(config.secret(), text.encode(), hashlib.sha256).hexdigest()
