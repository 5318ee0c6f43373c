"""The geometry of the record's charts: nothing outside the drawing, mirrored right to left, years that can be read."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask

from review.rules.facts import Range
from review.rules.record import Counted, counted, months
from review.views.charting import APART, FOOT, HEAD, HEIGHT, WIDTH, Chart, incidents_chart, killed_chart

TOLD = months(
    counted(
        Counted(month, (), grade, True, Range(*killed))
        for month, grade, killed in (
            ("2030-12", "fair", (1, 1)), ("2031-01", "fair", (2, 9)), ("2031-01", "weak", (30, 30)),
            ("2031-03", "confirmed", (None, None)), ("2034-02", "fair", (4, 6)),
        )
    ),
    "",
)  # fmt: skip


def drawn(app: Flask, direction: str) -> tuple[Chart, Chart]:
    with app.test_request_context():
        killed, incidents = killed_chart(TOLD, direction), incidents_chart(TOLD, direction)
    assert killed is not None
    assert incidents is not None
    return killed, incidents


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_everything_lies_within_the_drawing(app: Flask, direction: str) -> None:
    for chart in drawn(app, direction):
        for column in chart.columns:
            assert column.x >= 0 and column.x + column.width <= WIDTH
            assert column.y >= HEAD and column.y + column.height <= HEIGHT - FOOT + 0.1
            assert HEAD <= column.beside <= HEIGHT - FOOT
        places = sorted(year.x for year in chart.years)
        assert all(later - earlier >= APART for earlier, later in itertools.pairwise(places))
        assert {year.words for year in chart.years} == {"2031", "2032", "2033", "2034"}


def test_a_bar_floats_from_the_fewest_to_the_most_and_a_record_is_marked(app: Flask) -> None:
    killed, incidents = drawn(app, "ltr")
    assert (killed.greatest, killed.peak, incidents.greatest, incidents.peak) == (9, "2031-01", 2, "2031-01")
    first, second, unknown, last = killed.columns
    assert second.y == HEAD and second.height == pytest.approx((HEIGHT - FOOT - HEAD) * 7 / 9, abs=0.2)
    assert (first.record, second.record, last.record) == (False, True, False)
    assert unknown.height == 0 and first.height == 2  # what nobody knows is not drawn, one is
    assert incidents.columns[1].beside == HEAD < incidents.columns[1].y


def test_right_to_left_is_the_mirror(app: Flask) -> None:
    for left, right in zip(*(drawn(app, direction)[0].columns for direction in ("ltr", "rtl")), strict=True):
        assert left.x + right.x + left.width == pytest.approx(WIDTH, abs=0.2)


def test_nothing_known_is_no_chart(app: Flask) -> None:
    assert killed_chart(()) is None
