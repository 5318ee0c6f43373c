"""The time of day: what kind it is decides how it is read, and words stay words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import times
from review.rules.times import Time
from tests.rules.cases import LIKELY


@pytest.mark.parametrize(
    "cell, expected",
    [
        ("", Time()),
        ("04:30", Time("exact", "04:30")),
        ("4:30", Time("exact", "04:30")),
        ("23:05:00", Time("exact", "23:05")),
        ("around_dusk", Time("time_of_day", "around_dusk")),
        ("During the night", Time("time_of_day", "during_the_night")),
        ("18:40 – 19:10", Time("window", "18:40", "19:10")),
        ("23:30-0:15", Time("window", "23:30", "00:15")),
        ("24:10", Time(None, "24:10")),
        ("after the second siren", Time(None, "after the second siren")),
    ],
)
def test_a_time_is_read_as_it_was_written(cell, expected):
    assert times.read(cell) == expected


@given(st.integers(0, 23), st.integers(0, 59))
def test_every_minute_of_the_day_is_a_time_of_the_clock(hour, minute):
    assert times.clock(f"{hour}:{minute:02}:07") == f"{hour:02}:{minute:02}"


@given(st.text(max_size=40))
def test_whatever_was_read_can_be_recorded(cell):
    read = times.read(cell)
    facts = replace(LIKELY, time_type=read.type, time=read.time, time_end=read.end)
    assert times.problems(facts) == {}


@pytest.mark.parametrize(
    "kind, time, end, field",
    [
        (None, "around dusk", None, None),
        (None, " ", None, "time"),
        (None, "x" * 61, None, "time"),
        ("exact", "04:30", None, None),
        ("exact", None, None, "time"),
        ("exact", "dusk", None, "time"),
        ("approximate", "25:00", None, "time"),
        ("window", "23:30", "00:15", None),
        ("window", "23:30", None, "time_end"),
        ("window", None, "00:15", "time"),
        ("time_of_day", "around_dusk", None, None),
        ("time_of_day", "teatime", None, "time_of_day"),
        ("first_reported", "04:30", None, None),
        ("first_reported", "2031-03-14 04:30", None, None),
        ("first_reported", "2031-03-14", None, None),
        ("first_reported", "2031-02-30 04:30", None, "time"),
        ("first_reported", None, None, "time"),
        ("unknown", None, None, None),
        ("unknown", "04:30", None, "time"),
        ("sundial", "04:30", None, "time_type"),
    ],
)
def test_a_time_fits_its_kind(kind, time, end, field):
    facts = replace(LIKELY, time_type=kind, time=time, time_end=end)
    assert list(times.problems(facts)) == ([field] if field else [])
