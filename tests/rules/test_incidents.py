"""Facts as typed: what cannot be true is said field by field, what is doubtful is only flagged."""

from dataclasses import replace

import pytest

from review.rules import incidents
from review.rules.facts import Casualties, Facts, Party, Place, Range, changes_materially, with_codes
from tests.rules.cases import LIKELY, casualties

POINT = Place((("en", "Old Karsa"),), point=(12.0, 45.0), accuracy="town")


def test_facts_that_can_be_recorded():
    assert incidents.problems(LIKELY) == {}


@pytest.mark.parametrize(
    "field, change",
    [
        ("date_type", {"date_type": "week"}),
        ("date", {"date": "2031-02-30"}),
        ("date", {"date": "14 March"}),
        ("date", {"date": None}),
        ("date_end", {"date_end": "2031-13-01"}),
        ("date_end", {"date_type": "date_range"}),
        ("date_end", {"date_type": "date_range", "date_end": "2031-03-13"}),
        ("time", {"time": " "}),
        ("time", {"time": "x" * 61}),
        ("place", {"date_type": "unknown", "date": None, "places": ()}),
        ("place-0-latitude", {"places": (replace(POINT, point=(91.0, 0.0)),)}),
        ("place-0-longitude", {"places": (replace(POINT, point=(0.0, 4239.0)),)}),
        ("place-0-accuracy", {"places": (replace(POINT, accuracy=None),)}),
        ("place-0-accuracy", {"places": (replace(POINT, accuracy="somewhere"),)}),
        ("parties", {"parties": (Party(" "),)}),
        ("parties", {"parties": (Party("Elunian Navy"), Party("Elunian Navy"))}),
        ("parties", {"parties": (Party("Elunian Navy", role="guilty"),)}),
        ("strike_status", {"strike_status": "sure"}),
        ("ranges", {"ranges": (("heroes", Casualties()),)}),
        ("civilians-killed", {"ranges": (("civilians", casualties((5, 3))),)}),
        ("children-injured", {"ranges": (("children", Casualties(injured=Range(-1, 3))),)}),
        ("summary", {"summary": "x" * 8_001}),
        ("codes", {"codes": ("x" * 81,)}),
        ("facts", {"places": (replace(POINT, region="x" * 50_000),)}),
        ("facts", {"codes": tuple(f"KV{number}" for number in range(9_000))}),
    ],
)
def test_what_cannot_be_true_is_said_where_it_stands(field, change):
    assert list(incidents.problems(replace(LIKELY, **change))) == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"date_type": "unknown", "date": None},
        {"places": ()},
        {"date_type": "date_range", "date_end": "2031-03-14"},
        {"ranges": (("civilians", casualties((0, 0))),)},
        {"ranges": (("civilians", casualties((None, 4))),)},
        {"strike_status": None},
        {"time": "04:30"},
    ],
)
def test_what_is_merely_unknown_is_no_problem(change):
    assert incidents.problems(replace(LIKELY, **change)) == {}


@pytest.mark.parametrize(
    "change, doubt",
    [
        ({}, ()),
        ({"date": None, "date_type": "unknown"}, ("no-date",)),
        ({"places": ()}, ("no-place",)),
        ({"places": (Place(region="Karsa"),)}, ("no-point",)),
        (
            {
                "ranges": (
                    ("children", casualties((3, 3))),
                    ("civilians", casualties((2, 4))),
                    ("women", casualties((2, 2))),
                )
            },
            ("parts-above-total",),
        ),
        ({"ranges": (("children", casualties((3, 3))),)}, ()),
        ({"ranges": (("children", casualties((3, 3))), ("civilians", casualties((0, 0))))}, ("parts-above-total",)),
    ],
)
def test_what_is_doubtful_is_flagged(change, doubt):
    assert incidents.doubts(replace(LIKELY, **change)) == doubt


@pytest.mark.parametrize(
    "change, material",
    [
        ({"date": "2031-03-15"}, True),
        ({"parties": ()}, True),
        ({"strike_status": "contested"}, True),
        ({"ranges": (("civilians", casualties()),)}, True),
        ({"places": (replace(LIKELY.places[0], point=(12.0, 45.0)),)}, True),
        ({"places": (replace(LIKELY.places[0], names=(("en", "Old Karsah"),)),)}, False),
        ({"summary": "Before dawn."}, False),
        ({"causes": ("Heavy weapons",)}, False),
        ({"time": "04:30"}, False),
    ],
)
def test_material_is_computed_and_never_chosen(change, material):
    assert changes_materially(LIKELY, replace(LIKELY, **change)) is material


def test_a_code_is_an_alias_and_never_material():
    assert not changes_materially(LIKELY, with_codes(LIKELY, ("NJ133",)))


def test_facts_survive_being_sealed_and_opened():
    rich = replace(
        LIKELY, ranges=(("civilians", casualties((0, 4))),), codes=("NJ133",), flags=("longitude",), time="04:30"
    )
    assert Facts.from_dict(rich.as_dict()) == rich


@pytest.mark.parametrize(
    "field, party, position, conceded",
    [
        ("party", " ", "credible", casualties()),
        ("position", "Elunian Navy", "sorry", casualties()),
        ("conceded-killed", "Elunian Navy", "credible", casualties((4, 2))),
    ],
)
def test_an_official_position_that_cannot_be_taken(field, party, position, conceded):
    assert list(incidents.position_problems(party, position, conceded)) == [field]
    assert incidents.position_problems("Elunian Navy", "credible", casualties()) == {}
