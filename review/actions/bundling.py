"""The making of a bundle: a file beside the one it becomes, then its place, then `export.made`, once.

Whoever dies on the way leaves an unfinished file and a row that waits; the next one begins anew, to the same bytes.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review import clock, config, store
from review.actions import bundles, data_snapshots, log, public_bundles, spooling
from review.actions.accounts import account_write
from review.actions.act import Act
from review.audit import checkpoint_files, keys
from review.audit.bag import Altered, TooManyFiles
from review.audit.export import NotExported, export
from review.audit.stored import StoredTrail
from review.models import Bundle, Checkpoint, Incident, Notice, Person, session
from review.models.bundles import silenced
from review.rules.bundles import PUBLIC
from review.rules.errors import Forbidden
from review.rules.permissions import SYSTEM, Actor, may
from review.rules.words import N_

logger = logging.getLogger(__name__)

TELLING = 1.0  # seconds between two words on how far it is
ANOTHERS = timedelta(minutes=1)  # while another worker is at it
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

NOT_ALLOWED = N_("Whoever asked for it may export no more.")
TOLD_NO_MORE = N_("Something in it was restricted or removed since. Ask for a new one.")
NOT_MADE = N_("The bundle could not be made from the log as it stands. An admin runs flask audit fsck.")
ALTERED = N_("A kept file is not the one that was recorded. An admin runs flask audit fsck.")
TOO_MANY = N_("The bundle would hold more files than any verifier accepts. Ask for one incident at a time.")
DISK_FULL = N_("There is no room left on the disk. Tell an admin, then try again.")
NO_KEYS = N_("The keys of this desk are not where they belong. Tell an admin, then try again.")


class _Gone(Exception):
    """Nobody waits for it any more, or somebody else has finished it."""


class _Silenced(Exception):
    """What it tells was restricted or removed since its checkpoint."""


SENTENCES: dict[type[Exception], str] = {
    Forbidden: NOT_ALLOWED, _Silenced: TOLD_NO_MORE, NotExported: NOT_MADE, Altered: ALTERED, TooManyFiles: TOO_MANY,
    keys.MissingKey: NO_KEYS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Order:
    """One bundle as it was asked for."""

    id: int
    name: str
    person: int | None
    incident_id: int | None
    incident: str | None
    profile: str
    size: int
    checkpoint: str
    recipient: str | None
    purpose: str | None

    @property
    def place(self) -> Path:
        return config.exports() / self.name

    @property
    def named(self) -> tuple[str, ...]:
        """A restricted incident is told only where it was asked for by somebody to whom it is shown."""
        return (self.incident,) if self.incident and self.profile != PUBLIC else ()


@dataclass(frozen=True, slots=True)
class _File:
    size: int  # of its checkpoint, as that says it
    octets: int
    sha256: str
    shown: int


def make(name: str) -> None:
    """Make a bundle that waits; where another worker is at it, look again in a while."""
    order = _order(name)
    if order is None:
        return
    try:
        with _alone(order) as file:
            if file is None:
                _look_again(name)
                return
            made = _written(order, file)
        _keep(order, made)
        if order.person is None and order.incident is None:
            public_bundles.retire(order.size)
            data_snapshots.follow(order.size)
    except _Gone:
        _leave(order)
    except (Forbidden, NotExported, _Silenced, Altered, TooManyFiles, keys.MissingKey, OSError) as problem:
        _stop(order, problem)


def _order(name: str) -> _Order | None:
    session.rollback()
    found = session.execute(
        select(Bundle, Incident.name, Checkpoint.text)
        .join(Checkpoint, Checkpoint.size == Bundle.size)
        .outerjoin(Incident, Incident.id == Bundle.incident_id)
        .where(Bundle.name == name, Bundle.stage == "waiting")
    ).one_or_none()
    if found is None:
        return None
    row, incident, signed = found
    text = checkpoint_files.text(session, row.size) or signed  # with the witnesses' lines
    return _Order(
        row.id, name, row.person_id, row.incident_id, incident, row.profile, row.size, text, row.recipient, row.purpose
    )


def _leave(order: _Order) -> None:
    """Take away what nobody has any use for; a bundle that somebody else finished stays."""
    _part(order).unlink(missing_ok=True)
    session.rollback()
    if session.scalar(select(Bundle.id).where(Bundle.id == order.id)) is None:
        bundles.remove(order.name)
    session.rollback()


def _look_again(name: str) -> None:
    with account_write():
        bundles.have_made(name, clock.now() + ANOTHERS)


@contextmanager
def _alone(order: _Order) -> Iterator[BinaryIO | None]:
    """The unfinished file, empty and held by this worker; None while another holds it or has just finished it."""
    config.exports().mkdir(mode=0o700, exist_ok=True)
    part = _part(order)
    with os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = part.exists() and part.stat().st_ino == os.fstat(file.fileno()).st_ino
        except BlockingIOError:
            held = False
        if not held:
            yield None
            return
        file.truncate()
        yield file


def _part(order: _Order) -> Path:
    return order.place.with_name(f"{order.name}.part")


def _written(order: _Order, file: BinaryIO) -> _File:
    """Write it whole, then give it its place: under that name there is never half of one."""
    actor = _whose(order)
    if silenced(session, profile=order.profile, size=order.size, incident_id=order.incident_id):
        raise _Silenced
    session.rollback()
    opened = keys.load(config.home())
    # A session of its own: what is noted on the way ends the other one's transactions.
    with Session(session.get_bind()) as reading, spooling.spool() as spool:
        made = export(
            StoredTrail(reading, opened),
            order.checkpoint,
            file,
            objects=store.objects(),
            spool=spool,
            profile=order.profile,
            named=order.named,
            incident=order.incident,
            progress=_Progress(order.id),
        )
    file.flush()
    os.fsync(file.fileno())
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    os.replace(_part(order), order.place)
    logger.info("bundle of %s entries made for person %s", made.size, actor.person)
    return _File(made.size, order.place.stat().st_size, digest, made.shown)


class _Progress:
    """Notes now and then how many events were read."""

    def __init__(self, bundle: int) -> None:
        self._bundle, self._read, self._told = bundle, 0, time.monotonic()

    def __call__(self, more: int) -> None:
        self._read += more
        if time.monotonic() < self._told + TELLING:
            return
        with account_write():
            waiting = update(Bundle).where(Bundle.id == self._bundle, Bundle.stage == "waiting")
            session.execute(waiting.values(read=self._read))
        self._told = time.monotonic()


def _whose(order: _Order) -> Actor:
    """Who asked, if they may still have it."""
    if order.person is None:
        return SYSTEM
    row = session.get(Person, order.person)
    if row is None or not row.active or row.role is None or not may(row.role, "export"):
        raise Forbidden("export")
    return Actor(row.id, row.role, row.name)


def _keep(order: _Order, made: _File) -> None:
    """Say that it is ready, in the act that records who took what for whom.

    What everybody may take of one incident is part of the public bundle that is recorded already.
    """
    if order.person is None and order.incident is not None:
        with account_write():
            _finish(order, made)
        return
    log.record_export(
        _whose(order), profile=order.profile, size=made.size, recipient=order.recipient, purpose=order.purpose,
        keep=lambda act: _kept(act, order, made),
    )  # fmt: skip


def _kept(act: Act, order: _Order, made: _File) -> None:
    _finish(order, made)
    if order.person is not None:
        act.notify(order.person, "bundle_ready")


def _finish(order: _Order, made: _File) -> None:
    waiting = update(Bundle).where(Bundle.id == order.id, Bundle.stage == "waiting")
    done = waiting.values(
        stage="done", read=order.size, octets=made.octets, sha256=made.sha256, shown=made.shown, ended_at=clock.now(),
        recipient=None, purpose=None, problem=None,
    )  # fmt: skip
    if not session.execute(done).rowcount:  # type: ignore[attr-defined]
        raise _Gone


def _stop(order: _Order, problem: Exception) -> None:
    """Say what stands in the way to whoever asked; what nobody asked for is tried again by the worker."""
    sentence = _sentence(problem)
    bundles.remove(order.name)
    _part(order).unlink(missing_ok=True)
    if order.person is None and isinstance(problem, _Silenced):
        bundles.forget([order.name])
        return
    if sentence is None or order.person is None:
        raise problem
    logger.warning("a bundle of person %s stopped: %s", order.person, problem)
    with account_write():
        waiting = update(Bundle).where(Bundle.id == order.id, Bundle.stage == "waiting")
        session.execute(waiting.values(stage="failed", problem=sentence, ended_at=clock.now()))
        session.add(Notice(person_id=order.person, incident_id=None, kind="bundle_stopped", at=clock.now()))


def _sentence(problem: Exception) -> str | None:
    if isinstance(problem, OSError):
        return DISK_FULL if problem.errno in NO_ROOM else None
    return next(words for kind, words in SENTENCES.items() if isinstance(problem, kind))
