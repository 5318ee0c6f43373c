"""Words at the edge: several things in one sentence, as each language joins them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from review.views.words import isolated, listed


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
