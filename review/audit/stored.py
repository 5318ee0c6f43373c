"""The trail as the database keeps it, read in blocks: events, disclosures and published checkpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

import orjson
from sqlalchemy import bindparam, select

from review.audit import checkpoint_files
from review.audit.keys import Keys
from review.models import Disclosure, Event, Incident
from review.rules.places import here

BLOCK = 2000
ERASING = ("detail.redacted", "person.left")
BY_SEQ_AND_TEXT = itemgetter(0, 3)

# Plain rows: an export reads nothing else, and by the hundred thousand.
_EVENT, _DISCLOSURE = Event.__table__, Disclosure.__table__
_EVENTS = (
    select(_EVENT.c.seq, _EVENT.c.line, _EVENT.c.leaf, _EVENT.c.type, _EVENT.c.iseq)
    .where(_EVENT.c.seq > bindparam("last"), _EVENT.c.seq < bindparam("size"))
    .order_by(_EVENT.c.seq)
    .limit(BLOCK)
)
_DISCLOSURES = select(
    _DISCLOSURE.c.seq, _DISCLOSURE.c.digest, _DISCLOSURE.c.name, _DISCLOSURE.c.text, _DISCLOSURE.c.sealed
).where(_DISCLOSURE.c.seq >= bindparam("low"), _DISCLOSURE.c.seq < bindparam("high"))


class Row(NamedTuple):
    """One event as it is kept: the very bytes that were hashed, beside what finds it."""

    seq: int
    line: bytes
    leaf: bytes
    type: str
    incident: str | None
    iseq: int | None


class Log(NamedTuple):
    """One of the logs that follow each other in a trail: its name, where it begins, and the day.

    `lost`: how many entries that were published of the one before it are lost, where that is known.
    """

    origin: str
    base: int
    day: str = ""
    lost: int | None = None


class Said(NamedTuple):
    """One disclosure in clear."""

    seq: int
    digest: str
    name: str
    text: str


class Told(Protocol):
    """Whatever can tell events and what they disclosed."""

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        """The events below `size` in the order of their seq, all of them or those of `types`."""

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        """The disclosures of the events from `low` up to, not including, `high`, by seq and text."""


class Trail(Told, Protocol):
    """Whatever can tell a log from its first leaf on, and the logs that it continues before it.

    Places are counted from the very first leaf, over every joint.
    """

    logs: Sequence[Log]  # the last one is the present one

    def chain(self, incident: str, size: int) -> Iterator[Row]:
        """One incident's own events below `size`, in order."""

    def erased_since(self, size: int) -> bool:
        """Whether details were removed for good by an event from `size` on."""

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        """Every published checkpoint as (size, text), by size."""

    def timestamps(self) -> Mapping[int, bytes]:
        """The timestamp tokens of published checkpoints, by size."""


def incident_of(line: bytes) -> str | None:
    """The incident that a leaf names: its keys stand in order, so that it needs no parsing."""
    after = line.rindex(b'},"day":"') + len('},"day":"YYYY-MM-DD","incident":')
    return line[after + 1 : after + 19].decode("ascii") if line[after : after + 1] == b'"' else None


def body_of(row: Row) -> Any:
    """The public fields of an event, what they name counted as this desk counts."""
    return here(orjson.loads(row.line), row.seq)["body"]


def blocks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """So many rows at a time."""
    left = iter(rows)
    while block := list(islice(left, BLOCK)):
        yield block


def _log(seq: int, opened: Any) -> Log:
    before = opened["body"]["continues"] or {}
    return Log(opened["log"], seq, opened["day"], before.get("lost"))


class StoredTrail:
    """The trail of this desk's database."""

    def __init__(self, session: Any, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        opened = select(Event.seq, Event.line).where(Event.type == "log.opened").order_by(Event.seq)
        self.logs: Sequence[Log] = [_log(seq, orjson.loads(line)) for seq, line in session.execute(opened)]

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        """The events below `size`, block by block."""
        statement = _EVENTS if not types else _EVENTS.where(_EVENT.c.type.in_(types))
        last = -1
        while True:
            found = self._session.connection().execute(statement, {"last": last, "size": size}).all()
            if not found:
                return
            for seq, line, leaf, type_, iseq in found:
                yield Row(seq, bytes(line), bytes(leaf), type_, incident_of(line), iseq)
            last = found[-1][0]

    def chain(self, incident: str, size: int) -> Iterator[Row]:
        """The events of one incident, which are few."""
        statement = (
            select(Event.seq, Event.line, Event.leaf, Event.type, Event.iseq)
            .join(Incident, Incident.id == Event.incident_id)
            .where(Incident.name == incident, Event.seq < size)
            .order_by(Event.iseq)
        )
        for seq, line, leaf, type_, iseq in self._session.execute(statement).all():
            yield Row(seq, bytes(line), bytes(leaf), type_, incident, iseq)

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        """The disclosures of a block of events; one that is still encrypted is opened."""
        rows = self._session.connection().execute(_DISCLOSURES, {"low": low, "high": high}).all()
        found = [
            Said(seq, digest, name, self._keys.open_text(text, digest) if sealed else text)
            for seq, digest, name, text, sealed in rows
        ]
        # Sorted here: the two engines do not order text alike.
        found.sort(key=BY_SEQ_AND_TEXT)
        return found

    def erased_since(self, size: int) -> bool:
        """Whether an event from `size` on took disclosures out of the one table they stand in."""
        statement = select(Event.seq).where(Event.type.in_(ERASING), Event.seq >= size).limit(1)
        return self._session.execute(statement).first() is not None

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        """Every checkpoint that left the building, with the witnesses' lines."""
        return checkpoint_files.texts(self._session)

    def timestamps(self) -> Mapping[int, bytes]:
        """The authority's replies over the checkpoints' files as they stand now."""
        return checkpoint_files.replies(self._session)


def round_is_open(session: Any) -> bool:
    """Whether any incident's head is frozen now because a round is open on it."""
    return (
        session.execute(select(Incident.id).where(Incident.shown_count.is_not(None)).limit(1)).first()
        is not None
    )
