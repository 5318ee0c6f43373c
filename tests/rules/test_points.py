"""Points: shown no closer than they are known, and as exact again when a page gives back what it had shown."""

from __future__ import annotations

from dataclasses import replace
from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import points
from review.rules.facts import Facts, Place, coarsened
from review.rules.points import METRES_A_DEGREE, reach
from review.rules.vocabulary import ACCURACIES, POINT_DECIMALS

degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
places = st.builds(
    Place, st.just((("en", "Marj Eluan"),)), st.none(), st.none() | degrees, st.sampled_from(list(ACCURACIES))
)
described = st.builds(Facts, places=st.lists(places, max_size=5).map(tuple))


def shown_points(facts: Facts) -> list[object]:
    return [place.point for place in points.shown(facts).places]


@given(described)
def test_no_point_is_shown_closer_than_its_accuracy(facts):
    for place in points.shown(facts).places:
        decimals = POINT_DECIMALS[place.accuracy]
        assert place.point is None or place.point == tuple(round(one, decimals) for one in place.point)


@given(described)
def test_what_a_page_gives_back_as_shown_stays_as_exact_as_it_is_known(facts):
    before, exact = points.shown(facts), points.sealed(facts, None)
    again = points.restored(before, exact, before)
    assert points.sealed(again, None) == exact
    assert points.shown(again) == before


@given(described.filter(lambda facts: len({place.point for place in points.shown(facts).places}) == len(facts.places)))
def test_a_place_keeps_its_exact_point_wherever_it_is_moved(facts):
    before, exact = points.shown(facts), points.sealed(facts, None)
    turned = replace(before, places=before.places[::-1])
    wanted = replace(facts, places=facts.places[::-1])
    assert points.sealed(points.restored(before, exact, turned), None) == points.sealed(wanted, None)


def test_a_vaguer_accuracy_coarsens_what_is_known_and_not_what_was_shown():
    known = Facts(places=(Place(point=(33.4461, 41.5), accuracy="nearby_landmark"),))
    before = points.shown(known)
    assert shown_points(known) == [(33.446, 41.5)]
    vaguer = replace(before, places=(replace(before.places[0], accuracy="town"),))
    assert shown_points(points.restored(before, points.sealed(known, None), vaguer)) == [(33.45, 41.5)]


def test_a_point_typed_anew_takes_the_place_of_the_old_one():
    known = Facts(places=(Place(point=(33.4461, 41.5), accuracy="town"),))
    moved = replace(known, places=(replace(known.places[0], point=(33.5, 41.25)),))
    typed = points.restored(points.shown(known), points.sealed(known, None), moved)
    assert points.sealed(typed, None) == {"points": [[33.5, 41.25]]}


def test_beside_the_points_stand_notes_and_the_first_report_and_nothing_empty():
    facts = Facts(places=(Place(region="Karsa"), Place(point=(1.0, 2.0))))
    kept = points.sealed(facts, {"notes": [None, "by the well"], "first_reported": None, "points": "never"})
    assert kept == {"points": [None, [1.0, 2.0]], "notes": [None, "by the well"]}
    assert points.notes(facts, kept) == (None, "by the well")
    assert points.notes(facts, None) == (None, None)
    assert points.sealed(Facts(), {}) is None


@pytest.mark.parametrize("accuracy", [*ACCURACIES, None])
def test_the_area_of_a_place_holds_it_wherever_its_point_was_rounded(accuracy: str | None) -> None:
    """The corner of what rounds to one point lies within the reach, at the equator, where a degree is longest."""
    decimals = POINT_DECIMALS.get(accuracy or "", 1)
    corner = 0.5 * 10**-decimals
    assert coarsened(corner * 0.999, corner * 0.999, accuracy) == (0.0, 0.0)
    metres = reach(Place(point=(0.0, 0.0), accuracy=accuracy))
    assert metres >= hypot(corner, corner) * METRES_A_DEGREE


def test_what_is_known_less_exactly_reaches_further() -> None:
    reaches = [reach(Place(accuracy=accuracy)) for accuracy in ACCURACIES]
    assert reaches == sorted(reaches)
    assert reach(Place(accuracy=None)) == reach(Place(accuracy="city"))
