"""`flask doctor`: how the desk is, in sentences, each with what to do."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from review import clock, config, mail
from review.audit import escrow, keyring, keys, remembered
from review.audit.events.log import BackupMade
from review.keeping.restore import restored_from
from review.models import Checkpoint, Disclosure, Event, Job, LogHead, session
from review.models.dossiers import read_disclosure
from review.queries import health, outside
from review.queries.checks import last_check, trail
from review.rules import clocks

OK, WARNING, FAILURE = "OK", "warning", "FAILURE"
BACKUP_AGE = timedelta(days=7)
CHECKPOINT_AGE = timedelta(hours=3)
TRIED = 3
TOLD_APART = ("send_mail", "mail_checkpoint", "stamp_checkpoint")  # each has a finding of its own

_DATABASE = {
    "ok": (OK, "It answers."),
    "unreachable": (FAILURE, "It does not answer. Look at DATABASE_URL and whether the server runs."),
}
_MIGRATIONS = {
    "ok": (OK, "The tables are those of this version."),
    "missing": (FAILURE, "There are no tables yet. Run make run, or flask db upgrade."),
    "behind": (FAILURE, "The tables are of another version. Run make upgrade."),
    "unknown": (FAILURE, "The tables could not be looked at."),
}
_LETTERS = {
    "ok": (OK, "Their index knows both scripts."),
    "unknown": (
        WARNING,
        "Their index sees no Arabic letters: the database was made with the character type C. Rare Arabic words are "
        "found, but slowly. Bring a backup back into a database with LC_CTYPE 'C.UTF-8'.",
    ),
}
_WORKER = {
    "ok": (OK, "It was heard of within two minutes."),
    "not seen": (FAILURE, "It never ran here: no round closes. Start make run, or flask work beside the server."),
    "silent": (FAILURE, "It is silent: no round closes. Start make run, or flask work beside the server."),
}
_DISK = {
    "ok": (OK, "There is room."),
    "low": (WARNING, "Less than 1 GB is free. Make room, or move ASSAY_HOME to a larger disk."),
    "full": (FAILURE, "Less than 200 MB is free: soon nothing can be written. Make room now."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """How one part is."""

    part: str
    word: str
    sentence: str


def findings() -> list[Finding]:
    """Every part of the desk, the ones that everything rests on first."""
    database, tables = health.database(), health.migrations()
    found = [
        Finding("Database", *_DATABASE[database]),
        Finding("Tables", *_MIGRATIONS[tables]),
        Finding("Worker", *_WORKER[health.worker()]),
        Finding("Disk", *_DISK[health.disk()]),
    ]
    if (database, tables) != ("ok", "ok"):
        return found
    try:
        found += [*_clock(), _letters(), _keys(config.home()), _backup(), _checkpoint(), _trail(), _jobs(), _mail()]
        found += [Finding(one.part, one.word, one.sentence % _plain(one.values)) for one in outside.lines()]
    except SQLAlchemyError:
        session.rollback()
        found.append(Finding("Database", FAILURE, "It stopped answering while it was looked at."))
    return found


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a sentence as a terminal takes them."""
    return {name: ", ".join(map(str, one)) if isinstance(one, tuple) else one for name, one in values.items()}


def _opened() -> bool:
    return session.scalar(select(LogHead.id).limit(1)) is not None


def _clock() -> list[Finding]:
    stepped = health.clock()
    return [Finding("Clock", FAILURE, clocks.STOPPED % stepped.values)] if stepped else []


def _letters() -> Finding:
    return Finding("Words", *_LETTERS[health.letters(session.connection())])


def _keys(home: Path) -> Finding:
    if not _opened():
        return Finding("Keys", OK, "The first entry of the log will make them.")
    try:
        keys.load(home)
    except keys.MissingKey as missing:
        return Finding("Keys", FAILURE, f"{missing} is gone: nothing can be written. Bring the keys folder back.")
    signer = keyring.ring(session).present
    seeds = {} if signer is None else keys.seeds(home, signer.vkey.split("+")[0])
    if signer is not None and signer.vkey not in seeds:
        return Finding(
            "Keys",
            FAILURE,
            "The signing key here is not the one that the log names: nothing can be signed. Either the key or the "
            "database is from another time; bring the other one back.",
        )
    if any(stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (home / "keys", *(home / "keys").iterdir())):
        return Finding("Keys", FAILURE, f"Others on this machine may read {home / 'keys'}. Run chmod -R go= on it.")
    if not escrow.is_exported(home):
        return Finding(
            "Keys",
            WARNING,
            "They stand on this machine alone; with it, sealed votes would be lost. Run flask audit key --export FILE "
            "and keep the file elsewhere.",
        )
    if signer is not None and signer.vkey != next(iter(seeds)):
        wanted = "A change of the signing key waits for its checkpoint. Run flask audit checkpoint."
        return Finding("Keys", WARNING, wanted)
    return Finding("Keys", OK, "They are here, and were written to a key file.")


def _backup() -> Finding:
    wanted = "Run flask backup FILE and keep the file on another machine."
    last = session.scalar(select(Event.seq).where(Event.type == BackupMade.type).order_by(Event.seq.desc()).limit(1))
    told = dict(map(read_disclosure, session.scalars(select(Disclosure.text).where(Disclosure.seq == last))))
    at = max(str(told.get("at", "")), restored_from(config.home()) or "")
    if not at:
        return Finding("Backup", WARNING, f"None was ever made. {wanted}")
    if at < clock.stamp(clock.now() - BACKUP_AGE):
        return Finding("Backup", WARNING, f"The last is of {at[:10]}, more than a week ago. {wanted}")
    return Finding("Backup", OK, f"The last is of {at[:16].replace('T', ' ')} UTC.")


def _checkpoint() -> Finding:
    rolled_back = remembered.rollback(session, config.home())
    if rolled_back is not None:
        return Finding("Checkpoint", FAILURE, rolled_back.sentence)
    if not _opened():
        return Finding("Checkpoint", OK, "The log is empty: there is nothing to sign yet.")
    at = session.scalar(select(Checkpoint.published_at).order_by(Checkpoint.size.desc()).limit(1))
    if at is None:
        return Finding("Checkpoint", WARNING, "None was published yet; the worker does so every hour.")
    told = f"{at:%Y-%m-%d %H:%M} UTC"
    moved = session.scalar(select(LogHead.size != LogHead.signed_size))
    if moved and clock.now() - at > CHECKPOINT_AGE:
        return Finding("Checkpoint", FAILURE, f"The last is of {told}, and the log grew since. Look at the worker.")
    return Finding("Checkpoint", OK, f"The last new one is of {told}.")


def _trail() -> Finding:
    last = last_check()
    if last is None:
        return Finding("Trail", OK, "Not compared yet: the worker does so every night, flask audit fsck at once.")
    told = f"{last.at:%Y-%m-%d %H:%M} UTC"
    if last.differences:
        return Finding("Trail", FAILURE, f"The database of {told} was not what it says. Run flask audit fsck.")
    if trail() != "ok":
        return Finding("Trail", WARNING, f"The last comparison is of {told}. Look at the worker.")
    return Finding("Trail", OK, f"The database of {told} is what it says.")


def _jobs() -> Finding:
    stuck = session.execute(
        select(Job.kind, Job.problem)
        .where(Job.done_at.is_(None), Job.tries > TRIED, Job.kind.not_in(TOLD_APART))
        .limit(1)
    ).one_or_none()
    if stuck is None:
        return Finding("Jobs", OK, "None fails.")
    return Finding("Jobs", FAILURE, f"{stuck.kind} fails again and again ({stuck.problem}). The log says where.")


def _mail() -> Finding:
    if not config.smtp_url():
        return Finding("Mail", OK, "None is sent: SMTP_URL is not set. Notices stand in the desk.")
    try:
        mail.server(config.smtp_url())
    except mail.NoSuchServer as problem:
        return Finding("Mail", FAILURE, str(problem))
    of_mail = select(Job.done_at, Job.problem).where(Job.kind == "send_mail")
    failing = session.execute(of_mail.where(Job.done_at.is_(None), Job.problem.is_not(None)).limit(1)).one_or_none()
    if failing is not None:
        told = f"The server does not take it ({failing.problem}); it is tried again. Look at SMTP_URL."
        return Finding("Mail", FAILURE, told)
    sent = session.scalar(select(func.max(Job.done_at)).where(Job.kind == "send_mail"))
    if sent is None:
        return Finding("Mail", OK, "None had to be sent yet.")
    return Finding("Mail", OK, f"The last was sent at {sent:%Y-%m-%d %H:%M} UTC.")
