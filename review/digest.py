"""Once a day by mail: how many lines of which kind wait in somebody's inbox. No word and no name of the record.

A letter is made where something came since the one before, and it tells of everything that is not read when it goes
out: whatever kept the worker or the mail server away meanwhile, no line is left out.
"""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import func, or_, select

from review import clock
from review.actions.accounts import account_write
from review.models import Care, Job, Notice, Person, session
from review.models.work import JOBS_KEPT
from review.rules.care import DAILY

HOUR = 6  # UTC, after the quiet hour
LETTER = "digest:"  # how the key of a letter's job begins; behind it stand the person and the moment


def address_all() -> None:
    """One letter to everybody who wants one a day and has not read what they were told since their last."""
    now = clock.now()
    with account_write():
        letters = _letters()
        for person, told in _unread():
            if _is_new(told, letters.get(person)):
                session.add(_letter(person, now))


def _is_new(told: datetime, last: Job | None) -> bool:
    """Whether something came since the last letter; of a letter that is forgotten nothing that old is new."""
    if last is None:
        return told >= clock.now() - JOBS_KEPT
    return last.done_at is not None and last.done_at < told


def _letter(person: int, now: datetime) -> Job:
    """Its mark is drawn once: however often this letter is tried, it is one message, and no other letter is."""
    payload = {"kind": "digest", "person": person, "incident": None, "message": secrets.token_hex(12)}
    return Job(kind="send_mail", key=f"{LETTER}{person}:{clock.stamp(now)}", payload=payload, due_at=now)


def _unread() -> list[tuple[int, datetime]]:
    """Whoever has a line that is not read, with when the latest of these came."""
    statement = (
        select(Person.id, func.max(Notice.at))
        .join(Notice, Notice.person_id == Person.id)
        .outerjoin(Care, Care.person_id == Person.id)
        .where(Person.active, Notice.read_at.is_(None))
        .where(or_(Care.mail == DAILY, Care.person_id.is_(None)))
        .group_by(Person.id)
        .order_by(Person.id)
    )
    return [(person, told) for person, told in session.execute(statement)]


def _letters() -> dict[int, Job]:
    """The last letter to each person; one that could not be sent yet tells of what came meanwhile too."""
    found = session.scalars(select(Job).where(Job.key.startswith(LETTER)).order_by(Job.id))
    return {int(one.key.split(":")[1]): one for one in found if one.key.count(":") > 1}
