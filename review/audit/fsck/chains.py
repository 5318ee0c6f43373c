"""Each incident's chain in the order of the log: every link, and the head that its row keeps.

Told incident by incident, where all its events are read anyway, so that no more of a chain is kept behind it than its
line among the heads: what the last `log.heads` fixed are those of all incidents.
"""

from __future__ import annotations

from array import array
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from operator import lt
from typing import Any, NamedTuple

from sqlalchemy import select

from review.audit import canonical
from review.audit.events import TYPES
from review.audit.fsck.lines import event_of
from review.audit.tree import Edge
from review.models import Event, Incident

_INCIDENT, _EVENT = Incident.__table__.c, Event.__table__.c
# The head of its chain, as a row of the incidents keeps it, and what a sentence calls each.
HEAD = (
    _INCIDENT.count, _INCIDENT.last_leaf, _INCIDENT.first_seq, _INCIDENT.evidence, _INCIDENT.digest,
    _INCIDENT.shown_count, _INCIDENT.shown_leaf,
)  # fmt: skip
_CALLED = (
    "length",
    "last leaf",
    "first event",
    "evidence digest",
    "dossier digest",
    "shown length",
    "shown leaf",
)
HASH = 32


class Told(NamedTuple):
    """One event of an incident: what its line says is None where that is not the line of an event."""

    seq: int
    line: bytes
    said: Any
    leaf: bytes
    judged: str | None


def of_incidents(session: Any, low: int, high: int) -> dict[int, list[Told]]:
    """The events of the incidents with these ids, each one's by their place in it."""
    columns = (_EVENT.incident_id, _EVENT.seq, _EVENT.line, _EVENT.leaf, _EVENT.judged)
    events = select(*columns).where(_EVENT.incident_id.between(low, high))
    rows = session.connection().execute(events.order_by(_EVENT.incident_id, _EVENT.iseq)).all()
    found: dict[int, list[Told]] = {}
    for id_, seq, line, leaf, judged in rows:
        found.setdefault(id_, []).append(Told(seq, line, event_of(line), bytes(leaf), judged))
    return found


class Chains:
    """The chains of all incidents, one after the other."""

    def __init__(self, session: Any, joints: Sequence[int]) -> None:
        self._joints = tuple(joints)
        last = select(_EVENT.seq, _EVENT.line).where(_EVENT.type == "log.heads").order_by(_EVENT.seq.desc()).limit(1)
        found = session.connection().execute(last).first()
        self._heads = None if found is None else Fixed(found.seq, event_of(found.line))

    def sentences(self, name: str, kept: Sequence[Any], events: Sequence[Told]) -> Iterator[str]:
        """Where an incident's events are not linked, or its row keeps another head than theirs."""
        # In the order of the log, whatever places their columns say.
        told = [event for event in sorted(events) if event.said is not None and event.said["type"] in TYPES]
        if not told:
            yield f"{name} has no event."
            return
        chain, fixed = _Chain(name), self._fixed(told)
        for number, event in enumerate(told, 1):
            if not chain.take(event):
                yield f"Event {event.seq}: its link is not to the event before it in {name}."
            if number == fixed and self._heads is not None:
                self._heads.take(told[0].seq, chain, self._joints)
        wanted = chain.head(told[0].seq, self._joints)
        if tuple(kept) == wanted:
            return
        for called, one, other in zip(_CALLED, kept, wanted, strict=True):
            if one != other:
                yield f"{name}: its {called} is not that of its chain."

    def _fixed(self, told: Sequence[Told]) -> int:
        """How many of these came before the last heads were fixed."""
        return 0 if self._heads is None else sum([event.seq < self._heads.seq for event in told])

    def heads(self) -> Iterator[str]:
        """Once all incidents were told: whether the last heads that were fixed are theirs."""
        if self._heads is not None and not self._heads.hold():
            yield f"Event {self._heads.seq}: the heads that it fixed are not those of the incidents then."


class _Chain:
    """One incident's chain so far."""

    __slots__ = ("count", "digest", "evidence", "last", "last_seq", "name", "opened")

    def __init__(self, name: str) -> None:
        self.name, self.count, self.last_seq = name, 0, -1
        self.last: bytes | None = None
        self.evidence = self.digest = canonical.digest_start(name)
        self.opened: tuple[int, int, bytes] | None = None  # of an open round: its place, the head that it froze

    def take(self, event: Told) -> bool:
        """Take one more event into account; answers whether it links to the one before it."""
        said, leaf = event.said, event.leaf
        previous = b64encode(self.last).decode() if self.last else None
        linked: bool = said["iseq"] == self.count and said["prev"] == previous
        self.count, self.last, self.last_seq = self.count + 1, leaf, event.seq
        if event.judged == "E":
            self.evidence = sha256(self.evidence + leaf).digest()
        if event.judged is not None:
            self.digest = sha256(self.digest + leaf).digest()
        if said["type"] == "round.opened":
            self.opened = event.seq, self.count, leaf
        elif said["type"] == "round.closed":
            self.opened = None
        return linked

    def frozen(self, joints: Sequence[int]) -> tuple[int, bytes] | None:
        """The head that an open round froze; None where none is open, or the one that was fell at a joint."""
        if self.opened is None or any(joint > self.opened[0] for joint in joints):
            return None
        return self.opened[1:]

    def head(self, first: int, joints: Sequence[int]) -> tuple[Any, ...]:
        """What the row of the incident must keep."""
        digests = canonical.b64(self.evidence), canonical.b64(self.digest)
        return self.count, self.last, first, *digests, *(self.frozen(joints) or (None, None))


class Fixed:
    """The heads that one event fixed: of every incident that was there then, 40 bytes in memory."""

    def __init__(self, seq: int, said: Mapping[str, Any] | None) -> None:
        self.seq = seq
        self._said = None if said is None else (said["body"].get("n"), said["body"].get("root"))
        self._firsts, self._leaves = array("Q"), bytearray()

    def take(self, first: int, chain: _Chain, joints: Sequence[int]) -> None:
        """The chain of an incident as far as it went then."""
        frozen = chain.frozen([joint for joint in joints if joint < self.seq])
        count, last = frozen or (chain.count, chain.last or b"")
        self._firsts.append(first)
        entry = canonical.head_entry(chain.name, count, last) if chain.name.isascii() else b""
        self._leaves += canonical.leaf_hash(entry)

    def hold(self) -> bool:
        """Whether they amount to what the event says; an altered line is named where it is read in its place."""
        if self._said is None:
            return True
        edge = Edge()
        for place in self._in_order():
            edge.append(bytes(self._leaves[HASH * place : HASH * (place + 1)]))
        return self._said == (edge.size, canonical.b64(edge.root()))

    def _in_order(self) -> Iterable[int]:
        """The places of the incidents by their first event: nearly always as they were taken."""
        firsts = self._firsts
        if all(map(lt, firsts, islice(firsts, 1, None))):
            return range(len(firsts))
        return sorted(range(len(firsts)), key=firsts.__getitem__)
