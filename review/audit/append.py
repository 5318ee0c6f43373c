"""Append: the events of one act are numbered, chained, sealed and hashed, in order, once (AUDIT-FORMAT section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.audit import canonical
from review.audit.events.event import Event, Late
from review.audit.tree import Edge
from review.rules.places import moved, replies_moved


@dataclass(slots=True)
class Chain:
    """The head of one incident's chain: how long, its last leaf, its two digests."""

    incident: str
    count: int = 0
    last: bytes | None = None
    evidence: bytes = b""
    digest: bytes = b""

    def __post_init__(self) -> None:
        start = canonical.digest_start(self.incident)
        self.evidence = self.evidence or start
        self.digest = self.digest or start


@dataclass(slots=True)
class Entry:
    """One event on its way into the log, with who acts and in which chain."""

    event: Event
    actor: str
    role: str
    person: str | None
    chain: Chain | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """One disclosure in clear, on its way to the one table."""

    digest: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One appended event: its bytes, its hash, its disclosures."""

    seq: int
    line: bytes
    leaf: bytes
    iseq: int | None
    body: Mapping[str, Any]
    judged: str | None
    disclosures: tuple[Sealed, ...]


@dataclass(slots=True)
class Append:
    """The log's end while an act is being written."""

    origin: str
    edge: Edge
    day: str
    at: str
    base: int = 0  # the length of the logs that this one continues
    leaves: list[Leaf] = field(default_factory=list)

    @property
    def size(self) -> int:
        return self.base + self.edge.size

    def add(self, entry: Entry) -> Leaf:
        """Number, chain, seal and hash one event; its `seq` is set for those after it to name."""
        event, chain = entry.event, entry.chain
        event.seq = self.size
        body = {name: self._settled(value) for name, value in event.fields.items()}
        disclosures = self._sealed(entry)
        line = canonical.canonical_line(
            {
                "v": 1,
                "log": self.origin,
                "seq": self.edge.size,
                "day": self.day,
                "type": event.type,
                "incident": chain.incident if chain else None,
                "iseq": chain.count if chain else None,
                "prev": canonical.b64(chain.last) if chain and chain.last else None,
                "actor": entry.actor,
                "role": entry.role,
                "body": moved(event.type, body, -self.base),
                "sd": sorted(sealed.digest for sealed in disclosures),
            }
        )
        hashed = canonical.leaf_hash(line)
        judged = event.moves(body)
        leaf = Leaf(event.seq, line, hashed, chain.count if chain else None, body, judged, disclosures)
        self.edge.append(hashed)
        if chain:
            self._advance(chain, hashed, judged)
        self.leaves.append(leaf)
        return leaf

    def _settled(self, value: Any) -> Any:
        if isinstance(value, Late):
            return value.compute(self)
        if isinstance(value, Event):
            return value.seq
        if isinstance(value, list | tuple):
            return [self._settled(item) for item in value]
        return value

    def _sealed(self, entry: Entry) -> tuple[Sealed, ...]:
        values = {"at": self.at, "person": entry.person, **entry.event.sealed}
        return tuple(sealed(name, self._said(name, self._settled(value))) for name, value in values.items())

    def _said(self, name: str, value: Any) -> Any:
        return replies_moved(value, -self.base) if name == "replies" else value

    @staticmethod
    def _advance(chain: Chain, leaf: bytes, judged: str | None) -> None:
        chain.count += 1
        chain.last = leaf
        if judged == "E":
            chain.evidence = canonical.digest_step(chain.evidence, leaf)
        if judged in ("E", "D"):
            chain.digest = canonical.digest_step(chain.digest, leaf)


def sealed(name: str, value: Any) -> Sealed:
    """A fresh disclosure of one value under a random salt."""
    text = canonical.disclosure_text(canonical.new_salt(), name, value)
    return Sealed(canonical.disclosure_digest(text), name, text)


def evidence_of(chain: Chain) -> Late:
    """The evidence digest at the moment the event is appended."""
    return Late(lambda _append: canonical.b64(chain.evidence))


def dossier_of(chain: Chain) -> Late:
    """The dossier digest at the moment the event is appended."""
    return Late(lambda _append: canonical.b64(chain.digest))


def heads_root(heads: Iterable[tuple[str, int, bytes]]) -> tuple[int, bytes]:
    """The number of incidents and the RFC 6962 root over their heads, in the order of their first seq."""
    edge = Edge()
    for incident, count, last in heads:
        edge.append(canonical.leaf_hash(canonical.head_entry(incident, count, last)))
    return edge.size, edge.root()
