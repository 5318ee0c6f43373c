"""What a next version holds before it is public: no public bundle or page tells it (DESIGN 1, AUDIT-FORMAT 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# What begins a next version of an incident, and what ends the wait for it.
TELLING = ("grade.imported", "grade.published", "grade.reopened", "round.closed", "round.opened")
DETERMINING = ("grade.imported", "grade.published")
REDACTED = "detail.redacted"
# Public by themselves, whatever waits: the public page of the version that stands says them too.
PASSING = (
    "correction.published", "incident.absorbed", "incident.dismissed", "incident.merged", "incident.restored",
    "incident.split", "incident.withdrawn", "recheck.closed", "recheck.opened",
)  # fmt: skip


class Embargo:
    """Where each incident's next version began, folded from the TELLING events in the order of their seq.

    It begins where a published version is reopened, and for an imported grade where a round is opened; it ends where
    it is published, or where its round is given up, or falls at a joint of the log, before any was closed.
    """

    def __init__(self, joints: Sequence[int] = ()) -> None:
        self._joints = tuple(joints)
        self._since: dict[str, int] = {}
        self._determined: set[str] = set()
        self._decided: set[str] = set()  # a round of the next version was closed

    def take(self, seq: int, type_: str, incident: str, body: Mapping[str, Any]) -> None:
        """Take one more event into account."""
        if any(joint <= seq for joint in self._fallen(incident)):
            self._ends(incident)
        if type_ in DETERMINING:
            self._determined.add(incident)
            self._ends(incident)
        elif type_ == "round.closed":
            self._close(incident, body["result"])
        elif incident in self._determined:
            self._since.setdefault(incident, seq)

    def waits(self, seq: int, type_: str, incident: str | None, body: Mapping[str, Any]) -> bool:
        """Whether an event stands behind the beginning of a version that is not public, and is not so by itself."""
        since = self._since.get(incident) if incident is not None else None
        if incident is None or since is None or seq <= since or self._fallen(incident):
            return False
        if type_ == REDACTED:
            # What it took from the version that stands has to be accounted for.
            return bool(body["of"] > since)
        return type_ not in PASSING

    def _fallen(self, incident: str) -> Sequence[int]:
        """The joints at which an undecided version fell."""
        since = self._since.get(incident)
        if since is None or incident in self._decided:
            return ()
        return [joint for joint in self._joints if joint > since]

    def _close(self, incident: str, result: str) -> None:
        if result != "abandoned":
            self._decided.add(incident)
        elif incident not in self._decided:
            self._ends(incident)

    def _ends(self, incident: str) -> None:
        self._since.pop(incident, None)
        self._decided.discard(incident)
