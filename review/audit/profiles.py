"""Who is shown what: each profile's choice of leaves and disclosures (AUDIT-FORMAT sections 3, 7 and 11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from review.audit.embargo import DETERMINING, REDACTED, TELLING, Embargo
from review.audit.events import PROFILES, PUBLISHABLE, TYPES
from review.audit.mute import BundleSilence, mute, sealed_for_ever
from review.audit.stored import Row, Said, Told, blocks, body_of
from review.models.dossiers import read_disclosure

NAMES = tuple(PROFILES)
# Left out of the public profile unless a shown event refers to them.
HIDDEN_FROM_PUBLIC = ("person.", "role.", "claim.", "export.", "import.", "backup.")

MUTE = "what an open round, an abandoned one or an open settlement keeps to itself, and restricted incidents"
# What a profile leaves out, in words.
WITHHOLDS: Mapping[str, str] = {
    "internal": MUTE,
    "court": MUTE,
    "public": (
        "incidents without a published determination, versions that are not public yet, people, claims and exports; "
        + MUTE
    ),
}


NOTHING: frozenset[str] = frozenset()


class Selection:
    """Which leaves and disclosures of one log a profile shows."""

    def __init__(self, profile: str, silence: BundleSilence) -> None:
        self.profile = profile
        self.silence = silence
        self._names = _names(profile)

    def shows(self, row: Row) -> bool:
        """Whether the event's line stands in the bundle, not only its hash."""
        return not mute(self.silence, row.seq, row.type, row.incident)

    def tells(self, rows: Mapping[int, Row], said: Iterable[Said]) -> Iterator[Said]:
        """Those of the disclosures that the profile may show of these events, all of them shown, by their seq."""
        told = {seq: self._names[row.type] for seq, row in rows.items() if not self._unsaid(seq)}
        return (one for one in said if one.name in told.get(one.seq, NOTHING))

    def _unsaid(self, seq: int) -> bool:
        return seq in self.silence.unsaid or sealed_for_ever(self.silence, seq)


class PublicSelection(Selection):
    """Only incidents with a published determination, only sources that somebody marked publishable."""

    def __init__(
        self,
        silence: BundleSilence,
        incidents: frozenset[str],
        claims: frozenset[int],
        publishable: frozenset[tuple[str, int]],
        embargo: Embargo,
    ) -> None:
        super().__init__("public", silence)
        self._incidents, self._claims, self._publishable = incidents, claims, publishable
        self._embargo = embargo

    def shows(self, row: Row) -> bool:
        if not super().shows(row):
            return False
        if row.incident is not None:
            return row.incident in self._incidents and not _waits(self._embargo, row)
        return not row.type.startswith(HIDDEN_FROM_PUBLIC) or row.seq in self._claims

    def tells(self, rows: Mapping[int, Row], said: Iterable[Said]) -> Iterator[Said]:
        kept_back = {seq for seq, row in rows.items() if row.type.startswith("source.") and not self._marked(row)}
        for one in super().tells(rows, said):
            if one.seq not in kept_back or one.name not in OF_THE_SOURCE[rows[one.seq].type]:
                yield one

    def _marked(self, row: Row) -> bool:
        return (row.incident, body_of(row).get("source")) in self._publishable


def _names(profile: str) -> Mapping[str, frozenset[str]]:
    shown = PROFILES[profile]
    return {
        name: frozenset(sealed for sealed, audience in event.all_seals().items() if audience in shown)
        for name, event in TYPES.items()
    }


OF_THE_SOURCE: Mapping[str, frozenset[str]] = {
    name: frozenset(sealed for sealed, audience in event.all_seals().items() if audience == PUBLISHABLE)
    for name, event in TYPES.items()
}


def select(trail: Told, size: int, profile: str, silence: BundleSilence) -> Selection:
    """What `profile` shows of the first `size` leaves."""
    if profile != "public":
        return Selection(profile, silence)
    incidents = frozenset(
        row.incident
        for row in trail.events(size, DETERMINING)
        if row.incident is not None and not mute(silence, row.seq, row.type, row.incident)
    )
    embargo = _embargo(trail, size, silence)
    claims = frozenset(
        body_of(row)["claim"]
        for row in trail.events(size, ("claim.grouped", "claim.ungrouped"))
        if row.incident in incidents and not _unsaid(silence, embargo, row)
    )
    return PublicSelection(silence, incidents, claims, _publishable(trail, size, silence, embargo), embargo)


def _unsaid(silence: BundleSilence, embargo: Embargo, row: Row) -> bool:
    return mute(silence, row.seq, row.type, row.incident) or _waits(embargo, row)


def _embargo(trail: Told, size: int, silence: BundleSilence) -> Embargo:
    embargo = Embargo([joint for joint in silence.joints if joint < size])
    for row in trail.events(size, TELLING):
        if row.incident is not None:
            embargo.take(row.seq, row.type, row.incident, body_of(row))
    return embargo


def _waits(embargo: Embargo, row: Row) -> bool:
    body = body_of(row) if row.type == REDACTED else {}
    return embargo.waits(row.seq, row.type, row.incident, body)


def _publishable(
    trail: Told, size: int, silence: BundleSilence, embargo: Embargo
) -> frozenset[tuple[str, int]]:
    marked: set[tuple[str, int]] = set()
    for block in blocks(trail.events(size, ("source.attached", "source.assessed"))):
        said = trail.disclosures(block[0].seq, block[-1].seq + 1)
        publishable = {one.seq for one in said if one.name == "publishable" and read_disclosure(one.text)[1] is True}
        for row in block:
            assert row.incident is not None
            key = (row.incident, body_of(row)["source"])
            if row.seq not in publishable:
                # Taken back at once, also by an event that is not shown: a source's safety comes first.
                marked.discard(key)
            elif not _unsaid(silence, embargo, row):
                marked.add(key)
    return frozenset(marked)


@cache
def table() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Type -> disclosure -> the profiles that show it: what the completeness test prints."""
    return {
        name: {
            sealed: tuple(profile for profile, shown in PROFILES.items() if audience in shown)
            for sealed, audience in event.all_seals().items()
        }
        for name, event in sorted(TYPES.items())
    }


def shows(type_: str, detail: str, profile: str) -> str:
    """Whether a profile shows a detail of a type: yes, no, or only `publishable`, where its source is marked so."""
    if profile not in table()[type_][detail]:
        return "no"
    return "publishable" if profile == "public" and detail in OF_THE_SOURCE[type_] else "yes"
