"""The base map: countries of Natural Earth at 1:50 million, cut to a window. Nothing is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from babel import Locale
from babel.core import get_global

FILE = Path(__file__).parent.parent / "base_map" / "countries-50m.json"

Point = tuple[float, float]  # longitude, latitude
Ring = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """A piece of the world in degrees."""

    west: float
    south: float
    east: float
    north: float

    def meets(self, other: Window) -> bool:
        return (
            self.west < other.east and other.west < self.east and self.south < other.north and other.south < self.north
        )


@dataclass(frozen=True, slots=True)
class Country:
    """One country as drawn: its outlines, the window that each lies in, and the territory that CLDR knows it as."""

    name: str
    territory: str | None
    rings: tuple[tuple[Window, Ring], ...]


@dataclass(frozen=True, slots=True)
class Land:
    """The part of a country that lies in a window."""

    country: Country
    rings: tuple[Ring, ...]

    def name(self, locale: Locale) -> str:
        """The country's name in a reader's language; the map's own where CLDR has none."""
        return str(locale.territories.get(self.country.territory or "", self.country.name))


@lru_cache(maxsize=32)  # the same lists again and again
def lands(window: Window) -> tuple[Land, ...]:
    """The countries that lie in a window, each cut to it."""
    found = []
    for country in _countries():
        cut = (_cut(ring, window) for box, ring in country.rings if box.meets(window))
        rings = tuple(ring for ring in cut if len(ring) > 2)
        if rings:
            found.append(Land(country, rings))
    return tuple(found)


# --- the file ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _countries() -> tuple[Country, ...]:
    topology = orjson.loads(FILE.read_bytes())
    arcs = [_decoded(arc, topology["transform"]) for arc in topology["arcs"]]
    shapes = topology["objects"]["countries"]["geometries"]
    return tuple(
        Country(shape["properties"]["name"], _territory(shape.get("id")), tuple(_boxed(_rings(shape, arcs))))
        for shape in shapes
    )


def _territory(number: str | None) -> str | None:
    """The two letters behind the three figures by which the map knows a country (ISO 3166-1)."""
    found = get_global("territory_aliases").get(number or "", ())
    return found[0] if len(found) == 1 else None


def _decoded(arc: Iterable[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    """An arc of TopoJSON: whole numbers, each the step from the one before."""
    (wide, high), (west, south) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        points.append((west + x * wide, south + y * high))
    return points


def _rings(shape: dict[str, Any], arcs: list[list[Point]]) -> Iterator[Ring]:
    """The outlines of one shape, its holes among them."""
    polygons = {"Polygon": [shape.get("arcs", [])], "MultiPolygon": shape.get("arcs", [])}.get(shape["type"], [])
    for polygon in polygons:
        for ring in polygon:
            yield _joined(ring, arcs)


def _joined(ring: Iterable[int], arcs: list[list[Point]]) -> Ring:
    """Arcs put end to end; a negative number is an arc read backwards."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return tuple(points)


def _boxed(rings: Iterable[Ring]) -> Iterator[tuple[Window, Ring]]:
    for ring in rings:
        across, up = [point[0] for point in ring], [point[1] for point in ring]
        yield Window(min(across), min(up), max(across), max(up)), ring


# --- cutting -------------------------------------------------------------------------------------------------


def _cut(ring: Ring, window: Window) -> Ring:
    """The part of an outline inside a window, side by side of it (Sutherland and Hodgman)."""
    for axis, edge, sign in ((0, window.west, 1), (0, window.east, -1), (1, window.south, 1), (1, window.north, -1)):
        ring = tuple(_kept(ring, axis, edge, sign))
    return ring


def _kept(ring: Ring, axis: int, edge: float, sign: int) -> Iterator[Point]:
    before = ring[-1] if ring else (0.0, 0.0)
    for point in ring:
        inside, was_inside = (point[axis] - edge) * sign >= 0, (before[axis] - edge) * sign >= 0
        if inside != was_inside:
            yield _crossing(before, point, axis, edge)
        if inside:
            yield point
        before = point


def _crossing(start: Point, end: Point, axis: int, edge: float) -> Point:
    share = (edge - start[axis]) / (end[axis] - start[axis])
    x, y = (start[one] + share * (end[one] - start[one]) for one in (0, 1))
    return (edge, y) if axis == 0 else (x, edge)
