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
        ("strike_types", {"strike_types": ("x" * 201,)}),
        ("causes", {"causes": ("x" * 201,)}),
        ("infrastructure", {"infrastructure": ("x" * 201,)}),
        ("observations", {"observations": ("a feeling",)}),
        ("damage", {"infrastructure": ("education",), "damage": (("education", "ruined"),)}),
        ("damage", {"damage": (("education", "partial"),)}),
        ("time", {"time_type": "exact", "time": "dusk"}),
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
        ({"ranges": (("children", casualties((1, 6))), ("civilians", casualties((3, 5))))}, ("part-above-total",)),
        ({"ranges": (("civilians", casualties((1, 5))), ("men", casualties((3, 3))))}, ("total-below-parts",)),
        ({"ranges": (("civilians", casualties((None, 5))), ("men", casualties((3, 3))))}, ()),
        ({"ranges": (("civilians", casualties((3, None))), ("men", casualties((2, 9))))}, ()),
        (
            {"ranges": (("civilians", casualties((0, 1), (0, 1))), ("women", casualties((0, 1), (2, 2))))},
            ("parts-above-total",),
        ),
        ({"ranges": (("civilians", casualties((0, 1))), ("health_workers", casualties((9, 9))))}, ()),
        ({"time_type": "window", "time": "04:30", "time_end": "04:30"}, ("window-closed",)),
        ({"parties": (Party("Tarn Brigades", role="targeted"),)}, ("only-targets",)),
        ({"parties": (Party("Tarn Brigades", role="targeted"), Party("Karsian Air Force"))}, ()),
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
        ({"time_type": "exact", "time": "04:30"}, False),
        ({"observations": ("double_tap",)}, False),
        ({"infrastructure": ("education",), "damage": (("education", "partial"),)}, False),
        ({"parties": (replace(LIKELY.parties[0], role="known"),)}, True),
        ({"places": (*LIKELY.places, Place(point=(12.0, 45.0), accuracy="town"))}, True),
        ({"ranges": (("journalists", casualties((1, 1))),)}, True),
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


@pytest.mark.parametrize(
    "field, exact",
    [
        ("place-1-note", {"notes": [None, "x" * 8_001]}),
        ("first_reported_by", {"first_reported": {"by": "x" * 8_001}}),
        ("first_reported_url", {"first_reported": {"url": "a wall"}}),
        ("facts", {"notes": ["x" * 8_000] * 7}),
    ],
)
def test_what_cannot_be_kept_beside_the_facts(field, exact):
    assert list(incidents.exact_problems(exact)) == [field]
    assert incidents.exact_problems({"notes": [None, "by the well"], "first_reported": {"url": "https://a.invalid/"}}) == {}
    assert incidents.exact_problems(None) == {}
