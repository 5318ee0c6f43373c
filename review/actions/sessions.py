"""Sessions: one row a signed-in browser, of whose token only a hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from review import clock
from review.actions.accounts import account_write
from review.actions.tokens import end_tokens
from review.models import Password, SecondFactor, UserSession, session
from review.rules import second_factors as rules
from review.rules.accounts import TOUCH, digest
from review.rules.care import sits_since


def open_session(person_id: int, *, agent: str | None = None) -> str:
    """A session for somebody who has just proven who they are by a one-time link."""
    with account_write():
        return begin(person_id, agent)


def begin(person_id: int, agent: str | None) -> str:
    """A new session's token, inside the open transaction; by a link or a password, it is one more sign-in."""
    sign_in = _counted(person_id)
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        UserSession(
            token_hash=digest(token),
            person_id=person_id,
            created_at=now,
            last_seen=now,
            sitting_since=now,
            confirmed_at=now,
            must_enrol=_must_enrol(person_id, sign_in),
            agent=(agent or "")[:200] or None,
        )
    )
    return token


def _counted(person_id: int) -> int:
    """Which of the person's sign-ins this one is."""
    counted = (
        update(Password)
        .where(Password.person_id == person_id)
        .values(sign_ins=Password.sign_ins + 1)
        .returning(Password.sign_ins)
    )
    return int(session.execute(counted).scalar_one())


def sign_out(token: str) -> None:
    """End this session."""
    with account_write():
        session.execute(
            update(UserSession).where(UserSession.token_hash == digest(token)).values(ended_at=clock.now())
        )


def end_one(person_id: int, name: str) -> None:
    """End one of a person's own sessions, named by the hash of its token; another's is not found and stays."""
    mine = UserSession.person_id == person_id
    with account_write():
        session.execute(
            update(UserSession).where(mine, UserSession.token_hash == name).values(ended_at=clock.now())
        )


def end_sessions(person_id: int, *, keep: str | None = None) -> None:
    """End a person's sessions inside the transaction that is open, all but the one whose token is `keep`, and every
    token that they gave to a program."""
    query = update(UserSession).where(UserSession.person_id == person_id, UserSession.ended_at.is_(None))
    if keep is not None:
        query = query.where(UserSession.token_hash != digest(keep))
    session.execute(query.values(ended_at=clock.now()))
    end_tokens(person_id)


def seen(token: str, last_seen: datetime, sitting_since: datetime | None = None) -> None:
    """Note that a session is in use, and since when: at most once a minute, and never at the price of the page."""
    now = clock.now()
    if now - last_seen < TOUCH:
        return
    this_one = (UserSession.token_hash == digest(token), UserSession.last_seen <= now - TOUCH)
    try:
        with account_write():
            sits = sits_since(sitting_since, last_seen, now)
            session.execute(update(UserSession).where(*this_one).values(last_seen=now, sitting_since=sits))
    except OperationalError:
        return


def sit_down_anew(token: str) -> None:
    """The time at the desk is counted from now on."""
    with account_write():
        this_one = UserSession.token_hash == digest(token)
        session.execute(update(UserSession).where(this_one).values(sitting_since=clock.now()))


def _must_enrol(person_id: int, sign_in: int) -> bool:
    """Nothing stands beside the password yet; whom that stops is read from the desk and the role of the moment."""
    return sign_in >= rules.FIRST_ASKED and session.get(SecondFactor, person_id) is None
