"""The trail as the database keeps it, read in blocks: events, disclosures and published checkpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select

from review.audit.keys import Keys
from review.models import Checkpoint, Disclosure, Event, Incident, LogHead

BLOCK = 2000


class Row(NamedTuple):
    """One event as it is kept: the very bytes that were hashed, beside what finds it."""

    seq: int
    line: bytes
    leaf: bytes
    type: str
    incident: str | None
    iseq: int | None


class Said(NamedTuple):
    """One disclosure in clear."""

    seq: int
    digest: str
    name: str
    text: str


class Trail(Protocol):
    """Whatever can tell a log from its first leaf on."""

    origin: str

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        """The events below `size` in the order of their seq, all of them or those of `types`."""

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        """The disclosures of the events from `low` up to, not including, `high`, by seq and digest."""

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        """Every published checkpoint as (size, text), by size."""


class StoredTrail:
    """The trail of this desk's database."""

    def __init__(self, session: Any, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self.origin = str(session.execute(select(LogHead.origin).where(LogHead.id == 1)).scalar_one())

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        """The events below `size`, block by block."""
        statement = (
            select(Event.seq, Event.line, Event.leaf, Event.type, Incident.name, Event.iseq)
            .outerjoin(Incident, Incident.id == Event.incident_id)
            .order_by(Event.seq)
            .limit(BLOCK)
        )
        if types:
            statement = statement.where(Event.type.in_(types))
        last = -1
        while True:
            rows = self._session.execute(statement.where(Event.seq > last, Event.seq < size)).all()
            if not rows:
                return
            for seq, line, leaf, type_, incident, iseq in rows:
                yield Row(seq, bytes(line), bytes(leaf), type_, incident, iseq)
            last = rows[-1][0]

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        """The disclosures of a block of events; one that is still encrypted is opened."""
        statement = select(
            Disclosure.seq, Disclosure.digest, Disclosure.name, Disclosure.text, Disclosure.sealed
        ).where(Disclosure.seq >= low, Disclosure.seq < high)
        found = [
            Said(seq, digest, name, self._keys.open_text(text, digest) if sealed else text)
            for seq, digest, name, text, sealed in self._session.execute(statement)
        ]
        # Sorted here: the two engines do not order text alike.
        return sorted(found)

    def checkpoints(self) -> Sequence[tuple[int, str]]:
        """Every checkpoint that left the building."""
        rows = self._session.execute(select(Checkpoint.size, Checkpoint.text).order_by(Checkpoint.size))
        return [(size, text) for size, text in rows]


def round_is_open(session: Any) -> bool:
    """Whether any incident's head is frozen now because a round is open on it."""
    return (
        session.execute(select(Incident.id).where(Incident.shown_count.is_not(None)).limit(1)).first()
        is not None
    )
