"""What was removed for good: of which event, on which ground, on which day. What it was, nobody can read any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from review.audit.events import PUBLIC, PUBLISHABLE, TYPES
from review.models import Disclosure, session
from review.queries.redactions import LABELS
from review.rules.dossier import Record


@dataclass(frozen=True, slots=True)
class Removed:
    """The mark where words stood: which, the ground, the day."""

    labels: tuple[str, ...]
    ground: str
    day: str


def removed(chain: Iterable[Record]) -> Mapping[int, tuple[Removed, ...]]:
    """Event -> the marks of what was removed of it, of one incident's chain."""
    return _marks(list(chain), lambda _audience: True)


def publicly_removed(chain: Iterable[Record]) -> tuple[Removed, ...]:
    """The same for the public: of what would be public, and of nothing else, the latest first."""
    marks = _marks(list(chain), lambda audience: audience in (PUBLIC, PUBLISHABLE))
    return tuple(mark for _seq, found in sorted(marks.items(), reverse=True) for mark in found)


def _marks(chain: list[Record], counts: Callable[[str], bool]) -> Mapping[int, tuple[Removed, ...]]:
    types = {record.seq: record.type for record in chain}
    redactions = [record for record in chain if record.type == "detail.redacted" and record.body["of"] in types]
    if not redactions:
        return {}
    left = _left({record.body["of"] for record in redactions})
    found: dict[int, tuple[Removed, ...]] = {}
    for record in redactions:
        of = record.body["of"]
        # Which digest was which name went with the words: what is not there any more is what was removed.
        gone = {
            name: audience
            for name, audience in TYPES[types[of]].all_seals().items()
            if name != "person" and name not in left.get(of, set())
        }
        labels = tuple(LABELS.get(name, name) for name, audience in gone.items() if counts(audience))
        if labels:
            found[of] = (*found.get(of, ()), Removed(labels, record.body["ground"], record.day))
    return found


def _left(seqs: Iterable[int]) -> dict[int, set[str]]:
    names: dict[int, set[str]] = {}
    for seq, name in session.execute(select(Disclosure.seq, Disclosure.name).where(Disclosure.seq.in_(list(seqs)))):
        names.setdefault(seq, set()).add(name)
    return names
