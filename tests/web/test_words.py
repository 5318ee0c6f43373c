"""Words at the edge: several things in one sentence, as each language joins them."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale

from review.views.words import isolated, listed
from tests import builders


@pytest.mark.parametrize(
    ("language", "two", "several"),
    [("en", "A, &lt;C&gt;", "A, B, &lt;C&gt;"), ("ar", "A، و&lt;C&gt;", "A، وB، و&lt;C&gt;")],
)
def test_several_things_are_joined_as_the_reader_joins_them_and_each_is_escaped(
    app: Flask, language: str, two: str, several: str
) -> None:
    with app.test_request_context(), force_locale(language):
        assert listed(["A", "B", "<C>"]) == several
        assert listed(["A", "<C>"]) == two
        assert listed(["A"], isolated) == "<bdi>A</bdi>"
        assert not listed([])


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ({}, "14 March 2031, around dusk"),
        ({"date_type": "unknown"}, "about 14 March 2031, around dusk"),
        ({"date_type": "date_range", "date_end": "2031-03-16"}, "between 14 March 2031 and 16 March 2031, around dusk"),
        ({"time_type": "approximate", "time": "04:30"}, "14 March 2031, about 04:30"),
        ({"time_type": "window", "time": "04:30", "time_end": "06:00"}, "14 March 2031, between 04:30 and 06:00"),
        ({"time_type": "first_reported", "time": "06:10"}, "14 March 2031, first reported at 06:10"),
        ({"date_type": "unknown", "date": None, "time": None}, "not known"),
    ],
)
def test_a_day_and_a_time_are_said_as_surely_as_they_are_known(app: Flask, known: dict[str, str], told: str) -> None:
    said = "{% from '_macros/record.html' import when %}{{ when(facts) }}"
    with app.test_request_context(), force_locale("en"):
        page = render_template_string(said, facts=builders.facts(**known))
    assert re.sub(r"<[^>]*>", "", page).strip() == told
