"""Parties: one key for the spellings of a name, one table for other names, and who is named at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.errors import Invalid
from review.rules.parties import Names, accept, key_of

NAMES = Names({"karsian forces": "Karsian Air Force", "KAF": "karsian forces", "Old Guard": "Velmar Guard"})


@pytest.mark.parametrize(
    "one, other",
    [
        ("K.V.-led Coalition", "KV-Led  coalition"),
        ("karsian_air_force", "Karsian Air Force"),
        ("Velmar’s Guard", "Velmars guard"),
        ("Coalición de Tarn", "coalicion de tarn"),
        ("أُلوية طَرن", "الويه طرن"),
    ],
)
def test_spellings_of_one_name_share_a_key(one, other):
    assert key_of(one) == key_of(other) != ""


@pytest.mark.parametrize("one, other", [("Karsian Air Force", "Karsian Army"), ("?", "!"), ("Tarn 1", "Tarn 2")])
def test_other_names_do_not(one, other):
    assert key_of(one) != key_of(other)


@pytest.mark.parametrize(
    "name, key",
    [
        ("Karsian Air Force", "karsian air force"),
        ("Karsian  Forces", "karsian air force"),
        ("K.A.F.", "karsian air force"),  # an alias of an alias
        ("old guard", "velmar guard"),
        ("Tarn Brigades", "tarn brigades"),
    ],
)
def test_an_alias_is_the_party_it_stands_for(name, key):
    assert NAMES.key(name) == key


def test_names_that_lead_round_in_a_circle_are_left_as_they_are():
    circle = Names({"One": "Two", "Two": "One"})
    assert (circle.key("One"), circle.key("Two")) == ("one", "two")


def test_who_is_said_to_be_the_target_is_not_put_down_for_the_harm():
    written = [("KAF", "suspected"), ("Karsian Forces", "known"), ("Tarn Brigades", "targeted"), (" ", "suspected")]
    assert NAMES.named(written) == ("karsian air force",)


def test_a_party_is_called_as_the_table_says_else_as_it_was_written_most():
    assert NAMES.shown("velmar guard", {"VELMAR GUARD": 9}) == "Velmar Guard"
    assert NAMES.shown("tarn brigades", {"Tarn brigades": 1, "Tarn Brigades": 2}) == "Tarn Brigades"
    assert NAMES.shown("tarn brigades", {"Tarn brigades": 2, "Tarn Brigades": 2}) == "Tarn Brigades"
    assert NAMES.shown("tarn brigades", {}) == "tarn brigades"


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=6), st.text(max_size=3))
def test_every_table_leads_every_name_somewhere_and_an_alias_only_once(aliases, name):
    names = Names(aliases)
    assert names.key(names.key(name)) == names.key(name) or names.key(name) == key_of(name)


@pytest.mark.parametrize(
    "alias, name, wrong",
    [
        ("", "Karsian Air Force", {"alias"}),
        ("Tarn Brigades", "  ", {"name"}),
        ("Tarn", "TARN.", {"alias"}),  # spellings of one name
        ("old guard", "Karsian Air Force", {"alias"}),  # leads elsewhere already
        ("Karsian Air Force", "KAF", {"name"}),  # would lead round in a circle
        ("T" * 201, "N" * 201, {"alias", "name"}),
    ],
)
def test_what_cannot_be_an_alias_says_where(alias, name, wrong):
    with pytest.raises(Invalid) as refusal:
        accept(alias, name, NAMES)
    assert set(refusal.value.problems) == wrong


def test_what_can_be_an_alias_is_kept_without_its_blanks():
    assert accept("  Tarn Brigades ", "Velmar Guard", NAMES) == ("Tarn Brigades", "Velmar Guard")


def test_a_very_long_name_is_told_apart_by_its_beginning():
    assert key_of("T" * 300) == key_of("T" * 400) != key_of("T" * 199)
