"""The locator: every word on it can be read."""

from __future__ import annotations

from itertools import combinations
from math import hypot

from flask import Flask

from review.rules.facts import Facts, Place
from review.views.locating import EDGE_WORDS, LETTER, WIDTH, Area, Drawing, locator


def place(name: str, latitude: float, longitude: float, accuracy: str) -> Place:
    return Place((("en", name),), None, (latitude, longitude), accuracy)


TWO_NEAR = (
    place("Marj Eluan", 33.12, 41.87, "neighbourhood"),
    place("The eastern grain store", 33.124, 41.883, "nearby_landmark"),
)


def near(app: Flask, *places: Place) -> Drawing:
    with app.test_request_context():
        found = locator(Facts(places=places))
    assert found is not None
    return found.near


def span(area: Area) -> tuple[float, float]:
    half = len(area.label.words) * LETTER / 2
    return area.label.x - half, area.label.x + half


def test_a_name_lies_on_no_circle_where_there_is_room_beside_it(app: Flask) -> None:
    areas = near(app, *TWO_NEAR).areas
    for area in areas:
        left, right = span(area)
        for other in areas:
            across = max(left - other.x, other.x - right, 0)
            down = max(area.label.y - 9 - other.y, other.y - area.label.y - 2, 0)
            assert hypot(across, down) > other.r, f"{area.label.words} on the circle of {other.label.words}"
    for one, other in combinations(areas, 2):
        apart = span(one)[1] < span(other)[0] or span(other)[1] < span(one)[0]
        assert apart or abs(one.label.y - other.label.y) > 12


def test_the_edge_cuts_no_name(app: Flask) -> None:
    drawing = near(app, *TWO_NEAR)
    for area in drawing.areas:
        assert span(area)[0] >= 0 and span(area)[1] <= WIDTH
    named = [line.label for line in drawing.lines if line.label.words]
    assert named and len(named) < len(drawing.lines)
    assert all(name.x + EDGE_WORDS <= WIDTH + 4 for name in named if name.anchor == "start")
