"""Points: public no closer than they are known, the exact ones kept sealed beside the facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from review.rules.facts import Facts, Place, coarsened
from review.rules.vocabulary import POINT_DECIMALS

# How far from its point a place may lie, in metres, by how exactly it is known; a point without a word is a city's.
REACH = {
    "within_1m": 1, "exact": 15, "within_100m": 100, "nearby_landmark": 300, "street": 500, "neighbourhood": 1_000,
    "village": 2_000, "town": 4_000, "city": 12_000, "subdistrict": 15_000, "district": 30_000, "province": 100_000,
}  # fmt: skip
METRES_A_DEGREE = 111_320

Exact = Mapping[str, Any]
Point = tuple[float, float]


def shown(facts: Facts) -> Facts:
    """The facts as they may be shown: every point no closer than its accuracy bears."""
    return replace(facts, places=tuple(_coarse(place) for place in facts.places))


def _coarse(place: Place) -> Place:
    return replace(place, point=coarsened(*place.point, place.accuracy)) if place.point else place


def reach(place: Place) -> int:
    """How far in metres from its point a place may lie: as far as it is known, and as far as its point was rounded.

    An area drawn with it holds the place wherever the rounding moved the point.
    """
    decimals = POINT_DECIMALS.get(place.accuracy or "", 1)
    rounded: float = 0.5 * 10**-decimals * METRES_A_DEGREE * 2**0.5
    return max(REACH.get(place.accuracy or "", REACH["city"]), ceil(rounded))


def restored(before: Facts, exact: Any, typed: Facts) -> Facts:
    """The facts as typed, each point that a page gave back as it had shown it as exact again as it is known."""
    known = _known(before, exact)
    return replace(typed, places=tuple(_exact(place, known) for place in typed.places))


def _known(before: Facts, exact: Any) -> list[tuple[Point, Point]]:
    """(as shown, as known) of every place; the list is used up from the front."""
    points = (exact or {}).get("points") or []
    pairs = zip((place.point for place in before.places), points, strict=False)
    return [(coarse, (point[0], point[1])) for coarse, point in pairs if coarse and point]


def _exact(place: Place, known: list[tuple[Point, Point]]) -> Place:
    pair = next((pair for pair in known if pair[0] == place.point), None)
    if pair is None:
        return place
    known.remove(pair)
    return replace(place, point=pair[1])


def sealed(facts: Facts, beside: Exact | None) -> dict[str, Any] | None:
    """What is kept beside the facts and never public: the points as known, notes on the places, who reported first."""
    points = [list(place.point) if place.point else None for place in facts.places]
    said = {name: value for name, value in (beside or {}).items() if value and name != "points"}
    return {"points": points, **said} if any(points) or said else None


def beside(exact: Any) -> dict[str, Any]:
    """What stands beside the points."""
    return {name: value for name, value in (exact or {}).items() if name != "points"}


def notes(facts: Facts, exact: Any) -> tuple[str | None, ...]:
    """The note on each place, None where there is none."""
    written = list((exact or {}).get("notes") or [])
    return tuple([*written, *[None] * len(facts.places)][: len(facts.places)])
