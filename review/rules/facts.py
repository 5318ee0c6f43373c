"""What is recorded of an incident: when, where, who, how, and the ranges of those harmed.

The words are those of `vocabulary.py`. Blank is not zero: an unknown bound is None. A field that came after the first
release is left out of what is sealed where it says nothing, so that facts sealed before it read and write the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from review.rules.vocabulary import CATEGORIES, POINT_DECIMALS


@dataclass(frozen=True, slots=True)
class Range:
    """Fewest and most, each a whole number of people or None where nobody knows."""

    minimum: int | None = None
    maximum: int | None = None

    @property
    def known(self) -> bool:
        return self.minimum is not None or self.maximum is not None

    @property
    def consistent(self) -> bool:
        """False only where both bounds are known and the fewest exceeds the most."""
        return self.minimum is None or self.maximum is None or self.minimum <= self.maximum

    def as_list(self) -> list[int | None]:
        return [self.minimum, self.maximum]

    @classmethod
    def from_list(cls, pair: Any) -> Range:
        return cls(pair[0], pair[1]) if pair else cls()


NOT_KNOWN = Range()


@dataclass(frozen=True, slots=True)
class Casualties:
    """The killed and the injured of one group, each a range."""

    killed: Range = NOT_KNOWN
    injured: Range = NOT_KNOWN

    def as_dict(self) -> dict[str, list[int | None]]:
        return {"injured": self.injured.as_list(), "killed": self.killed.as_list()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Casualties:
        if not value:
            return cls()
        return cls(Range.from_list(value.get("killed")), Range.from_list(value.get("injured")))

    @property
    def consistent(self) -> bool:
        return self.killed.consistent and self.injured.consistent

    def covers(self, other: Casualties) -> bool:
        """True where every known bound of `other` lies within this envelope."""
        return _covers(self.killed, other.killed) and _covers(self.injured, other.injured)


def _covers(outer: Range, inner: Range) -> bool:
    bounds = [bound for bound in (inner.minimum, inner.maximum) if bound is not None]
    low, high = outer.minimum, outer.maximum
    return all((low is None or bound >= low) and (high is None or bound <= high) for bound in bounds)


def envelope(all_casualties: Iterable[Casualties]) -> Casualties:
    """The least known minimum and the greatest known maximum of each pair; None only where all are None."""
    known = tuple(all_casualties)
    return Casualties(_envelope(one.killed for one in known), _envelope(one.injured for one in known))


def _envelope(ranges: Iterable[Range]) -> Range:
    pairs = tuple(ranges)
    least = [pair.minimum for pair in pairs if pair.minimum is not None]
    most = [pair.maximum for pair in pairs if pair.maximum is not None]
    return Range(min(least, default=None), max(most, default=None))


@dataclass(frozen=True, slots=True)
class Place:
    """A place by its names per script; the point is already coarsened to its accuracy. The first place of an
    incident is its primary one; a further point stands as a further place, named or not."""

    names: tuple[tuple[str, str], ...] = ()  # (language, name), sorted
    region: str | None = None
    point: tuple[float, float] | None = None  # latitude, longitude in degrees
    accuracy: str | None = None

    def name(self, language: str = "en") -> str | None:
        """The name in `language`, else the first there is."""
        named = dict(self.names)
        return named.get(language) or (self.names[0][1] if self.names else None)

    def as_dict(self) -> dict[str, Any]:
        return {
            "accuracy": self.accuracy,
            "names": dict(self.names),
            "point": list(self.point) if self.point else None,
            "region": self.region,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Place:
        point = value.get("point")
        return cls(
            tuple(sorted(value.get("names", {}).items())),
            value.get("region"),
            (float(point[0]), float(point[1])) if point else None,
            value.get("accuracy"),
        )


@dataclass(frozen=True, slots=True)
class Party:
    """A belligerent named in the incident, tracked by this desk or not: suspected, known, or the target."""

    name: str
    tracked: bool = True
    role: str = "suspected"

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "role": self.role, "tracked": self.tracked}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Party:
        return cls(value["name"], bool(value.get("tracked", True)), value.get("role") or "suspected")


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of an incident, whole after each change (DESIGN section 4, "Facts")."""

    date_type: str = "unknown"
    date: str | None = None  # YYYY-MM-DD
    date_end: str | None = None
    time: str | None = None
    places: tuple[Place, ...] = ()
    parties: tuple[Party, ...] = ()
    strike_types: tuple[str, ...] = ()
    strike_status: str | None = None
    causes: tuple[str, ...] = ()
    infrastructure: tuple[str, ...] = ()
    ranges: tuple[tuple[str, Casualties], ...] = ()  # (category, casualties), sorted
    codes: tuple[str, ...] = ()
    earlier_codes: tuple[str, ...] = ()
    summary: str | None = None
    flags: tuple[str, ...] = field(default=())  # what an import found untrue and left blank or marked
    time_type: str | None = None  # how `time` is to be read; None: in words, as it was written
    time_end: str | None = None  # of a window
    damage: tuple[tuple[str, str], ...] = ()  # (infrastructure, partial or complete), sorted
    observations: tuple[str, ...] = ()

    @property
    def civilians(self) -> Casualties:
        return dict(self.ranges).get("civilians", Casualties())

    @property
    def groups(self) -> tuple[tuple[str, Casualties], ...]:
        """The ranges that somebody knows, in the order of the vocabulary."""
        order = {category: place for place, category in enumerate(CATEGORIES)}
        known = [pair for pair in self.ranges if pair[1].killed.known or pair[1].injured.known]
        return tuple(sorted(known, key=lambda pair: (order.get(pair[0], len(order)), pair[0])))

    @property
    def hit(self) -> tuple[tuple[str, str | None], ...]:
        """What was hit, each with its damage where that is known."""
        damage = dict(self.damage)
        return tuple((one, damage.get(one)) for one in self.infrastructure)

    def as_dict(self) -> dict[str, Any]:
        """The value that the `facts` disclosure seals."""
        return {
            "causes": list(self.causes),
            "codes": list(self.codes),
            "date": self.date,
            "date_end": self.date_end,
            "date_type": self.date_type,
            "earlier_codes": list(self.earlier_codes),
            "flags": list(self.flags),
            "infrastructure": list(self.infrastructure),
            "parties": [party.as_dict() for party in self.parties],
            "places": [place.as_dict() for place in self.places],
            "ranges": {category: casualties.as_dict() for category, casualties in self.ranges},
            "strike_status": self.strike_status,
            "strike_types": list(self.strike_types),
            "summary": self.summary,
            "time": self.time,
            **self._added(),
        }

    def _added(self) -> dict[str, Any]:
        """What came after the first release, only where it says something."""
        added = {
            "damage": dict(self.damage),
            "observations": list(self.observations),
            "time_end": self.time_end,
            "time_type": self.time_type,
        }
        return {name: value for name, value in added.items() if value}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any] | None) -> Facts:
        if not value:
            return cls()
        return cls(
            date_type=value.get("date_type") or "unknown",
            date=value.get("date"),
            date_end=value.get("date_end"),
            time=value.get("time"),
            places=tuple(Place.from_dict(place) for place in value.get("places", ())),
            parties=tuple(Party.from_dict(party) for party in value.get("parties", ())),
            strike_types=tuple(value.get("strike_types", ())),
            strike_status=value.get("strike_status"),
            causes=tuple(value.get("causes", ())),
            infrastructure=tuple(value.get("infrastructure", ())),
            ranges=tuple(
                sorted((name, Casualties.from_dict(pair)) for name, pair in value.get("ranges", {}).items())
            ),
            codes=tuple(value.get("codes", ())),
            earlier_codes=tuple(value.get("earlier_codes", ())),
            summary=value.get("summary"),
            flags=tuple(value.get("flags", ())),
            time_type=value.get("time_type"),
            time_end=value.get("time_end"),
            damage=tuple(sorted(value.get("damage", {}).items())),
            observations=tuple(value.get("observations", ())),
        )


def coarsened(latitude: float, longitude: float, accuracy: str | None) -> tuple[float, float]:
    """The point rounded to what its accuracy bears: never closer on a page than the evidence is."""
    decimals = POINT_DECIMALS.get(accuracy or "", 1)
    return round(latitude, decimals), round(longitude, decimals)


def changes_materially(before: Facts, after: Facts) -> bool:
    """True iff date, point, parties, strike status or a range changed (DESIGN section 4, "Facts")."""
    return _material(before) != _material(after)


def _material(facts: Facts) -> tuple[Any, ...]:
    points = tuple(place.point for place in facts.places)
    dates = (facts.date_type, facts.date, facts.date_end)
    return dates, points, facts.parties, facts.strike_status, facts.ranges


def with_codes(facts: Facts, codes: tuple[str, ...]) -> Facts:
    """The same facts under other codes; a code is an alias, so this is never material."""
    return replace(facts, codes=codes)
