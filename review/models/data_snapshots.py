"""Dated snapshots of the open data: which checkpoint each follows from, its files, and what took one back. No record:
every file can be made anew from the public bundle under the same checkpoint."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import BigInteger, ForeignKey, Integer, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.decisions import Determination
from review.models.incidents import Incident
from review.models.trail import Disclosure, Event, Seq
from review.rules.places import here
from review.rules.redaction import DESCRIBING


class DataSnapshot(Base):
    """One snapshot. `gone_on` is the day on which words in it were removed for good; its files are then no more."""

    __tablename__ = "data_snapshot"
    __account__ = True

    size: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)  # of its checkpoint
    day: Mapped[str] = mapped_column(String(10))  # of its checkpoint
    versions: Mapped[int] = mapped_column(Integer)
    gone_on: Mapped[str | None] = mapped_column(String(10))
    gone_of: Mapped[str | None] = mapped_column(String(18))  # the name of the incident whose words were removed


class DataFile(Base):
    """One file of a snapshot, kept in the object store under its SHA-256 unless the snapshot is gone."""

    __tablename__ = "data_file"
    __account__ = True

    size: Mapped[int] = mapped_column(ForeignKey("data_snapshot.size"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    octets: Mapped[int] = mapped_column(BigInteger)


def kept_files() -> Any:
    """The files that snapshots still hold: SHA-256 and length."""
    held = select(DataSnapshot.size).where(DataSnapshot.gone_on.is_(None))
    return select(DataFile.sha256, DataFile.octets).where(DataFile.size.in_(held))


def restricted_since(session: Any, size: int) -> bool:
    """Whether an incident that a snapshot under this size tells of is restricted: while it is, nobody is given it."""
    told = select(Determination.incident_id).where(Determination.seq < size)
    hidden = session.scalars(select(Incident.id).where(Incident.restricted, Incident.id.in_(told))).all()
    return any(not _restricted_under(session, incident, size) for incident in hidden)


def _restricted_under(session: Any, incident: int, size: int) -> bool:
    """Whether an incident was restricted already when a snapshot under this size was made, which tells nothing of it:
    a snapshot that were taken back all the same would tell that there is one."""
    switched = (Event.incident_id == incident, Event.type == "incident.restricted", Event.seq < size)
    last = session.scalar(select(Event.line).where(*switched).order_by(Event.seq.desc()).limit(1))
    return last is not None and bool(orjson.loads(last)["body"]["on"])


def removed_since(session: Any, size: int) -> tuple[str, str] | None:
    """(day, incident) of the first removal of words that a snapshot under this size holds; None where none was."""
    removals = (
        select(Event.seq, Event.line, Event.day, Event.incident_id, Incident.name)
        .join(Incident, Incident.id == Event.incident_id)
        .where(Event.type == "detail.redacted", Event.seq >= size)
        .order_by(Event.seq)
    )
    for seq, line, day, incident, name in session.execute(removals).all():
        if _held(session, incident, size) & _emptied(session, seq, line):
            return day, name
    return None


def _held(session: Any, incident: int, size: int) -> set[int]:
    """The events whose facts the published versions of an incident under this size have."""
    versions = session.scalars(
        select(Determination.seq).where(Determination.incident_id == incident, Determination.seq < size)
    )
    described = select(func.max(Event.seq)).where(Event.incident_id == incident, Event.type.in_(DESCRIBING))
    return {session.scalar(described.where(Event.seq <= seq)) for seq in versions.all()}


def _emptied(session: Any, seq: int, line: bytes) -> set[int]:
    """The event that a removal is of, where its facts are no more."""
    of = int(here(orjson.loads(line), seq)["body"]["of"])
    left = session.scalar(select(Disclosure.digest).where(Disclosure.seq == of, Disclosure.name == "facts"))
    return {of} if left is None else set()
