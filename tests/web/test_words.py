"""Words at the edge: several things in one sentence, as each language joins them."""

from __future__ import annotations

import re

import pytest
from flask import Flask, render_template_string, url_for
from flask_babel import force_locale, gettext, ngettext

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


ASKED = (
    "{{ _('Yes, %(who)s: 100%%', who=who) }}|{{ _('Sign out') }}|"
    "{% trans count=2 %}{{ count }} independent origin{% pluralize %}{{ count }} independent origins{% endtrans %}"
)


def _origins(count: int) -> str:
    return ngettext("%(count)s independent origin", "%(count)s independent origins", count, count=count)


def test_the_catalogue_says_what_flask_babel_says_in_each_language_of_one_request(app: Flask) -> None:
    told = {}
    with app.test_request_context():
        for language in ("en", "ar", "en"):
            with force_locale(language):
                told[language] = render_template_string(ASKED, who="<b>").split("|")
                assert told[language][1:] == [gettext("Sign out"), _origins(2)]
    assert told["en"] == ["Yes, &lt;b&gt;: 100%", "Sign out", "2 independent origins"]
    assert not set(told["ar"][1:]) & set(told["en"])


def test_a_file_of_ours_has_the_address_that_flask_gives_it(app: Flask) -> None:
    with app.test_request_context():
        said = render_template_string("{{ static('css/desk.css') }}")
        assert said == url_for("static", filename="css/desk.css") and "?v=" in said
