"""Ranges and their envelope: blank is not zero."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.facts import Casualties, Range, envelope
from tests.rules.cases import casualties

bounds = st.none() | st.integers(0, 40)
ranges = st.builds(Range, bounds, bounds).filter(lambda pair: pair.consistent)
some = st.lists(st.builds(Casualties, ranges, ranges), max_size=6)


@pytest.mark.parametrize(
    "given_pairs, expected",
    [
        ([(3, 5), (4, 7)], (3, 7)),
        ([(3, 5)], (3, 5)),
        ([(None, None), (4, 7)], (4, 7)),
        ([(None, 9), (4, None)], (4, 9)),
        ([(0, 0), (None, None)], (0, 0)),
        ([(None, None), (None, None)], (None, None)),
        ([], (None, None)),
    ],
)
def test_the_envelope_is_least_known_to_greatest_known(given_pairs, expected):
    assert envelope([casualties(pair) for pair in given_pairs]).killed == Range(*expected)


@given(some)
def test_an_envelope_covers_each_range_it_was_made_of(known):
    whole = envelope(known)
    for one in known:
        for pair, outer in ((one.killed, whole.killed), (one.injured, whole.injured)):
            assert pair.minimum is None or outer.minimum <= pair.minimum
            assert pair.maximum is None or outer.maximum >= pair.maximum


@given(some, st.randoms())
def test_an_envelope_does_not_depend_on_order(known, random):
    shuffled = known[:]
    random.shuffle(shuffled)
    assert envelope(shuffled) == envelope(known)


@given(some, some)
def test_an_envelope_of_envelopes_is_the_envelope_of_all(one, other):
    assert envelope([envelope(one), envelope(other)]) == envelope(one + other)


@given(some)
def test_an_envelope_is_unknown_only_where_all_are(known):
    assert envelope(known).killed.known == any(one.killed.known for one in known)
