"""Geometry of the locator: where in its region an incident lies, and how large the area is in which it may lie.

A place is an area and never a dot: a dotted circle as wide as the evidence is vague, at the scale of the drawing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians

from babel import Locale
from flask import Flask
from flask_babel import get_locale

from review.rules.facts import Facts, Place
from review.rules.points import METRES_A_DEGREE, reach
from review.views.coastlines import Land, Ring, Window, lands

WIDTH, HEIGHT = 360, 240
REGION = 4.5  # degrees of latitude from the middle of the wider drawing to its edge
AIR = 2.2  # how much wider the closer drawing is than the area that it shows
LEAST = 1_500  # metres from the middle of the closer drawing to its edge
ALONE = 1.5  # degrees from which the closer drawing shows the region itself
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)
LENGTHS = tuple(number * 10**power for power in range(2, 7) for number in (1, 2, 5))
NEAR = 0.7  # units under which two points of an outline are one
NAMED = 2_600  # square units from which a country is named
FURTHEST = 84.0  # degrees of latitude: nearer to a pole this projection shows nothing
LETTER = 6.4  # units of a letter of a name, about
PROBES = 8  # parts of a name at whose ends it is asked what lies below
EDGE_WORDS = 46.0  # units along the edges that the names of the lines take


@dataclass(frozen=True, slots=True)
class Name:
    x: float
    y: float
    words: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Area:
    """One place: the circle in which it may lie. `first`: the primary one."""

    x: float
    y: float
    r: float
    first: bool
    label: Name


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the grid, and what it says."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: Name


@dataclass(frozen=True, slots=True)
class Bar:
    """The scale: so many metres are so wide."""

    width: float
    metres: int


@dataclass(frozen=True, slots=True)
class Frame:
    """What of the wider drawing the closer one shows."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Coast:
    """What is seen of one country: its outlines as paths, and the largest of them from side to side."""

    land: Land
    paths: tuple[str, ...]
    across: tuple[float, float]
    up: tuple[float, float]
    large: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """One drawing of 360 by 240 units."""

    lands: tuple[str, ...]
    names: tuple[Name, ...]
    lines: tuple[Line, ...]
    areas: tuple[Area, ...]
    bar: Bar
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in words: the point as shown, and how far from it the place may lie."""

    place: Place
    metres: int


@dataclass(frozen=True, slots=True)
class Locator:
    """Where an incident lies: the closer drawing, the wider one where it says more, and the same in words."""

    near: Drawing
    wide: Drawing | None
    spots: tuple[Spot, ...]


def register(app: Flask) -> None:
    """Offer the drawing to the templates."""
    app.jinja_env.globals["locator"] = locator


def locator(facts: Facts) -> Locator | None:
    """The drawings of an incident's places; None where no point is recorded."""
    spots = tuple(Spot(place, reach(place)) for place in facts.places if place.point and drawable(place.point))
    if not spots:
        return None
    near = View(around(spots))
    wide = View(_region(near)) if near.half < ALONE else None
    return Locator(
        near=near.drawing(spots, grid=True),
        wide=wide.drawing((), frame=near) if wide else None,
        spots=spots,
    )


def _language() -> str:
    known = get_locale()
    return known.language if known else "en"


def drawable(point: tuple[float, float]) -> bool:
    return abs(point[0]) <= FURTHEST and abs(point[1]) <= 180


def around(spots: Iterable[Spot], air: float = AIR) -> tuple[float, float, float]:
    """Middle and half height in degrees of a drawing that holds every area with air about it."""
    known = list(spots)
    ups = [(spot.place.point[0], spot.metres / METRES_A_DEGREE) for spot in known if spot.place.point]
    flat = cos(radians(ups[0][0]))
    across = [(spot.place.point[1], spot.metres / METRES_A_DEGREE / flat) for spot in known if spot.place.point]
    south, north = min(at - by for at, by in ups), max(at + by for at, by in ups)
    west, east = min(at - by for at, by in across), max(at + by for at, by in across)
    needed = max(north - south, (east - west) * flat * HEIGHT / WIDTH) / 2
    return (south + north) / 2, (west + east) / 2, max(needed * air, LEAST / METRES_A_DEGREE)


def _region(near: View) -> tuple[float, float, float]:
    return near.latitude, near.longitude, REGION


class View:
    """A piece of the world as a drawing: degrees to units, true to scale in its middle."""

    def __init__(self, around: tuple[float, float, float]) -> None:
        self.latitude, self.longitude, self.half = around
        self.unit = HEIGHT / (2 * self.half)  # units to a degree of latitude
        self.flat = max(0.1, cos(radians(self.latitude)))

    @property
    def window(self) -> Window:
        side = WIDTH / 2 / (self.unit * self.flat)
        return Window(
            self.longitude - side, self.latitude - self.half, self.longitude + side, self.latitude + self.half
        )

    def x(self, longitude: float) -> float:
        return round(WIDTH / 2 + (longitude - self.longitude) * self.unit * self.flat, 1)

    def y(self, latitude: float) -> float:
        return round(HEIGHT / 2 - (latitude - self.latitude) * self.unit, 1)

    def drawing(self, spots: tuple[Spot, ...], *, grid: bool = False, frame: View | None = None) -> Drawing:
        """The land of this piece of the world, and on it the areas or the frame."""
        lines = tuple(self._lines()) if grid else ()
        return Drawing(
            lands=tuple(path for coast in self._seen() for path in coast.paths),
            names=self.names() if frame else (),
            lines=lines,
            areas=self._areas(spots, lines),
            bar=self._bar(),
            frame=self._frame(frame) if frame else None,
        )

    def names(self) -> tuple[Name, ...]:
        """The countries of which much is seen."""
        locale = get_locale() or Locale("en")
        return tuple(_named(coast.land.name(locale), coast) for coast in self._seen() if coast.large)

    def _seen(self) -> tuple[Coast, ...]:
        """The countries in this drawing."""
        return _coasts((self.latitude, self.longitude, self.half))

    def coasts(self) -> Iterable[Coast]:
        """The countries in this drawing, drawn."""
        for land in lands(self._wider()):
            yield _coast(land, [self._outline(ring) for ring in land.rings])

    def _wider(self) -> Window:
        """A little more than the window, so that the cut itself is not drawn as a coast."""
        inner, air = self.window, 2 / self.unit
        return Window(inner.west - 2 * air, inner.south - air, inner.east + 2 * air, inner.north + air)

    def _outline(self, ring: Ring) -> list[tuple[float, float]]:
        kept: list[tuple[float, float]] = []
        for longitude, latitude in ring:
            point = self.x(longitude), self.y(latitude)
            if not kept or abs(point[0] - kept[-1][0]) + abs(point[1] - kept[-1][1]) > NEAR:
                kept.append(point)
        return kept

    def _areas(self, spots: tuple[Spot, ...], lines: tuple[Line, ...]) -> tuple[Area, ...]:
        """The circles, each with its name where no circle and no name before it stands, if there is such a place."""
        discs = tuple(self._disc(spot) for spot in spots)
        taken = [_beside_its_line(line.label) for line in lines if line.label.words]
        areas = []
        for place, (spot, disc) in enumerate(zip(spots, discs, strict=True)):
            labels = _labels(spot.place.name(_language()) or "", *disc)
            label, box = min(labels, key=lambda one: _covered(one[1], discs, tuple(taken)))
            taken.append(box)
            areas.append(Area(*disc, place == 0, label))
        return tuple(areas)

    def _disc(self, spot: Spot) -> Disc:
        latitude, longitude = spot.place.point or (0.0, 0.0)
        return self.x(longitude), self.y(latitude), round(spot.metres / METRES_A_DEGREE * self.unit, 1)

    def _lines(self) -> Iterable[Line]:
        """Lines of latitude and longitude at round numbers, two to four of each.

        A name that the edge would cut is left out.
        """
        window = self.window
        step = next((one for one in STEPS if (window.north - window.south) / one <= 4), STEPS[-1])
        for latitude in _rounds(window.south, window.north, step):
            y = self.y(latitude)
            named = y > 32
            yield Line(0, y, WIDTH, y, Name(WIDTH - 4, y - 4, _degrees(latitude, "N", "S") if named else "", "end"))
        for longitude in _rounds(window.west, window.east, step * 2):
            x = self.x(longitude)
            named = x <= WIDTH - EDGE_WORDS
            yield Line(x, 0, x, HEIGHT, Name(x + 4, 13, _degrees(longitude, "E", "W") if named else "", "start"))

    def _bar(self) -> Bar:
        metres = max(
            (one for one in LENGTHS if one / METRES_A_DEGREE * self.unit <= WIDTH / 3), default=LENGTHS[0]
        )
        return Bar(round(metres / METRES_A_DEGREE * self.unit, 1), metres)

    def _frame(self, near: View) -> Frame:
        """Where the closer drawing lies: no smaller than can be seen."""
        width, height = max(WIDTH * self.unit / near.unit, 15), max(HEIGHT * self.unit / near.unit, 10)
        x, y = self.x(near.longitude), self.y(near.latitude)
        return Frame(round(x - width / 2, 1), round(y - height / 2, 1), round(width, 1), round(height, 1))


Disc = tuple[float, float, float]  # middle and radius
Box = tuple[float, float, float, float]  # left, top, right, bottom


def _labels(words: str, x: float, y: float, r: float) -> list[tuple[Name, Box]]:
    """Where the name of a circle may stand in the drawing, the best first: below it, above it, on either side."""
    half = len(words) * LETTER / 2
    rows, ends = (y + r + 15, y - r - 7), (x, x - r + half, x + r - half)
    wanted = [(across, down) for across in ends for down in rows]
    wanted += [(x + r + half + 6, y + 4), (x - r - half - 6, y + 4)]
    found = []
    for across, down in wanted:
        middle = round(max(min(across, WIDTH - half - 4), half + 4), 1)
        line = round(min(max(down, 28), HEIGHT - 30), 1)
        found.append((Name(middle, line, words), (middle - half, line - 11, middle + half, line + 4)))
    return found


def _beside_its_line(label: Name) -> Box:
    left = label.x - EDGE_WORDS if label.anchor == "end" else label.x
    return left, label.y - 11, left + EDGE_WORDS, label.y + 4


def _covered(box: Box, discs: Iterable[Disc], names: Iterable[Box]) -> int:
    """How much of a name would lie on circles or on other names: how many of the points that it is felt at."""
    left, top, right, bottom = box
    points = [(left + (right - left) * step / PROBES, line) for step in range(PROBES + 1) for line in (top, bottom)]
    on_discs = sum((x - across) ** 2 + (y - down) ** 2 < r**2 for x, y in points for across, down, r in discs)
    on_names = sum(west < x < east and north < y < south for x, y in points for west, north, east, south in names)
    return on_discs + on_names


@lru_cache(maxsize=64)  # one incident is opened again and again, and no coast moves
def _coasts(around: tuple[float, float, float]) -> tuple[Coast, ...]:
    return tuple(View(around).coasts())


def _coast(land: Land, rings: list[list[tuple[float, float]]]) -> Coast:
    largest = max(rings, key=lambda ring: abs(_surface(ring)))
    across, up = [point[0] for point in largest], [point[1] for point in largest]
    return Coast(
        land=land,
        paths=tuple(path for ring in rings if (path := _path(ring))),
        across=(min(across), max(across)),
        up=(min(up), max(up)),
        large=abs(_surface(largest)) >= NAMED,
    )


def _path(points: list[tuple[float, float]]) -> str:
    if len(points) < 3:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"


def _surface(ring: list[tuple[float, float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def _named(name: str, coast: Coast) -> Name:
    """The name in the middle of what is seen of a country, inside the drawing."""
    edge = 4 + len(name) * 3.5
    x, y = sum(coast.across) / 2, sum(coast.up) / 2
    return Name(round(min(max(x, edge), WIDTH - edge), 1), round(min(max(y, 16), HEIGHT - 30), 1), name)


def _rounds(low: float, high: float, step: float) -> Iterable[float]:
    number = int(low // step) + 1
    while number * step < high:
        yield round(number * step, 3)
        number += 1


def _degrees(value: float, positive: str, negative: str) -> str:
    return f"{abs(value):g}° {positive if value >= 0 else negative}"
