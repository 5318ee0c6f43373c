"""How each step of an incident is sealed: under which published checkpoint, and what became of what it sealed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review.audit.events import TYPES
from review.audit.events.event import ALWAYS
from review.models import Checkpoint, Disclosure, Event, session
from review.queries.logs import Logs
from review.rules.dossier import Round


@dataclass(frozen=True, slots=True)
class Covering:
    """The first published checkpoint over a step: from then on nobody can alter it unseen."""

    size: int
    entries: int  # of its own log, as its text says
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Seal:
    """One step's place in the log, and how many of its sealed details are what by now.

    `still`: sealed to this day; `opened`: sealed until the round closed. What was removed is told by `removed`.
    """

    seq: int
    number: int  # in its own log
    leaf: str
    under: Covering | None
    still: int
    opened: int


def seals(incident: int, rounds: Sequence[Round]) -> dict[int, Seal]:
    """Seq -> its seal, of every step of an incident. Whose reader may see which is the history's to say."""
    steps = session.execute(
        select(Event.seq, Event.type, Event.leaf).where(Event.incident_id == incident)
    ).all()
    logs = Logs()
    kept, published = _kept(incident), _published(logs)
    return {
        seq: Seal(
            seq=seq,
            number=logs.number(seq),
            leaf=bytes(leaf).hex(),
            under=_covering(published, seq),
            still=sum(is_sealed for name, is_sealed in kept[seq] if name not in ALWAYS),
            opened=sum(not is_sealed for name, is_sealed in kept[seq] if name not in ALWAYS)
            if TYPES[type_].blind and _in_a_round(rounds, seq)
            else 0,
        )
        for seq, type_, leaf in steps
    }


def _published(logs: Logs) -> list[Covering]:
    rows = session.execute(select(Checkpoint.size, Checkpoint.published_at).order_by(Checkpoint.size))
    return [Covering(size, logs.entries(size), published_at) for size, published_at in rows]


def _covering(published: Sequence[Covering], seq: int) -> Covering | None:
    place = bisect_right(published, seq, key=lambda one: one.size)
    return published[place] if place < len(published) else None


def _in_a_round(rounds: Sequence[Round], seq: int) -> bool:
    """Whether a step fell into a round that was closed with its votes revealed: what it sealed opened then."""
    return any(
        round_.seq < seq < (round_.closed or 0) for round_ in rounds if round_.result in ("agreed", "disputed")
    )


def _kept(incident: int) -> dict[int, list[tuple[str, bool]]]:
    """Seq -> the names of the details that are still there, and whether each is sealed."""
    rows = session.execute(
        select(Disclosure.seq, Disclosure.name, Disclosure.sealed)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.incident_id == incident)
    )
    found: dict[int, list[tuple[str, bool]]] = defaultdict(list)
    for seq, name, is_sealed in rows:
        found[seq].append((name, is_sealed))
    return found
