"""The comparison of the database with its trail as a job: every night, or when an admin asks for it.

It reads in one snapshot of its own and holds up nobody who writes; only what it found is written, in a moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review import clock, config, store
from review.actions.accounts import account_write
from review.audit import fsck, keys
from review.models import Event, Incident, Job, LogHead, TrailCheck, session
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may

FIRST = 100  # sentences that are kept; the command says them all
KEPT = 30  # checks that are remembered
ASKED = "check:asked"
NO_MASTER_KEY = "The key file {0} is gone: sealed values and signatures were not checked. Bring the keys folder back."
NOT_TOLD = "Something differs in an incident that is not shown to everybody now. Run flask audit fsck on the machine."
_ABOUT_EVENT = re.compile(r"^Event (\d+)\b")
_ABOUT_INCIDENT = re.compile(r"\bi-[a-z2-7]{16}\b")


def ask_for_check(actor: Actor) -> None:
    """An admin has the comparison made now: the worker does it, once, however often they ask."""
    if not may(actor.role, "check_trail"):
        raise Forbidden("check_trail")
    with account_write():
        row = session.scalar(select(Job).where(Job.key == ASKED))
        if row is None:
            session.add(Job(kind="check_trail", key=ASKED, payload={}, due_at=clock.now()))
        elif row.done_at is not None:
            row.done_at, row.due_at, row.tries, row.problem = None, clock.now(), 0, None


def check_trail() -> int:
    """Compare everything, keep what was found; answers how many differences there are."""
    began = clock.now()
    with snapshot(session.get_bind()) as reading:
        size = reading.scalar(select(LogHead.size)) or 0
        found = _found(reading)
        sentences = list(islice(found, FIRST))
        count = len(sentences) + sum(1 for _more in found)
        told = _told(reading, sentences)
    with account_write():
        session.add(
            TrailCheck(began_at=began, ended_at=clock.now(), size=size, differences=count, sentences=told)
        )
        session.flush()
        newest = select(TrailCheck.id).order_by(TrailCheck.id.desc()).limit(KEPT)
        session.execute(delete(TrailCheck).where(TrailCheck.id.not_in(newest)))
    return count


@contextmanager
def snapshot(engine: Any) -> Iterator[Session]:
    """A session that sees one moment of the database, however long it reads, and may write nothing."""
    session.rollback()
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            raw: Any = connection.connection.dbapi_connection
            raw.execute("PRAGMA query_only=ON")  # and in WAL a reader keeps the moment of its first read
        else:
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        try:
            with Session(bind=connection) as reading:
                yield reading
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                raw.execute("PRAGMA query_only=OFF")


def _found(reading: Any) -> Iterator[str]:
    try:
        unlocked = keys.load(config.home())
    except keys.MissingKey as missing:
        yield NO_MASTER_KEY.format(missing)
        unlocked = None
    yield from fsck.check(reading, unlocked, store.objects())


def _told(reading: Any, sentences: list[str]) -> list[str]:
    """The sentences as an admin may read them: nothing of what is restricted, or of a round that is open."""
    hidden = Incident.restricted.is_(True) | Incident.shown_count.is_not(None)
    names = set(reading.scalars(select(Incident.name).where(hidden)))
    return list(dict.fromkeys(NOT_TOLD if _hidden(reading, names, one) else one for one in sentences))


def _hidden(reading: Any, names: set[str], sentence: str) -> bool:
    if names & set(_ABOUT_INCIDENT.findall(sentence)):
        return True
    about = _ABOUT_EVENT.match(sentence)
    if about is None:
        return False
    statement = select(Incident.name).join(Event, Event.incident_id == Incident.id).where(Event.seq == int(about[1]))
    return reading.scalar(statement) in names
