"""Tokens: made by a person for a program, shown once, ended one by one and wherever a person's sessions end."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import OperationalError

from review import clock
from review.actions.accounts import account_write, security
from review.models import ApiToken, Person, session
from review.rules import texts
from review.rules import tokens as rules
from review.rules.accounts import TOUCH, digest
from review.rules.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Sent:
    """What a token has sent in within its hour: `left` of it, counted anew after so many seconds."""

    admitted: bool
    left: int
    seconds: int


def make_token(person_id: int, *, name: str | None, scopes: Collection[str], days: int | None) -> str:
    """A new token of this person, shown once: its scopes are among those that their role may hand on."""
    with account_write():
        role, words = _role(person_id), _name(name)
        chosen = _scopes(scopes, role)
        if days not in rules.LASTS:
            raise Invalid({"days": rules.NO_TIME})
        now = clock.now()
        if _holding(person_id, now) >= rules.MOST:
            raise Invalid({"name": rules.TOO_MANY}, most=rules.MOST)
        token = rules.PREFIX + secrets.token_urlsafe(32)
        kept = ApiToken(token_hash=digest(token), person_id=person_id, name=words, scopes=chosen)
        kept.made_at, kept.expires_at = now, rules.ends(days, now)
        session.add(kept)
    security.info("token made person=%s scopes=%s", person_id, chosen)
    return token


def _role(person_id: int) -> str | None:
    """The person's role, locked: of two tokens at once neither passes the number that one may have."""
    row = session.execute(
        select(Person.role).where(Person.id == person_id, Person.active.is_(True)).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound("person")
    role: str | None = row.role
    return role


def _name(name: str | None) -> str:
    words = texts.cleaned(name)
    if words is None:
        raise Invalid({"name": rules.NO_NAME})
    if len(words) > rules.LONGEST_NAME:
        raise Invalid({"name": rules.NAME_TOO_LONG}, longest=rules.LONGEST_NAME)
    return words


def _scopes(scopes: Collection[str], role: str | None) -> str:
    if not scopes:
        raise Invalid({"scopes": rules.NO_SCOPE})
    if not set(scopes) <= set(rules.scopes_of(role)):
        raise Invalid({"scopes": rules.NOT_YOURS})
    return rules.written(scopes)


def _holding(person_id: int, now: datetime) -> int:
    mine = select(func.count()).where(ApiToken.person_id == person_id, ApiToken.ended_at.is_(None))
    return session.scalar(mine.where(ApiToken.expires_at > now)) or 0


def end_token(person_id: int, name: str) -> None:
    """End one of a person's own tokens, named by its digest; another's is not found and stays."""
    mine = (ApiToken.person_id == person_id, ApiToken.token_hash == name, ApiToken.ended_at.is_(None))
    with account_write():
        session.execute(update(ApiToken).where(*mine).values(ended_at=clock.now()))
    security.info("token ended person=%s", person_id)


def end_tokens(person_id: int) -> None:
    """End all of a person's tokens inside the transaction that is open."""
    mine = update(ApiToken).where(ApiToken.person_id == person_id, ApiToken.ended_at.is_(None))
    session.execute(mine.values(ended_at=clock.now()))


def used(key: str, last_used: datetime | None) -> None:
    """Note that a token is in use: at most once a minute, and never at the price of the answer."""
    now = clock.now()
    if last_used is not None and now - last_used < TOUCH:
        return
    before = or_(ApiToken.last_used.is_(None), ApiToken.last_used <= now - TOUCH)
    try:
        with account_write():
            session.execute(update(ApiToken).where(ApiToken.token_hash == key, before).values(last_used=now))
    except OperationalError:
        return


def count_claim(key: str) -> Sent:
    """Count one more claim of this token; the database counts, so that neither a restart nor a second process forgets.

    An hour begins with its first claim.
    """
    now = clock.now()
    this_one = ApiToken.token_hash == key
    with account_write():
        begun = or_(ApiToken.claims_since.is_(None), ApiToken.claims_since <= now - rules.HOUR)
        session.execute(update(ApiToken).where(this_one, begun).values(claims_since=now, claims=0))
        more = update(ApiToken).where(this_one, ApiToken.claims < rules.CLAIMS_AN_HOUR)
        counted: Any = session.execute(more.values(claims=ApiToken.claims + 1))
        row = session.execute(select(ApiToken.claims, ApiToken.claims_since).where(this_one)).one()
    waits = row.claims_since + rules.HOUR - now
    return Sent(counted.rowcount == 1, rules.CLAIMS_AN_HOUR - row.claims, max(1, int(waits.total_seconds())))
