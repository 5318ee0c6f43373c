"""The outbox, worked off: consequences written by an act, and what the clock asks for. Every handler may run twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from review import clock, config, logs, mail
from review.actions import accounts, approvals, import_runs, log, rounds, seats, settlements
from review.actions.accounts import account_write
from review.models import Job, LogHead, session

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], object]

HANDLERS: Mapping[str, Handler] = {
    "close_round": lambda job: rounds.close_due(job["incident"], job["round"], job.get("asked")),
    "round_deadline": lambda job: rounds.deadline_due(job["incident"], job["round"]),
    "remind_reviewer": lambda job: seats.remind(job["incident"], job["round"], job["who"]),
    "end_arguments": lambda job: settlements.arguments_due(job["incident"], job["round"]),
    "end_ladder": lambda job: settlements.ladder_due(job["incident"], job["settler"]),
    "publish_grade": lambda job: approvals.publish_due(job["incident"], job["proposal"]),
    "record_heads": lambda _job: log.record_heads(),
    "publish_checkpoint": lambda _job: log.publish_checkpoint(),
    "sweep": lambda _job: sweep(),
    "send_mail": lambda job: mail.send_notice(job),
    "import_file": lambda job: import_runs.go_on(job["run"]),
}

LEASE = timedelta(minutes=1)  # a worker that dies leaves its job to the next one after this, longer each time
LONGEST_WAIT = timedelta(hours=1)
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """One job in hand, until `leased`."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    leased: datetime


def run_due(limit: int = 1_000, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Do every job that is due, those that they make due included, until `stopping`; answers how many were done."""
    _plant()
    done = 0
    for _turn in range(limit):
        job = None if stopping() else _take()
        if job is None:
            break
        done += _do(job)
    return done


def _plant() -> None:
    """What the clock asks for: the heads once a day, a checkpoint every hour, news or not, and a clean desk."""
    now = clock.now()
    this_hour, today = log.hour(now), log.hour(now).replace(hour=0)
    periodic = [
        ("record_heads", f"heads:{clock.day(now)}", today),
        ("sweep", f"sweep:{clock.day(now)}", today),
        ("publish_checkpoint", f"checkpoint:{this_hour:%Y-%m-%dT%H}", this_hour),
    ]
    session.rollback()
    known = set(session.scalars(select(Job.key).where(Job.key.in_([key for _kind, key, _due in periodic]))))
    missing = [row for row in periodic if row[1] not in known]
    opened = session.scalar(select(LogHead.id).limit(1)) is not None
    session.rollback()
    if missing and opened:
        try:
            _put(missing)
        except IntegrityError:
            return  # another worker planted them in this moment


def _put(jobs: list[tuple[str, str, datetime]]) -> None:
    with account_write():
        for kind, key, due in jobs:
            if session.scalar(select(Job.id).where(Job.key == key)) is None:
                session.add(Job(kind=kind, key=key, payload={}, due_at=due))
                session.flush()


def _take() -> Taken | None:
    """The job that has been due longest, leased to this worker; two workers never hold the same one."""
    session.rollback()
    if session.scalar(_due().limit(1)) is None:
        session.rollback()
        return None
    with account_write():
        row = session.scalars(_due().limit(1).with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        row.tries += 1
        row.due_at = clock.now() + min(LEASE * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
        return Taken(row.id, row.kind, dict(row.payload), row.due_at)


def _due() -> Any:
    return select(Job).where(Job.done_at.is_(None), Job.due_at <= clock.now()).order_by(Job.due_at, Job.id)


def _do(job: Taken) -> int:
    try:
        HANDLERS[job.kind](job.payload)
    except Exception as problem:  # the worker outlives any job; the row says what went wrong and when it is tried again
        session.rollback()
        logger.exception("job %s (%s) failed", job.id, job.kind)
        _note(job, problem=type(problem).__name__)
        return 0
    _note(job, done_at=clock.now(), payload={}, problem=None)
    return 1


def _note(job: Taken, **changes: Any) -> None:
    # Only while the lease is ours: an act that asked for the job again meanwhile is not overwritten.
    with account_write():
        session.execute(update(Job).where(Job.id == job.id, Job.due_at == job.leased).values(**changes))


def sweep() -> None:
    """Forget what the machine no longer needs: jobs, attempts, sessions, links, uploads. Nothing of the record."""
    accounts.sweep()
    import_runs.sweep(clock.now() - KEPT)
    seats.sweep()
    logs.sweep(config.home())
    with account_write():
        session.execute(delete(Job).where(Job.done_at < clock.now() - KEPT))
