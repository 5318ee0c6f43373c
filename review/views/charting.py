"""Geometry of the record's charts: a column a calendar month, the greatest on the scale's top, years along the foot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Flask
from flask_babel import format_date
from flask_babel import gettext as _

from review.rules.record import UNDATED, Figure, Month

WIDTH, HEIGHT, FOOT, HEAD = 960.0, 220.0, 24.0, 16.0
WIDEST = 48.0  # units from one month to the next
LEAST = 2.0  # units: what is known is drawn, however little it is
APART = 36.0  # units between the names of two years
LABELS = 14  # years that can stand side by side


@dataclass(frozen=True, slots=True)
class Column:
    """One month: where its bar stands, and whether it is a record in what is drawn."""

    month: str
    x: float
    width: float
    y: float
    height: float
    record: bool
    beside: float  # where the bar of all grades ends above


@dataclass(frozen=True, slots=True)
class Year:
    """A year where its first column stands."""

    words: str
    x: float


@dataclass(frozen=True, slots=True)
class Chart:
    """The columns of a party, its years, and the number on the top of the scale."""

    columns: tuple[Column, ...]
    years: tuple[Year, ...]
    greatest: int
    peak: str  # its month, the first of several
    base: float = HEIGHT - FOOT
    head: float = HEAD


def register(app: Flask) -> None:
    """Offer the drawing, and months in words, to the templates."""
    app.jinja_env.globals.update(killed_chart=killed_chart, incidents_chart=incidents_chart)
    app.jinja_env.filters["month_words"] = month_words


def month_words(month: str) -> str:
    """A month as one says it: March 2031; what is in none is said to be undated."""
    if month == UNDATED:
        return _("No month known")
    year, number = month.split("-")
    return format_date(date(int(year), int(number), 1), "LLLL y")


def killed_chart(months: Sequence[Month], direction: str = "ltr") -> Chart | None:
    """The fewest to the most killed in each month, months of no incident left empty; None where nobody is known."""
    return _chart(months, direction, "most", lambda one: (one.total.fewest, one.total.most), lambda one: one.total)


def incidents_chart(months: Sequence[Month], direction: str = "ltr") -> Chart | None:
    """The incidents of each month in the chosen grades, and behind them those of all grades."""
    return _chart(months, direction, "incidents", lambda one: (0, one.total.incidents), lambda one: one.all_grades)


def _chart(
    months: Sequence[Month],
    direction: str,
    measure: str,
    bounds: Callable[[Month], tuple[int, int]],
    beside: Callable[[Month], Figure],
) -> Chart | None:
    greatest = max((getattr(beside(one), measure) for one in months), default=0)
    if not greatest:
        return None
    first, last = _number(months[0].month), _number(months[-1].month)
    each, unit = min(WIDTH / (last - first + 1), WIDEST), (HEIGHT - FOOT - HEAD) / greatest

    def left(place: int) -> float:
        return WIDTH - (place + 1) * each if direction == "rtl" else place * each

    def column(one: Month) -> Column:
        low, high = (bound * unit for bound in bounds(one))
        return Column(
            month=one.month,
            x=round(left(_number(one.month) - first) + each * 0.1, 1),
            width=round(each * 0.8, 1),
            y=round(HEIGHT - FOOT - max(high, LEAST if high else 0.0), 1),
            height=round(max(high - low, LEAST if high else 0.0), 1),
            record=any(passed.measure == measure for passed in one.passed),
            beside=round(HEIGHT - FOOT - getattr(beside(one), measure) * unit, 1),
        )

    peak = next(one.month for one in months if getattr(beside(one), measure) == greatest)
    years = tuple(_years(first, last, each, left, direction))
    return Chart(tuple(column(one) for one in months), years, greatest, peak)


def _years(first: int, last: int, each: float, left: Callable[[int], float], direction: str) -> list[Year]:
    """Every year, or every so many where they would run into each other, at its first month that is drawn."""
    found = sorted({number // 12 for number in range(first, last + 1)})
    step = -(-len(found) // LABELS)
    behind = each if direction == "rtl" else 0.0
    places = [(year, max(year * 12, first) - first) for year in found[::step]]
    # The end of a year at the very beginning goes unnamed where the next one would be written into it.
    kept = places[1:] if len(places) > 1 and (places[1][1] - places[0][1]) * each < APART else places
    room = [(year, place) for year, place in kept if (last - first + 1 - place) * each >= APART]
    return [Year(format_date(date(year, 1, 1), "y"), round(left(place) + behind, 1)) for year, place in room or kept]


def _number(month: str) -> int:
    year, number = month.split("-")
    return 12 * int(year) + int(number) - 1
