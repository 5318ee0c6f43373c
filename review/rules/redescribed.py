"""What changed from one description of an incident to the next, from one assessment of a source, one position of a
party to the next: field by field, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from review.rules.dossier import Record
from review.rules.facts import NOT_KNOWN, Casualties, Facts, Party, Place, Range
from review.rules.provenance import Credibility
from review.rules.redaction import DESCRIBING
from review.rules.rewording import Mark, reworded

JUDGED = (("role", "source_role"), ("credibility", "text"), ("publishable", "yes"))


@dataclass(frozen=True, slots=True)
class Part:
    """What stayed, went or came in a field. `kind` says how it is written: as text, a day, a range, a known word."""

    mark: Mark
    value: Any
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that changed. `of` says which of several: a category, a party, the number of a place."""

    field: str
    parts: tuple[Part, ...]
    of: str | int | None = None
    language: str | None = None


def changes(chain: Iterable[Record]) -> dict[int, tuple[Change, ...]]:
    """Seq -> what that event changed of what stood before it. Words that were removed for good are compared with
    nothing."""
    told = _Told()
    found = {record.seq: tuple(told.takes(record)) for record in chain}
    return {seq: changed for seq, changed in found.items() if changed}


class _Told:
    """What an incident's events have said so far."""

    def __init__(self) -> None:
        self.facts: Facts | None = None
        self.sources: dict[int, Mapping[str, Any]] = {}
        self.positions: dict[str, str] = {}

    def takes(self, record: Record) -> Iterator[Change]:
        if record.type in DESCRIBING:
            yield from self._described(record)
        elif record.type in ("source.attached", "source.assessed"):
            yield from self._judged(record)
        elif record.type == "position.recorded":
            yield from self._said(record)

    def _described(self, record: Record) -> Iterator[Change]:
        before, sealed = self.facts, record.sealed.get("facts")
        self.facts = Facts.from_dict(sealed) if sealed else None
        if before is not None and self.facts is not None:
            yield from redescribed(before, self.facts)

    def _judged(self, record: Record) -> Iterator[Change]:
        number, sealed = record.body["source"], record.sealed
        before, after = self.sources.get(number), _assessment(sealed)
        self.sources[number] = after
        if before is None:
            return
        for field, kind in JUDGED:
            if field in before and field in after:
                yield from _whole(field, before[field], after[field], kind)

    def _said(self, record: Record) -> Iterator[Change]:
        party, position = record.sealed.get("party"), record.sealed.get("position")
        if not party or not position:
            return
        before = self.positions.get(party)
        self.positions[party] = position
        if before is not None:
            yield from _whole("position", before, position, "position", of=party)


def _assessment(sealed: Mapping[str, Any]) -> dict[str, Any]:
    """What is judged of a source, but for what was removed; a source is attached without a code."""
    said = {name: sealed[name] for name in ("role", "publishable") if name in sealed}
    return {**said, "credibility": Credibility.opened(sealed.get("credibility")).code}


def redescribed(before: Facts, after: Facts) -> tuple[Change, ...]:
    """Every field of the facts that changed, in the order in which they are read."""
    return (
        *_text("summary", before.summary, after.summary),
        *_whole("date_type", before.date_type, after.date_type, "date_type"),
        *_whole("date", before.date, after.date, "day"),
        *_whole("date_end", before.date_end, after.date_end, "day"),
        *_times(before, after),
        *_places(before.places, after.places),
        *_parties(before.parties, after.parties),
        *_whole("strike_status", before.strike_status, after.strike_status, "strike_status"),
        *_listed("strike_types", before.strike_types, after.strike_types, "strike_type"),
        *_listed("causes", before.causes, after.causes, "cause"),
        *_listed("infrastructure", before.infrastructure, after.infrastructure, "infrastructure"),
        *_damage(dict(before.damage), dict(after.damage)),
        *_listed("observations", before.observations, after.observations, "observation"),
        *_harm(dict(before.ranges), dict(after.ranges)),
        *_listed("codes", before.codes, after.codes, "text"),
        *_listed("earlier_codes", before.earlier_codes, after.earlier_codes, "text"),
    )


def _text(
    field: str, before: str | None, after: str | None, of: str | int | None = None, language: str | None = None
) -> Iterator[Change]:
    if (before or "") == (after or ""):
        return
    pieces = reworded(before or "", after or "")
    yield Change(field, tuple(Part(piece.mark, piece.text) for piece in pieces), of, language)


def _whole(field: str, before: Any, after: Any, kind: str, of: str | int | None = None) -> Iterator[Change]:
    if before == after:
        return
    said = (("gone", before), ("new", after))
    parts = tuple(Part(_mark(mark), value, kind) for mark, value in said if value is not None)
    yield Change(field, parts, of)


def _mark(name: str) -> Mark:
    return "gone" if name == "gone" else "new"


def _listed(field: str, before: Sequence[str], after: Sequence[str], kind: str) -> Iterator[Change]:
    """A list of words: those that stayed are said too, so that the line reads as the list now stands."""
    if set(before) == set(after):
        return
    kept = [Part("same", one, kind) for one in after if one in before]
    gone = [Part("gone", one, kind) for one in before if one not in after]
    came = [Part("new", one, kind) for one in after if one not in before]
    yield Change(field, (*kept, *gone, *came))


def _times(before: Facts, after: Facts) -> Iterator[Change]:
    kind = "time_of_day" if "time_of_day" in (before.time_type, after.time_type) else "text"
    yield from _whole("time_type", before.time_type, after.time_type, "time_type")
    yield from _whole("time", before.time, after.time, kind)
    yield from _whole("time_end", before.time_end, after.time_end, "text")


def _places(before: Sequence[Place], after: Sequence[Place]) -> Iterator[Change]:
    """Place by place as they are numbered: each name in its own script."""
    for number, (old, new) in enumerate(zip_longest(before, after, fillvalue=Place()), start=1):
        named, renamed = dict(old.names), dict(new.names)
        for language in sorted({*named, *renamed}):
            yield from _text("place", named.get(language), renamed.get(language), number, language)
        yield from _text("region", old.region, new.region, number)
        yield from _whole("point", old.point, new.point, "point", number)
        yield from _whole("accuracy", old.accuracy, new.accuracy, "accuracy", number)


def _parties(before: Sequence[Party], after: Sequence[Party]) -> Iterator[Change]:
    yield from _listed("parties", [one.name for one in before], [one.name for one in after], "text")
    was = {one.name: one for one in before}
    for party in after:
        if party.name in was:
            yield from _whole("party_role", was[party.name].role, party.role, "party_role", party.name)
            yield from _whole("tracked", was[party.name].tracked, party.tracked, "yes", party.name)


def _damage(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Change]:
    for one in sorted({*before, *after}):
        yield from _whole("damage", before.get(one), after.get(one), "damage", one)


def _harm(before: Mapping[str, Casualties], after: Mapping[str, Casualties]) -> Iterator[Change]:
    for category in sorted({*before, *after}):
        old, new = before.get(category, Casualties()), after.get(category, Casualties())
        yield from _range("killed", old.killed, new.killed, category)
        yield from _range("injured", old.injured, new.injured, category)


def _range(field: str, before: Range, after: Range, category: str) -> Iterator[Change]:
    """A range that nobody knew is no range: it neither went nor came."""
    old, new = (None if one == NOT_KNOWN else one for one in (before, after))
    yield from _whole(field, old, new, "range", category)
