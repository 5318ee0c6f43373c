"""One-time links: to set the desk up, to join it, to choose a new password. Each works once and not for long."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from review import clock
from review.actions import attempts
from review.actions.accounts import account_write, security
from review.actions.passwords import hash_password, put_password
from review.actions.sessions import end_sessions
from review.models import Invitation, Person, session
from review.rules.accounts import LINK_LASTS, digest, tidy
from review.rules.errors import NotFound


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


def first_link() -> str | None:
    """The token of the set-up link while the desk has no person; a new one each time, the older ones end."""
    if session.scalar(select(Person.id).limit(1)) is not None:
        return None
    with account_write():
        _end_links(Invitation.kind == "setup")
        return _new_link("setup")


def invitation_link(
    *, email: str, name: str | None = None, role: str | None = None, invited_by: int | None = None
) -> str:
    """The token of an invitation to join in a role; whoever calls this has asked whether the inviter may."""
    with account_write():
        return _new_link("invitation", email=tidy(email), name=name, role=role, invited_by=invited_by)


def reset_link(person_id: int) -> str:
    """The token of a link with which this person chooses a new password; an older one ends."""
    with account_write():
        _end_links(Invitation.kind == "reset", Invitation.person_id == person_id)
        token = _new_link("reset", person_id=person_id)
    security.info("reset link made person=%s", person_id)
    return token


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
        attempts.forget(email)
    security.info("password reset person=%s", person_id)
    return person_id


def _end_links(*which: object) -> None:
    """Inside the open transaction, before a new link takes their place."""
    unused = update(Invitation).where(*which, Invitation.used_at.is_(None))  # type: ignore[arg-type]
    session.execute(unused.values(used_at=clock.now()))


def _new_link(kind: str, **about: object) -> str:
    token = secrets.token_urlsafe(32)
    now = clock.now()
    session.add(
        Invitation(token_hash=digest(token), kind=kind, made_at=now, expires_at=now + LINK_LASTS[kind], **about)
    )
    return token
