"""Geometry of the record's chart: a range a month, floating over its axis, the greatest on the scale's top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Flask

from review.rules.record import Month

WIDTH, HEIGHT, FOOT = 960.0, 220.0, 24.0


@dataclass(frozen=True, slots=True)
class Column:
    """One month: where its range stands, and whether it is a record."""

    month: str
    x: float
    width: float
    y: float
    height: float
    record: bool
    labelled: bool


def register(app: Flask) -> None:
    """Offer the drawing to the templates."""
    app.jinja_env.globals["month_columns"] = month_columns


def month_columns(months: Sequence[Month], direction: str = "ltr") -> tuple[Column, ...]:
    """A column a calendar month from the first to the last, months of no incident left empty; () where all are 0."""
    greatest = max((one.total.most for one in months), default=0)
    if not greatest:
        return ()
    first, last = _number(months[0].month), _number(months[-1].month)
    each = WIDTH / (last - first + 1)
    unit = (HEIGHT - FOOT) / greatest
    return tuple(_column(one, _number(one.month) - first, each, unit, direction) for one in months)


def _column(one: Month, place: int, each: float, unit: float, direction: str) -> Column:
    at = WIDTH - (place + 1) * each if direction == "rtl" else place * each
    high, low = one.total.most * unit, one.total.fewest * unit
    return Column(
        month=one.month,
        x=round(at + each * 0.1, 1),
        width=round(each * 0.8, 1),
        y=round(HEIGHT - FOOT - high, 1),
        height=round(max(high - low, 2.0 if one.total.known else 0.0), 1),
        record=any(passed.measure == "most" for passed in one.passed),
        labelled=one.month.endswith("-01"),
    )


def _number(month: str) -> int:
    year, number = month.split("-")
    return 12 * int(year) + int(number)
