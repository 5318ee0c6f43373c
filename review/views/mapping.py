"""The map of a list: one area per incident, and one mark where several lie too near each other to be told apart.

Marks keep a finger's width between them on a phone. What a mark leads to stands in the list beside the map too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from review.queries.mapped import Placed
from review.rules.facts import Place
from review.rules.points import METRES_A_DEGREE, reach
from review.views.locating import Drawing, Spot, View, around, drawable

AIR = 1.25
APART = 26.0  # units between two marks: 24 pixels at least where a phone shows the whole drawing
SMALLEST = 4.0  # units: an area that is smaller is drawn as large as this
FLATTEST = 60.0  # degrees from the middle of the widest drawing to its edge


@dataclass(frozen=True, slots=True)
class Disc:
    """An area as drawn."""

    x: float
    y: float
    r: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The incidents that share one mark, the newest first; `number` names it in the list beside the map."""

    number: int
    x: float
    y: float
    areas: tuple[Disc, ...]
    incidents: tuple[tuple[Placed, int], ...]  # each with how far in metres from its point it may lie

    @property
    def place(self) -> Place | None:
        return self.incidents[0][0].place

    @property
    def places(self) -> int:
        """How many different points share the mark."""
        return len({one.place.point for one, _metres in self.incidents if one.place})

    @property
    def count(self) -> int:
        return len(self.incidents)


@dataclass(frozen=True, slots=True)
class Overview:
    """A map: the ground, and the marks on it."""

    ground: Drawing
    names: tuple[object, ...]
    marks: tuple[Mark, ...]


def register(app: Flask) -> None:
    """Offer the map to the templates."""
    app.jinja_env.globals["overview"] = overview


def overview(placed: Iterable[Placed]) -> Overview | None:
    """The map of these incidents; None where none of them can be drawn."""
    known = [one for one in placed if one.place and one.place.point and drawable(one.place.point)]
    spots = [Spot(one.place, reach(one.place)) for one in known if one.place]
    if not spots:
        return None
    latitude, longitude, half = around(spots, AIR)
    view = View((latitude, longitude, min(half, FLATTEST)))
    return Overview(view.drawing((), grid=True), view.names(), _marks(view, known, spots))


def _marks(view: View, known: list[Placed], spots: list[Spot]) -> tuple[Mark, ...]:
    gathered: list[list[tuple[Placed, int, Disc]]] = []
    for one, spot in zip(known, spots, strict=True):
        disc = _disc(view, spot)
        near = next((group for group in gathered if _touch(group[0][2], disc)), None)
        if near is None:
            gathered.append([(one, spot.metres, disc)])
        else:
            near.append((one, spot.metres, disc))
    return tuple(_mark(number, group) for number, group in enumerate(gathered, 1))


def _mark(number: int, group: list[tuple[Placed, int, Disc]]) -> Mark:
    middle = group[0][2]
    areas = tuple(dict.fromkeys(disc for _one, _metres, disc in group))
    return Mark(number, middle.x, middle.y, areas, tuple((one, metres) for one, metres, _disc in group))


def _disc(view: View, spot: Spot) -> Disc:
    latitude, longitude = spot.place.point or (0.0, 0.0)
    radius = round(spot.metres / METRES_A_DEGREE * view.unit, 1)
    return Disc(view.x(longitude), view.y(latitude), max(radius, SMALLEST))


def _touch(one: Disc, other: Disc) -> bool:
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2 < APART**2
