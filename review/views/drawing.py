"""Geometry of the one drawing on a determination: a range floating over its axis, the dissents above it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask

from review.rules.facts import Range

WIDTH, EDGE = 360.0, 6.0
MOST_TICKS = 9
STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Tick:
    x: float
    value: int
    strong: bool


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Label:
    """Where a word stands above its bar; `anchor` is in reading order, as SVG has it."""

    x: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Another range than the published one, by its grade."""

    grade: str
    bar: Bar
    label: Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """Where everything stands, in the units of a view box 360 wide. `open_end`: nobody knows the most."""

    ticks: tuple[Tick, ...]
    bar: Bar
    open_end: bool
    others: tuple[Beside, ...]


def register(app: Flask) -> None:
    """Offer the drawing to the templates."""
    app.jinja_env.globals["range_drawing"] = range_drawing


def range_drawing(
    value: Range, others: Iterable[tuple[str, Range]] = (), direction: str = "ltr"
) -> Drawing | None:
    """The drawing of a range and of others beside it by grade; None where nothing is known."""
    if not value.known:
        return None
    beside = [(grade, other) for grade, other in others if other.known]
    end = _end([value, *(other for _grade, other in beside)])
    scale = _Scale(end, direction)
    bounds = {value.minimum, value.maximum}
    return Drawing(
        ticks=tuple(Tick(scale.x(at), at, at in bounds) for at in range(0, end + 1, _step(end))),
        bar=scale.bar(value),
        open_end=value.maximum is None,
        others=tuple(Beside(grade, bar := scale.bar(other), scale.label(bar)) for grade, other in beside),
    )


def _end(values: list[Range]) -> int:
    """Where the axis ends: a little beyond the greatest number known, on a tick."""
    greatest = max(bound for value in values for bound in (value.minimum, value.maximum) if bound is not None)
    wanted = greatest + max(1, greatest // 4)
    step = _step(wanted)
    return -(-wanted // step) * step


def _step(end: int) -> int:
    power = 1
    while True:
        for step in STEPS:
            if end / (step * power) <= MOST_TICKS:
                return step * power
        power *= 10


class _Scale:
    """From people to the drawing's units; in a right-to-left page the axis grows from the right."""

    def __init__(self, end: int, direction: str) -> None:
        self.unit = (WIDTH - 2 * EDGE) / end
        self.end, self.mirrored = end, direction == "rtl"

    def x(self, people: float) -> float:
        at = EDGE + people * self.unit
        return round(WIDTH - at if self.mirrored else at, 1)

    def bar(self, value: Range) -> Bar:
        low = value.minimum if value.minimum is not None else 0
        high = value.maximum if value.maximum is not None else self.end
        edges = sorted((self.x(low), self.x(high)))
        if edges[0] == edges[1]:
            return Bar(round(edges[0] - 2, 1), 4.0)
        return Bar(edges[0], round(edges[1] - edges[0], 1))

    def label(self, bar: Bar) -> Label:
        """Above the bar, growing from its edge towards the farther side of the drawing, so that it stays inside."""
        left, right = bar.x, round(bar.x + bar.width, 1)
        if left + right <= WIDTH:
            return Label(left, "end" if self.mirrored else "start")
        return Label(right, "start" if self.mirrored else "end")
