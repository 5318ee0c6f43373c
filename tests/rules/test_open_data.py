"""The open data's columns, and cells that no spreadsheet runs."""

from __future__ import annotations

import pytest

from review.rules.facts import Range
from review.rules.open_data import (
    COLUMNS,
    RECORD_COLUMNS,
    Column,
    Determined,
    Recorded,
    cell,
    determined,
    feature,
    recorded,
)
from review.rules.record import Cell, Figure
from review.rules.vocabulary import ACCURACIES, STRIKE_STATUSES


@pytest.mark.parametrize(("columns", "row"), [(COLUMNS, Determined), (RECORD_COLUMNS, Recorded)])
def test_the_dictionary_is_the_row_column_by_column(columns: tuple[Column, ...], row: type) -> None:
    assert tuple(column.name for column in columns) == row._fields  # type: ignore[attr-defined]
    assert all(column.meaning.endswith(".") for column in columns)


def test_the_words_of_a_column_are_those_of_the_record() -> None:
    words = {column.name: column.words for column in COLUMNS}
    assert (words["accuracy"], words["strike_status"]) == (ACCURACIES, STRIKE_STATUSES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (0, "0"), (-3, "-3"), (33.5, "33.5"), (-33.5, "-33.5"), (True, "true"), (False, "false"),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\nx", "'\nx"),
        ("＝1", "'＝1"), ("＋1", "'＋1"), ("－1", "'－1"), ("＠x", "'＠x"), ("Marj Eluan", "Marj Eluan"),
        ([], ""), (["=1", "b"], "'=1; b"), ({"ar": "مرج", "en": "Marj"}, "ar: مرج; en: Marj"),
    ],
)  # fmt: skip
def test_a_cell_is_text_that_nothing_runs(value: object, text: str) -> None:
    assert cell(value) == text


def row(facts: dict | None) -> Determined:
    return determined(
        "i-aaaaaaaaaaaaaaaa", 1, 7, "ab", "2031-03-14", "first", True, "published", "fair", "airwars/1",
        {"killed": [3, None]}, facts,
    )  # fmt: skip


def test_what_nobody_knows_is_blank_and_removed_facts_are_said() -> None:
    known, gone = row({"places": []}), row(None)
    assert (known.killed_min, known.killed_max, known.injured_min, known.place, known.latitude) == (3, None, None, None, None)
    assert (known.facts_removed, gone.facts_removed, gone.parties) == (False, True, [])
    assert feature(known)["geometry"] is None and feature(known)["id"] == "i-aaaaaaaaaaaaaaaa/1"


@pytest.mark.parametrize(
    ("killed", "told"),
    [
        (Range(None, None), (None, None)), (Range(0, 0), (0, 0)), (Range(0, None), (0, 0)), (Range(None, 4), (0, 4)),
        (Range(3, 5), (3, 5)),
    ],
)  # fmt: skip
def test_a_sum_of_numbers_that_nobody_knows_is_blank_and_not_zero(
    killed: Range, told: tuple[int | None, int | None]
) -> None:
    (one,) = recorded({Cell("", "2031-03", "fair", False): Figure.of(killed)}, {})
    assert (one.killed_min, one.killed_max) == told
