"""The words of the method say all that the code knows by a name, and nothing else; two codebooks are told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from review.rules import guards, method, requirements, settlement, workflow
from review.rules.codebooks import compared, comparisons
from review.rules.grades import AIRWARS_1, CODEBOOKS, REASONABLE_GROUNDS_1
from review.rules.policy import Policy


@pytest.mark.parametrize(
    ("said", "known"),
    [
        (method.STAGES, workflow.STAGES),
        (method.MOVES, {row.event for row in workflow.TRANSITIONS}),
        (method.GUARDS, guards.GUARDS),
        (method.TITLES, guards.GUARDS),
        (method.NEEDS, set(requirements.REQUIREMENTS) - set(guards.GUARDS)),
        (method.RUNGS, set(get_args(settlement.Rung)) - {"closed"}),
        (method.HOURS, method.RUNGS),
    ],
    ids=["stages", "moves", "guards", "titles", "needs", "rungs", "hours"],
)
def test_every_name_of_the_code_has_its_words_and_no_words_are_left_over(said: object, known: object) -> None:
    assert set(said) == set(known)  # type: ignore[call-overload]


def test_the_guards_stand_in_their_order_and_the_rungs_have_their_hours() -> None:
    assert list(method.GUARDS) == list(guards.GUARDS)
    assert all(hours in Policy().times for hours in method.HOURS.values())


def test_the_five_areas_of_a_published_method_are_sections_of_which_one_no_code_can_write() -> None:
    own = {one.key: one for one in method.OWN}
    assert list(method.AREAS) == ["sources", "collection", "evaluation", "corroboration", "quality"]
    assert set(method.AREAS) <= set(own)
    assert own["collection"].needed and not own["quality"].needed


def test_versions_of_one_scheme_differ_by_what_was_changed_and_nothing_else() -> None:
    fair, weak, *_rest = AIRWARS_1.grades[1:]
    later = replace(
        AIRWARS_1,
        id="airwars/2",
        grades=(AIRWARS_1.grades[0], replace(fair, definition="Three."), replace(weak, condition="None.")),
        distances=tuple((a, b, 3 if {a, b} == {"fair", "weak"} else far) for a, b, far in AIRWARS_1.distances),
    )
    found = compared(AIRWARS_1, later)
    assert found.same_family
    assert (found.only_one, found.only_other) == (("contested", "discounted"), ())
    assert (found.defined_otherwise, found.checked_otherwise) == (("fair",), ("weak",))
    assert (found.apart_otherwise, found.kept) == ((("fair", "weak"),), ("confirmed",))


def test_a_codebook_beside_itself_differs_in_nothing() -> None:
    found = compared(AIRWARS_1, AIRWARS_1)
    assert found.kept == AIRWARS_1.keys
    assert not (found.only_one or found.only_other or found.defined_otherwise or found.apart_otherwise)


def test_two_schemes_share_no_grade_and_every_pair_is_told_apart() -> None:
    (found, *_others) = comparisons(CODEBOOKS)
    assert (found.one, found.other, found.same_family) == ("airwars/1", "reasonable-grounds/1", False)
    assert (found.only_one, found.only_other) == (AIRWARS_1.keys, REASONABLE_GROUNDS_1.keys)
    assert len(comparisons(CODEBOOKS)) == len(CODEBOOKS) * (len(CODEBOOKS) - 1) // 2
