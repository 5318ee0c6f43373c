"""The words of the record: keys that last, ladders in order, words read as they came and never split."""

from __future__ import annotations

import re

import pytest

from review.rules import vocabulary
from review.rules.vocabulary import (
    ACCURACIES,
    CAUSES,
    INFRASTRUCTURE,
    POINT_DECIMALS,
    STRIKE_STATUSES,
    STRIKE_TYPES,
    TIMES_OF_DAY,
    key_of,
    keys_of,
)

LISTS = {name: value for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, dict)}
CODES = ("RELIABILITY", "CREDIBILITY", "POINT_DECIMALS", "SYNONYMS")


@pytest.mark.parametrize("name", sorted(set(LISTS) - set(CODES)))
def test_every_word_has_a_plain_key_and_a_label(name):
    for key, label in LISTS[name].items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", key), key
        assert label.strip() == label and label


@pytest.mark.parametrize("name", sorted(set(LISTS) - {"POINT_DECIMALS", "SYNONYMS", "CATEGORIES"}))
def test_no_two_words_of_a_list_read_the_same(name):
    labels = [label.casefold() for label in LISTS[name].values()]
    assert len(set(labels)) == len(labels)


def test_the_ladder_of_accuracies_never_grows_finer_on_the_way_down():
    assert list(POINT_DECIMALS) == list(ACCURACIES)
    decimals = [POINT_DECIMALS[key] for key in ACCURACIES]
    assert decimals == sorted(decimals, reverse=True)


@pytest.mark.parametrize(
    "word, words, key",
    [
        ("Airstrike and/or Artillery", STRIKE_TYPES, "airstrike_artillery"),
        ("Counter-Terrorism Action (Ground)", STRIKE_TYPES, "counter_terrorism"),
        ("Drone Strike", STRIKE_TYPES, "drone_strike"),
        ("airstrike", STRIKE_TYPES, "airstrike"),
        ("Heavy weapons and explosive munitions", CAUSES, "explosive"),
        ("Chemical, biological, radiological, nuclear", CAUSES, "cbrn"),
        ("Chemical/biological/radiological/nuclear", CAUSES, "cbrn"),
        ("IDP or Refugee Camp", INFRASTRUCTURE, "camp"),
        ("neighbourhood_area", ACCURACIES, "neighbourhood"),
        ("province_governorate", ACCURACIES, "province"),
        ("Likely strike", STRIKE_STATUSES, "likely"),
        ("Single source claim", STRIKE_STATUSES, "single_source"),
        ("around_dusk", TIMES_OF_DAY, "around_dusk"),
        ("Trebuchet", STRIKE_TYPES, None),
        ("", STRIKE_TYPES, None),
        ("Twitter", INFRASTRUCTURE, None),
    ],
)
def test_a_word_as_it_came_is_read_by_its_key(word, words, key):
    assert key_of(word, words) == key


def test_a_word_that_no_list_holds_stays_as_it_came():
    found = keys_of(["Education", "Car, with a trailer", "education", " "], INFRASTRUCTURE)
    assert found == ("education", "Car, with a trailer")
