"""Ranges and their envelope: blank is not zero."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.facts import Casualties, Facts, Party, Place, Range, envelope
from review.rules.vocabulary import CATEGORIES, OBSERVATIONS, TIME_TYPES
from tests.rules.cases import casualties

# As the first release sealed them: what came since is absent, and reads as unknown.
RELEASED = {
    "causes": [], "codes": ["KV412"], "date": "2031-03-14", "date_end": None, "date_type": "date",
    "earlier_codes": ["K-1"], "flags": [], "infrastructure": ["Car, with a trailer"],
    "parties": [{"name": "Karsian Air Force", "role": "suspected", "tracked": True}],
    "places": [{"accuracy": "town", "names": {"ar": "مرج", "en": "Marj"}, "point": [33.12, 41.88], "region": None}],
    "ranges": {"civilians": {"injured": [None, None], "killed": [0, 5]}}, "strike_status": None,
    "strike_types": ["Drone Strike"], "summary": None, "time": "around dusk",
}  # fmt: skip
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


word = st.none() | st.text(min_size=1, max_size=8)
words = st.lists(st.text(min_size=1, max_size=8), max_size=3, unique=True).map(tuple)
point = st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180))
names = st.dictionaries(st.sampled_from(["ar", "en", "he"]), st.text(min_size=1, max_size=8)).map(
    lambda named: tuple(sorted(named.items()))
)
anything = st.builds(
    Facts,
    date_type=st.sampled_from(["date", "date_range", "unknown"]), date=word, date_end=word, time=word,
    places=st.lists(st.builds(Place, names, word, point, word), max_size=3).map(tuple),
    parties=st.lists(st.builds(Party, st.text(min_size=1), st.booleans(), st.sampled_from(["known", "targeted"])), max_size=3).map(tuple),
    strike_types=words, strike_status=word, causes=words, infrastructure=words,
    ranges=st.dictionaries(st.sampled_from(sorted(CATEGORIES)), st.builds(Casualties, ranges, ranges)).map(
        lambda known: tuple(sorted(known.items()))
    ),
    codes=words, earlier_codes=words, summary=word, flags=words,
    time_type=st.none() | st.sampled_from(sorted(TIME_TYPES)), time_end=word,
    damage=st.dictionaries(st.text(min_size=1), st.sampled_from(["partial", "complete"])).map(lambda d: tuple(sorted(d.items()))),
    observations=st.lists(st.sampled_from(sorted(OBSERVATIONS)), unique=True).map(tuple),
)  # fmt: skip


@given(anything)
def test_facts_survive_being_sealed_and_opened_whatever_they_say(facts):
    assert Facts.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_facts_of_the_first_release_read_and_write_the_same():
    facts = Facts.from_dict(RELEASED)
    assert facts.as_dict() == RELEASED
    assert (facts.time_type, facts.time_end, facts.damage, facts.observations) == (None, None, (), ())


def test_blank_is_not_zero():
    sealed = {"children": {"killed": [None, None]}, "civilians": {"killed": [0, None]}, "men": {"killed": [0, 0]}}
    facts = Facts.from_dict({"ranges": {name: {**pair, "injured": [None, None]} for name, pair in sealed.items()}})
    known = dict(facts.ranges)
    assert not known["children"].killed.known
    assert known["civilians"].killed == Range(0, None)
    assert known["men"].killed == Range(0, 0)
    assert facts.as_dict()["ranges"]["children"] == {"injured": [None, None], "killed": [None, None]}
    assert [name for name, _pair in facts.groups] == ["civilians", "men"]


def test_groups_stand_in_the_order_of_the_vocabulary():
    facts = Facts(ranges=tuple((name, casualties((1, 1))) for name in sorted(CATEGORIES)))
    assert [name for name, _pair in facts.groups] == list(CATEGORIES)


def test_what_was_hit_stands_with_its_damage():
    facts = Facts(infrastructure=("education", "Car, with a trailer"), damage=(("education", "partial"),))
    assert facts.hit == (("education", "partial"), ("Car, with a trailer", None))
