"""What was published last, for feed readers: determinations made here, corrections, withdrawals. It takes no viewer.

An entry's name is drawn from the hash of its event, so that it stays whatever the address or the log is called. The
hour of an act is not public: an entry was updated on its day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson
from sqlalchemy import select

from review.models import Determination, Disclosure, Event, Incident, session
from review.models.dossiers import read_disclosure
from review.queries import open_data
from review.rules.open_data import Determined

LATEST = 50
PUBLISHED, CORRECTED, WITHDRAWN = "grade.published", "correction.published", "incident.withdrawn"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was published: what, of which version, on which day; `text` of a correction, if it is kept."""

    id: str
    what: str
    day: str
    row: Determined
    text: str | None


@dataclass(frozen=True, slots=True)
class PublishedFeed:
    """The latest entries, the newest first; `updated` is the day of the newest, else the day the log was opened."""

    id: str
    updated: str
    entries: tuple[Entry, ...]


def published_feed() -> PublishedFeed | None:
    """What a feed reader is told; None while the log has not been opened."""
    first = session.execute(select(Event.leaf, Event.day).where(Event.seq == 0)).one_or_none()
    if first is None:
        return None
    entries = _entries()
    return PublishedFeed(named(first.leaf), entries[0].day if entries else first.day, entries)


def named(leaf: bytes) -> str:
    """The name of an event for a feed reader."""
    return uuid5(NAMESPACE_OID, bytes(leaf).hex()).urn


def _entries() -> tuple[Entry, ...]:
    found = sorted(
        (event for type_ in (PUBLISHED, CORRECTED, WITHDRAWN) for event in _latest(type_)),
        key=lambda event: event.seq,
        reverse=True,
    )[:LATEST]
    versions = {event.seq: seq for event in found if (seq := _version(event)) is not None}
    rows = open_data.some(sorted(set(versions.values())))
    return tuple(
        Entry(named(event.leaf), event.type, event.day, rows[versions[event.seq]], _text(event))
        for event in found
        if versions.get(event.seq) in rows
    )


def _latest(type_: str) -> list[Any]:
    """The last events of a type; a withdrawal only while it stands."""
    statement = (
        select(Event.seq, Event.type, Event.day, Event.leaf, Event.line, Event.incident_id, Incident.version)
        .join(Incident, Incident.id == Event.incident_id)
        .where(Event.type == type_, Incident.grade.is_not(None), Incident.restricted.is_(False))
        .order_by(Event.seq.desc())
        .limit(LATEST)
    )
    if type_ == WITHDRAWN:
        statement = statement.where(Incident.stage == "withdrawn")
    return list(session.execute(statement).all())


def _version(event: Any) -> int | None:
    """The entry of the version that an event speaks of."""
    if event.type == PUBLISHED:
        return int(event.seq)
    number = orjson.loads(event.line)["body"]["version"] if event.type == CORRECTED else event.version
    table = Determination.__table__.c
    return session.scalar(select(table.seq).where(table.incident_id == event.incident_id, table.version == number))


def _text(event: Any) -> str | None:
    if event.type != CORRECTED:
        return None
    text = session.scalar(select(Disclosure.text).where(Disclosure.seq == event.seq, Disclosure.name == "text"))
    return read_disclosure(text)[1] if text else None
