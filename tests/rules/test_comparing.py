"""Votes side by side: where they differ, which stand apart, what each source carries, why they do not agree."""

import pytest

from review.rules.comparing import Compared, Far, compared, reliance, standoff
from review.rules.grades import codebook
from review.rules.policy import Policy

BOOK = codebook("airwars/1")
ALL = (True, True, True)


@pytest.mark.parametrize(
    "answers, expected",
    [
        (("fair", "fair", "fair"), Compared(False, (False, False, False))),
        (("fair", "weak", "fair"), Compared(True, (False, True, False))),
        (("fair", "weak", "contested"), Compared(True, (False, False, False))),
    ],
)
def test_an_answer_stands_apart_from_what_most_say_and_a_tie_singles_out_nobody(
    answers: tuple[str, ...], expected: Compared
) -> None:
    assert compared(answers, ALL) == expected


def test_an_excluded_vote_makes_no_difference_and_stands_apart_from_none() -> None:
    assert compared(("fair", "fair", "weak"), (True, True, False)) == Compared(False, (False, False, False))


def test_sources_are_told_apart_by_how_many_rest_on_them() -> None:
    found = reliance([("A", (1, 2, 2)), ("B", (1, 2)), ("C", (1, 3))])
    assert [one.source for one in found.by_all] == [1]
    assert [(one.source, one.letters) for one in found.by_some] == [(2, ("A", "B"))]
    assert [(one.source, one.letters) for one in found.by_one] == [(3, ("C",))]
    assert found.differs


def test_where_all_rest_on_the_same_nothing_differs() -> None:
    assert not reliance([("A", (1,)), ("B", (1,))]).differs
    assert not reliance([("A", (1,))]).differs, "a single vote is alone with nobody"


def test_a_grade_too_far_from_the_leading_one_is_named_with_its_distance() -> None:
    found = standoff(("fair", "fair", "contested"), Policy(), BOOK)
    assert (found.leading, found.count, found.total, found.enough) == ("fair", 2, 3, True)
    assert found.far == (Far("contested", 2),)


def test_too_small_a_share_is_said_without_anybody_being_far() -> None:
    found = standoff(("fair", "fair", "weak", "confirmed"), Policy(), BOOK)
    assert (found.leading, found.enough, found.far) == ("fair", False, ())


def test_two_grades_held_by_as_many_lead_to_none() -> None:
    found = standoff(("fair", "weak", "contested"), Policy(), BOOK)
    assert (found.leading, found.counts) == (None, (("contested", 1), ("fair", 1), ("weak", 1)))


def test_unanimity_is_not_met_by_two_of_three() -> None:
    assert not standoff(("fair", "fair", "weak"), Policy(unanimity=True), BOOK).enough
    assert standoff(("fair", "fair", "weak"), Policy(), BOOK).enough
