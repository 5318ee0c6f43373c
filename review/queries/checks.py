"""What the comparisons with the trail found, for the admin's page, the alarm and `flask doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from review import clock
from review.models import Job, LogHead, TrailCheck, session
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may

LATE = timedelta(hours=50)  # a night was left out


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison."""

    at: datetime
    seconds: int
    size: int
    differences: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChecksPage:
    """The last comparison in full and those before it; whether one is being made."""

    last: Check | None
    earlier: tuple[Check, ...]
    waiting: bool


def checks_page(viewer: Actor) -> ChecksPage:
    """Every comparison that is remembered, the newest first."""
    if not may(viewer.role, "check_trail"):
        raise Forbidden("check_trail")
    rows = session.scalars(select(TrailCheck).order_by(TrailCheck.id.desc())).all()
    checks = tuple(map(_check, rows))
    waiting = select(Job.id).where(Job.kind == "check_trail", Job.done_at.is_(None), Job.due_at <= clock.now())
    return ChecksPage(checks[0] if checks else None, checks[1:], session.scalar(waiting.limit(1)) is not None)


def _check(row: TrailCheck) -> Check:
    spent = round((row.ended_at - row.began_at).total_seconds())
    return Check(row.began_at, spent, row.size, row.differences, tuple(row.sentences))


def last_check() -> Check | None:
    """The newest comparison, or None where none was made."""
    row = session.scalar(select(TrailCheck).order_by(TrailCheck.id.desc()).limit(1))
    return None if row is None else _check(row)


def trail() -> str:
    """One word for the last comparison: `ok`, `unchecked` where none was made for two nights, `differs`."""
    try:
        last = last_check()
        opened = session.scalar(select(LogHead.id).limit(1)) is not None
    except SQLAlchemyError:
        session.rollback()
        return "unknown"
    if last is None:
        return "unchecked" if opened else "ok"
    if last.differences:
        return "differs"
    return "unchecked" if clock.now() - last.at > LATE else "ok"
