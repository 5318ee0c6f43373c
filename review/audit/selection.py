"""What of a log goes into one bundle: all that a profile shows, or one incident with what it refers to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from review.audit import mute, profiles
from review.audit.events import TYPES
from review.audit.hidden_claims import HiddenClaims
from review.audit.profiles import Selection
from review.audit.stored import Row, Said, Told, Trail, body_of

# Without these nobody could judge the signatures (AUDIT-FORMAT section 11, "One-incident bundles").
IN_EVERY_BUNDLE = ("log.opened", "key.rotated")
SEQS = ("seq", "seq?", "[seq]")


class NotExported(RuntimeError):
    """A bundle that cannot be made, with the reason in a sentence."""


class OneIncident(Selection):
    """One incident's own events, every event of the log that they refer to by seq, and what judges the signatures."""

    def __init__(self, within: Selection, incident: str, size: int, chain: Iterable[Row]) -> None:
        super().__init__(within.profile, within.silence)
        self.incident = incident
        self._within, self._last = within, size - 1
        self._referred = {seq for row in chain if within.shows(row) for seq in _references(row)}

    def shows(self, row: Row) -> bool:
        if row.incident is not None:
            return row.incident == self.incident and self._within.shows(row)
        return self._belongs(row) and self._within.shows(row)

    def _belongs(self, row: Row) -> bool:
        if row.type in IN_EVERY_BUNDLE or row.seq == self._last:
            return True
        if row.type == "detail.redacted":
            # What is missing of an event that is shown has to be accounted for.
            return body_of(row)["of"] in self._referred
        return row.seq in self._referred

    def tells(self, rows: Mapping[int, Row], said: Iterable[Said]) -> Iterator[Said]:
        return self._within.tells(rows, said)


class _Chain:
    """A trail as one incident's own events tell it."""

    def __init__(self, trail: Trail, rows: Sequence[Row]) -> None:
        self._trail, self._rows = trail, rows

    def events(self, size: int, types: Sequence[str] = ()) -> Iterator[Row]:
        return (row for row in self._rows if row.type in types)

    def disclosures(self, low: int, high: int) -> Sequence[Said]:
        within = [row.seq for row in self._rows if low <= row.seq < high]
        return [one for seq in within for one in self._trail.disclosures(seq, seq + 1)]


def whole_log(trail: Trail, size: int, profile: str, named: Iterable[str]) -> Selection:
    """All that a profile shows of the first `size` leaves."""
    _is_a_profile(profile)
    silence = _silence(trail, size, named, _joints(trail))
    _hush_claims(silence, trail, size, named)
    return profiles.select(trail, size, profile, silence)


def one_incident(trail: Trail, size: int, profile: str, named: Iterable[str], incident: str) -> OneIncident:
    """What a profile shows of one incident; refused where that is nothing, or where it is restricted and not named."""
    _is_a_profile(profile)
    rows = tuple(trail.chain(incident, size))
    if not rows:
        raise NotExported(f"The log under this checkpoint holds no incident {incident}.")
    if rows[0].seq < trail.logs[-1].base:
        raise NotExported(f"{incident} began in a log that this one continues: only a whole bundle tells it.")
    chain = _Chain(trail, rows)
    silence = _silence(chain, size, named, _joints(trail))
    _hush_claims(silence, trail, size, named)
    if incident in silence.restricted and incident not in silence.named:
        raise NotExported(f"{incident} is restricted. It goes into a bundle only where the command names it by its id.")
    within = profiles.select(chain, size, profile, silence)
    if not any(within.shows(row) for row in rows):
        raise NotExported(f"The {profile} profile shows nothing of {incident}: it has no published determination.")
    return OneIncident(within, incident, size, rows)


def _is_a_profile(name: str) -> None:
    if name not in profiles.NAMES:
        raise NotExported(f"There is no profile {name}; there are {', '.join(profiles.NAMES)}.")


def _joints(trail: Trail) -> list[int]:
    return [log.base for log in trail.logs[1:]]


def _silence(told: Told, size: int, named: Iterable[str], joints: Sequence[int]) -> mute.BundleSilence:
    silence = mute.BundleSilence(named, joints)
    for row in told.events(size, mute.TELLING):
        if row.incident is not None:
            silence.take(row.seq, row.type, row.incident, body_of(row))
    return silence


def _hush_claims(silence: mute.BundleSilence, trail: Trail, size: int, named: Iterable[str]) -> None:
    """A claim stands in the log and not in a chain: which incidents are restricted is asked of the whole log."""
    if next(iter(trail.events(size, ("incident.restricted",))), None) is None:
        return
    whole = mute.BundleSilence(named, _joints(trail))
    for row in trail.events(size, ("incident.restricted", "round.opened", "round.closed")):
        if row.incident is not None:
            whole.take(row.seq, row.type, row.incident, body_of(row))
    if hidden := whole.restricted - whole.named:
        found = HiddenClaims(trail, size, hidden, whole)
        silence.withheld, silence.unsaid = found.withheld, found.unsaid


def _references(row: Row) -> Iterator[int]:
    """The seqs that an event's public fields name."""
    body = body_of(row)
    for name, kind in TYPES[row.type].body.items():
        if kind not in SEQS or body[name] is None:
            continue
        if kind == "[seq]":
            yield from body[name]
        else:
            yield body[name]
