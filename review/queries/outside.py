"""How what leaves the building fares, for whoever keeps the desk: checkpoint, witnesses, timestamps, mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from review import clock, config
from review.audit import timestamps, witnesses
from review.models import Checkpoint, Cosignature, Job, Timestamp, session
from review.rules.errors import Forbidden
from review.rules.permissions import Actor
from review.rules.words import N_

OK, WARNING, FAILURE = "OK", "warning", "FAILURE"
STAMPED_WITHIN = timedelta(hours=3)
KEEPER = "admin"


@dataclass(frozen=True, slots=True)
class Line:
    """How one part is: a sentence with its values, and whether it is well."""

    part: str
    word: str
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)


def lines_for(viewer: Actor) -> tuple[Line, ...]:
    """The last checkpoint and whatever of the rest is set up, for an admin."""
    if viewer.role != KEEPER:
        raise Forbidden("keep")
    return (_checkpoint(), *lines())


def lines() -> Iterator[Line]:
    """Witnesses, timestamps and mail, each where it is set up."""
    if config.witnesses_file():
        yield _witnesses()
    if config.tsa_url():
        yield _timestamps()
    if config.checkpoint_mail():
        yield _mail()


def _checkpoint() -> Line:
    part = N_("Checkpoint")
    last = session.execute(
        select(Checkpoint.size, Checkpoint.published_at).order_by(Checkpoint.size.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return Line(part, WARNING, N_("None was published yet; the worker does so every hour."))
    told = N_("The last new one, of %(size)s entries, was published at %(at)s.")
    return Line(part, OK, told, {"size": last.size, "at": _moment(last.published_at)})


def _witnesses() -> Line:
    part = N_("Witnesses")
    named = witnesses.named(config.witnesses_file())
    if 0 in named.unread:
        return Line(part, FAILURE, N_("ASSAY_WITNESSES names a file that cannot be read."))
    if named.unread:
        told = N_("These lines of ASSAY_WITNESSES are no verifier key of a witness: %(lines)s.")
        return Line(part, FAILURE, told, {"lines": tuple(named.unread)})
    last = session.execute(
        select(Cosignature.size, Cosignature.received_at).order_by(Cosignature.received_at.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return Line(part, WARNING, N_("%(count)s named; no line has come yet."), {"count": len(named.keys)})
    told = N_("%(count)s named; the last line came at %(at)s, under %(size)s entries.")
    return Line(part, OK, told, {"count": len(named.keys), "at": _moment(last.received_at), "size": last.size})


def _timestamps() -> Line:
    part = N_("Timestamps")
    try:
        trusted = timestamps.certificates(config.tsa_certificate())
    except timestamps.BadCertificate as problem:
        return Line(part, FAILURE, N_("The certificate cannot be used: %(problem)s"), {"problem": str(problem)})
    wanted = session.execute(
        select(Checkpoint.size, Checkpoint.published_at)
        .where(Checkpoint.heads)
        .order_by(Checkpoint.size.desc())
        .limit(1)
    ).one_or_none()
    if wanted is None:
        return Line(part, OK, N_("The first is asked for once a checkpoint ends in the day's heads."))
    of_it = select(Timestamp.authority, Timestamp.stamped_at).where(Timestamp.size == wanted.size)
    last = session.execute(of_it.order_by(Timestamp.stamped_at.desc()).limit(1)).one_or_none()
    if last is None and clock.now() - wanted.published_at > STAMPED_WITHIN:
        told = N_("The checkpoint of %(size)s entries has none yet (%(problem)s); it is asked for again and again.")
        return Line(part, WARNING, told, {"size": wanted.size, "problem": _problem("stamp_checkpoint") or "-"})
    if last is None:
        return Line(part, OK, N_("The next is asked for within the hour."))
    values = {"at": _moment(last.stamped_at), "authority": last.authority, "size": wanted.size}
    if not trusted:
        told = N_("The last is of %(at)s, by %(authority)s; ASSAY_TSA_CERTIFICATE is not set and no signature checked.")
        return Line(part, WARNING, told, values)
    return Line(part, OK, N_("The last is of %(at)s, by %(authority)s, over %(size)s entries."), values)


def _mail() -> Line:
    part = N_("Checkpoint mail")
    count = {"count": len(config.checkpoint_mail())}
    if not config.smtp_url():
        told = N_("%(count)s addresses are named and nothing is sent: SMTP_URL is not set.")
        return Line(part, WARNING, told, count)
    problem = _problem("mail_checkpoint")
    if problem:
        told = N_("The server does not take it (%(problem)s); it is tried again. Look at SMTP_URL.")
        return Line(part, FAILURE, told, {"problem": problem})
    sent = session.scalar(select(func.max(Job.done_at)).where(Job.kind == "mail_checkpoint"))
    if sent is None:
        return Line(part, OK, N_("%(count)s addresses; the first letter goes out after midnight UTC."), count)
    told = N_("%(count)s addresses; the last letter was sent at %(at)s.")
    return Line(part, OK, told, {**count, "at": _moment(sent)})


def _problem(kind: str) -> str | None:
    failing = select(Job.problem).where(Job.kind == kind, Job.done_at.is_(None), Job.problem.is_not(None))
    problem: str | None = session.scalar(failing.limit(1))
    return problem


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
