"""Once a day by mail: how many new lines of which kind wait in somebody's inbox. No word and no name of the record."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import or_, select

from review import clock
from review.actions.accounts import account_write
from review.models import Care, Job, Notice, Person, session
from review.rules.care import DAILY

A_DAY = timedelta(days=1)
HOUR = 6  # UTC, after the quiet hour


def address_all() -> None:
    """One letter to everybody who wants one a day and has not read what they were told since the last."""
    now = clock.now()
    with account_write():
        for person in _readers():
            mark = hashlib.sha256(f"digest {clock.day(now)} {person}".encode()).hexdigest()[:24]
            key = f"digest:{mark}"
            if session.scalar(select(Job.id).where(Job.key == key)) is None:
                letter = {"kind": "digest", "person": person, "incident": None, "message": mark}
                session.add(Job(kind="send_mail", key=key, payload=letter, due_at=now))


def _readers() -> list[int]:
    since = clock.now() - A_DAY
    statement = (
        select(Person.id)
        .join(Notice, Notice.person_id == Person.id)
        .outerjoin(Care, Care.person_id == Person.id)
        .where(Person.active, Notice.read_at.is_(None), Notice.at >= since)
        .where(or_(Care.mail == DAILY, Care.person_id.is_(None)))
    )
    return sorted(set(session.scalars(statement)))
