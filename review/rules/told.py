"""What the public reads of an incident, as a mark: the same while the page would read the same.

A page may be kept by whoever read it and asked for again under its mark. Votes, assignments and arguments move nothing
here, and neither does what waits for a next version: a mark must not tell of them. It is drawn from the incident's own
events, so that it can be drawn again at any time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from review.rules.dossier import Dossier
from review.rules.record import LEGACY

# Public by themselves, whatever is under way: each moves the mark.
SPEAKING = (
    "correction.published", "detail.redacted", "grade.imported", "grade.published", "grade.reopened",
    "incident.absorbed", "incident.dismissed", "incident.merged", "incident.restored", "incident.restricted",
    "incident.split", "incident.withdrawn", "recheck.closed", "recheck.opened",
)  # fmt: skip
REGRADING = ("grading", "settlement", "approval")

Said = tuple[int, str]  # an event by its place and its type


def spoken(events: Collection[Said]) -> int:
    """The last of these events that spoke to the public; 0 where none did."""
    return max((seq for seq, type_ in events if type_ in SPEAKING), default=0)


def told(dossier: Dossier) -> str:
    """The mark of what else a public page is made of; empty where there is none.

    There is none while the incident is judged again: most of what is said of it then waits for the next version, and a
    mark that left out one such word too few would tell of it. There is none either where the page names other
    incidents, whose own changes it shows. An imported record keeps its mark while it is judged here for the first
    time: its page says nothing of that, and neither may a mark that is gone.
    """
    standing = dossier.determination
    if standing is None or leans_on_others(dossier):
        return ""
    if dossier.stage in REGRADING and standing.kind != LEGACY:
        return ""
    return _state(dossier)


def _state(dossier: Dossier) -> str:
    standing = dossier.determination
    shown = [source for source in dossier.sources if standing is not None and source.seq <= standing.seq]
    parts = (
        [source.number for source in shown if source.publishable],
        [source.number for source in shown if source.withdrawn],
        # What a party said after the version waits for the next one.
        [position.seq for position in dossier.positions if standing is not None and position.seq <= standing.seq],
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def leans_on_others(dossier: Dossier) -> bool:
    """Whether its page names other incidents."""
    passage = dossier.passage
    return bool(passage.into or passage.parts or passage.absorbed)
