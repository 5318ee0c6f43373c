"""Krippendorff's alpha against worked figures and its limits."""

import pytest

from review.rules.agreement import alpha, by_distance
from review.rules.grades import AIRWARS_1


def test_perfect_agreement_is_one():
    assert alpha([["fair", "fair"], ["weak", "weak", "weak"]]) == 1


@pytest.mark.parametrize("units", [[], [["fair"]], [["fair", "fair"], ["fair", "fair"]]])
def test_where_nothing_varies_nothing_is_said(units):
    assert alpha(units) is None


def test_the_worked_example_of_the_literature():
    """Krippendorff, "Computing alpha-reliability" (2011), example C: four observers, nominal data, 0.743."""
    rows = [
        "1 1 . 1",
        "2 2 3 2",
        "3 3 3 3",
        "3 3 3 3",
        "2 2 2 2",
        "1 2 3 4",
        "4 4 4 4",
        "1 1 2 1",
        "2 2 2 2",
        ". 5 5 5",
        ". . 1 1",
        ". . 3 .",
    ]
    units = [[value for value in row.split() if value != "."] for row in rows]
    assert alpha(units) == pytest.approx(0.743, abs=0.0005)


def test_a_near_disagreement_counts_less_than_a_far_one():
    weighed = by_distance(AIRWARS_1)
    common = [["fair", "fair"], ["discounted", "discounted"], ["weak", "weak"]]
    near = alpha([*common, ["fair", "weak"]], weighed)
    far = alpha([*common, ["fair", "discounted"]], weighed)
    assert near > far


def test_an_undeclared_pair_is_as_far_as_any():
    weighed = by_distance(AIRWARS_1)
    assert weighed("fair", "rumour") == weighed("fair", "discounted") == 9
