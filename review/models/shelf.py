"""The shelf: folded histories kept between acts of this process, because a chain only grows.

What is kept is checked against the chain's present leaf before it is used, and holds no sealed vote.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from review.rules.dossier import Record
from review.rules.history import History

MOST = 1_024  # incidents a database; some tens of kilobytes each
# After one of these, disclosures that stood sealed are open, or some are gone: the chain is folded anew.
REOPENING = frozenset({"round.closed", "detail.redacted"})


class Kept(NamedTuple):
    """A folded history and the leaf hash of the last event in it."""

    folded: History
    leaf: bytes


_SHELVES: WeakKeyDictionary[Any, OrderedDict[int, Kept]] = WeakKeyDictionary()
_LOCK = Lock()


def taken(database: Any, incident: int) -> Kept | None:
    """A copy of what is kept of this incident, to go on from."""
    with _LOCK:
        kept = _SHELVES.setdefault(database, OrderedDict()).get(incident)
        if kept is None:
            return None
        _SHELVES[database].move_to_end(incident)
        return Kept(kept.folded.copy(), kept.leaf)


def drop(database: Any, incident: int) -> None:
    """Forget what is kept of this incident: words of it are removed for good."""
    with _LOCK:
        _SHELVES.setdefault(database, OrderedDict()).pop(incident, None)


def put(database: Any, incident: int, folded: History) -> None:
    """Keep a copy; the incident that was looked at longest ago makes room."""
    with _LOCK:
        shelf = _SHELVES.setdefault(database, OrderedDict())
        shelf[incident] = Kept(folded.copy(), folded.leaf)
        shelf.move_to_end(incident)
        while len(shelf) > MOST:
            shelf.popitem(last=False)


def go_on(database: Any, incident: int, since: bytes | None, records: Sequence[Record]) -> None:
    """Add what an act has committed behind the leaf `since`; what was kept of another leaf stays as it is."""
    kept = taken(database, incident)
    if kept is None or kept.leaf != since or any(record.type in REOPENING for record in records):
        return
    for record in records:
        kept.folded.apply(record)
    with _LOCK:
        _SHELVES[database][incident] = Kept(kept.folded, kept.folded.leaf)
