"""Who is shown what: each profile's choice of leaves and disclosures (AUDIT-FORMAT sections 3, 7 and 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from review.audit.events import PROFILES, PUBLISHABLE, TYPES
from review.audit.mute import Silence, mute, sealed_for_ever
from review.audit.stored import Row, Said, Trail
from review.models.dossiers import read_disclosure

NAMES = tuple(PROFILES)
# Left out of the public profile unless a shown event refers to them.
HIDDEN_FROM_PUBLIC = ("person.", "role.", "claim.", "export.", "import.", "backup.")
DETERMINING = ("grade.published", "grade.imported")
REVEALED = ("grade", "range")


@dataclass(slots=True)
class Selection:
    """Which leaves and disclosures of one log a bundle shows."""

    profile: str
    silence: Silence

    def shows(self, row: Row) -> bool:
        """Whether the event's line stands in the bundle, not only its hash."""
        return not mute(self.silence, row.seq, row.type, row.incident)

    def tells(self, row: Row, said: Iterable[Said]) -> Iterator[Said]:
        """The disclosures of a shown event that the profile may show."""
        if sealed_for_ever(self.silence, row.seq):
            return
        audience, seals = PROFILES[self.profile], TYPES[row.type].all_seals()
        for one in said:
            if seals[one.name] in audience and self._may(row, one.name, seals[one.name]):
                yield one

    def _may(self, row: Row, name: str, audience: str) -> bool:
        return True


@dataclass(slots=True)
class PublicSelection(Selection):
    """Only incidents with a published determination, only sources that somebody marked publishable."""

    incidents: frozenset[str] = frozenset()
    claims: frozenset[int] = frozenset()
    publishable: frozenset[tuple[str, int]] = field(default_factory=frozenset)

    def shows(self, row: Row) -> bool:
        if mute(self.silence, row.seq, row.type, row.incident):
            return False
        if row.incident is not None:
            return row.incident in self.incidents
        return not row.type.startswith(HIDDEN_FROM_PUBLIC) or row.seq in self.claims

    def tells(self, row: Row, said: Iterable[Said]) -> Iterator[Said]:
        if row.type == "vote.committed":
            # A live vote's grade and range are public from its reveal on, and nothing else of it.
            revealed = not sealed_for_ever(self.silence, row.seq)
            return (one for one in said if revealed and one.name in REVEALED)
        # Named in full: the two-argument super() of a slotted dataclass is lost.
        return Selection.tells(self, row, said)

    def _may(self, row: Row, name: str, audience: str) -> bool:
        if audience != PUBLISHABLE or row.incident is None:
            return True
        return (row.incident, orjson.loads(row.line)["body"]["source"]) in self.publishable


def select(trail: Trail, size: int, profile: str, silence: Silence) -> Selection:
    """What `profile` shows of the first `size` leaves."""
    if profile != "public":
        return Selection(profile, silence)
    incidents = frozenset(
        row.incident
        for row in trail.events(size, DETERMINING)
        if row.incident is not None and not mute(silence, row.seq, row.type, row.incident)
    )
    claims = _claims(trail, size, silence, incidents)
    return PublicSelection(profile, silence, incidents, claims, _publishable(trail, size, silence))


def _claims(trail: Trail, size: int, silence: Silence, incidents: frozenset[str]) -> frozenset[int]:
    return frozenset(
        orjson.loads(row.line)["body"]["claim"]
        for row in trail.events(size, ("claim.grouped", "claim.ungrouped"))
        if row.incident in incidents and not mute(silence, row.seq, row.type, row.incident)
    )


def _publishable(trail: Trail, size: int, silence: Silence) -> frozenset[tuple[str, int]]:
    marked: set[tuple[str, int]] = set()
    for row in trail.events(size, ("source.attached", "source.assessed")):
        assert row.incident is not None
        key = (row.incident, orjson.loads(row.line)["body"]["source"])
        if not _says_publishable(trail, row.seq):
            # Taken back at once, also by a mute event: a source's safety comes first.
            marked.discard(key)
        elif not mute(silence, row.seq, row.type, row.incident):
            marked.add(key)
    return frozenset(marked)


def _says_publishable(trail: Trail, seq: int) -> bool:
    said = trail.disclosures(seq, seq + 1)
    return [read_disclosure(one.text)[1] for one in said if one.name == "publishable"] == [True]


def table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Type -> disclosure -> the profiles that show it: what the completeness test prints."""
    return {
        name: {
            sealed: tuple(profile for profile, shown in PROFILES.items() if audience in shown)
            for sealed, audience in event.all_seals().items()
        }
        for name, event in sorted(TYPES.items())
    }


def body_of(row: Row) -> Any:
    """The public fields of an event."""
    return orjson.loads(row.line)["body"]
