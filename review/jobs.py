"""The outbox, worked off: consequences written by an act, and what the clock asks for. Every handler may run twice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.exc import IntegrityError

from review import checkpoint_mail, clock, config, digest, logs, mail, stamping
from review.actions import (
    accounts,
    approvals,
    bundles,
    bundling,
    checkpoints,
    checks,
    data_snapshots,
    erasing,
    import_runs,
    keys,
    parties,
    public_bundles,
    redactions,
    rounds,
    seats,
    settlements,
    submissions,
    witnesses,
)
from review.actions.accounts import account_write
from review.audit import clock_step
from review.keeping import scrubbing
from review.models import Job, LogHead, session
from review.models.work import JOBS_KEPT
from review.rules import clocks
from review.rules.import_notes import REPORTS_KEPT

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], object]

HANDLERS: Mapping[str, Handler] = {
    "close_round": lambda job: rounds.close_due(job["incident"], job["round"], job.get("asked")),
    "round_deadline": lambda job: rounds.deadline_due(job["incident"], job["round"]),
    "remind_reviewer": lambda job: seats.remind(job["incident"], job["round"], job["who"]),
    "end_arguments": lambda job: settlements.arguments_due(job["incident"], job["round"]),
    "end_ladder": lambda job: settlements.ladder_due(job["incident"], job["settler"]),
    "publish_grade": lambda job: approvals.publish_due(job["incident"], job["proposal"]),
    "record_heads": lambda _job: public_bundles.follow(checkpoints.publish_on_the_day()),
    "publish_checkpoint": lambda _job: public_bundles.follow(checkpoints.publish_on_the_hour()),
    "finish_rotation": lambda _job: keys.finish_rotation(),
    "check_trail": lambda _job: checks.check_trail(),
    "sweep": lambda _job: sweep(),
    "discard_file": lambda job: erasing.discard(job["sha256"]),
    "scrub": lambda job: scrubbing.scrub(job["since"]),
    "send_mail": lambda job: mail.send_notice(job),
    "mail_digests": lambda _job: digest.address_all(),
    "mail_checkpoints": lambda _job: checkpoint_mail.address_all(),
    "mail_checkpoint": lambda job: checkpoint_mail.send(job),
    "stamp_checkpoint": lambda job: stamping.stamp(job.get("size")),
    "import_file": lambda job: import_runs.go_on(job["run"]),
    "make_bundle": lambda job: bundling.make(job["bundle"]),
    "rekey_party": lambda job: parties.rekey(job["party"]),
    "forget_bundles": lambda _job: forget_removed(),
    "make_data_snapshot": lambda job: data_snapshots.make(job["size"]),
}

# What may take minutes, and may be begun anew at any moment: `flask work` has it done by a process of its own.
LONG_KINDS = ("check_trail", "make_bundle", "make_data_snapshot", "rekey_party")
EVERY = true()
SHORT = Job.kind.not_in(LONG_KINDS)
LONG = Job.kind.in_(LONG_KINDS)

LEASE = timedelta(minutes=1)  # a worker that dies leaves its job to the next one after this, longer each time
LONGEST_WAIT = timedelta(hours=1)
QUIET_HOUR = 3  # UTC


@dataclass(frozen=True, slots=True)
class Taken:
    """One job in hand, until `leased`."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    leased: datetime


def run_due(
    limit: int = 1_000, *, stopping: Callable[[], bool] = lambda: False, lane: ColumnElement[bool] = EVERY
) -> int:
    """Do every job of this lane that is due, those that they make due included, until `stopping`; answers how many."""
    if _clock_stopped():
        return 0
    _plant()
    done = 0
    for _turn in range(limit):
        job = None if stopping() else _take(lane)
        if job is None:
            break
        done += _do(job)
    return done


def is_due(lane: ColumnElement[bool]) -> bool:
    """Whether there is anything to do in this lane now."""
    return _waits(lane) and not _clock_stopped()


def _waits(lane: ColumnElement[bool]) -> bool:
    session.rollback()
    found = session.scalar(_due(lane).with_only_columns(Job.id).limit(1))
    session.rollback()
    return found is not None


def _clock_stopped() -> bool:
    """Whether the log does not follow this clock. Then nothing is due: what it would close, remind of or forget by a
    clock ten years ahead is not undone by setting it right."""
    session.rollback()
    step = clock_step.stepped(session)
    session.rollback()
    if step is not None:
        logger.warning(clocks.STOPPED % step.values)
    return step is not None


def _plant() -> None:
    """What the clock asks for: the heads once a day, a checkpoint every hour, news or not, and a clean desk."""
    now = clock.now()
    this_hour, today = checkpoints.hour(now), checkpoints.hour(now).replace(hour=0)
    periodic = [
        ("record_heads", f"heads:{clock.day(now)}", today),
        ("sweep", f"sweep:{clock.day(now)}", today),
        ("publish_checkpoint", f"checkpoint:{this_hour:%Y-%m-%dT%H}", this_hour),
        *_tonight(now),
        *_told_outside(clock.day(now), today),
        *_next_morning(now),
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


def _tonight(now: datetime) -> list[tuple[str, str, datetime]]:
    """The comparison of the next night: planted before it is due, so that no desk begins its day with it."""
    quiet = now.replace(hour=QUIET_HOUR, minute=0, second=0, microsecond=0)
    night = quiet if quiet > now else quiet + timedelta(days=1)
    return [("check_trail", f"check:{clock.day(night)}", night)]


def _told_outside(day: str, today: datetime) -> list[tuple[str, str, datetime]]:
    """What is sent out once a day, where anybody was named to whom: a mail to archives, a request to an authority."""
    found = []
    if config.checkpoint_mail() and config.smtp_url():
        found.append(("mail_checkpoints", f"checkpoint-mail:{day}", today))
    if config.tsa_url():
        # After the checkpoint that ends in the day's heads, and after the witnesses had time to sign it.
        found.append(("stamp_checkpoint", f"stamp:{day}", today + witnesses.OTHERS_MAY_SIGN))
    return found


def _next_morning(now: datetime) -> list[tuple[str, str, datetime]]:
    """The digest of the next morning, where mail is sent."""
    if not config.smtp_url():
        return []
    early = now.replace(hour=digest.HOUR, minute=0, second=0, microsecond=0)
    morning = early if early > now else early + timedelta(days=1)
    return [("mail_digests", f"digests:{clock.day(morning)}", morning)]


def _put(jobs: list[tuple[str, str, datetime]]) -> None:
    with account_write():
        for kind, key, due in jobs:
            if session.scalar(select(Job.id).where(Job.key == key)) is None:
                session.add(Job(kind=kind, key=key, payload={}, due_at=due))
                session.flush()


def _take(lane: ColumnElement[bool] = EVERY) -> Taken | None:
    """The job that has been due longest, leased to this worker; two workers never hold the same one."""
    if not _waits(lane):
        return None
    with account_write():
        row = session.scalars(_due(lane).limit(1).with_for_update(skip_locked=True)).one_or_none()
        if row is None:
            return None
        row.tries += 1
        row.due_at = clock.now() + min(LEASE * 2 ** min(row.tries - 1, 10), LONGEST_WAIT)
        return Taken(row.id, row.kind, dict(row.payload), row.due_at)


def _due(lane: ColumnElement[bool]) -> Any:
    return select(Job).where(Job.done_at.is_(None), Job.due_at <= clock.now(), lane).order_by(Job.due_at, Job.id)


def _do(job: Taken) -> int:
    began = clock.now()  # what a letter tells of was read no earlier
    try:
        HANDLERS[job.kind](job.payload)
    except Exception as problem:  # the worker outlives any job; the row says what went wrong and when it is tried again
        session.rollback()
        logger.exception("job %s (%s) failed", job.id, job.kind)
        _note(job, problem=type(problem).__name__)
        return 0
    _note(job, done_at=began, payload={}, problem=None)
    return 1


def _note(job: Taken, **changes: Any) -> None:
    # Only while the lease is ours: an act that asked for the job again meanwhile is not overwritten.
    with account_write():
        session.execute(update(Job).where(Job.id == job.id, Job.due_at == job.leased).values(**changes))


def forget_removed() -> None:
    """Let go of what was given away and tells what has been restricted or removed since."""
    bundles.forget_silenced()
    data_snapshots.forget_removed()


def sweep() -> None:
    """Forget what the machine no longer needs: jobs, attempts, sessions, links, uploads. Nothing of the record."""
    accounts.sweep()
    import_runs.sweep(clock.now() - REPORTS_KEPT)
    seats.sweep()
    redactions.sweep()
    submissions.sweep()
    bundles.sweep()
    logs.sweep(config.home())
    with account_write():
        session.execute(delete(Job).where(Job.done_at < clock.now() - JOBS_KEPT))
