"""What changed from one description, assessment or position to the next."""

from dataclasses import replace
from typing import Any

import pytest

from review.rules.dossier import Record
from review.rules.facts import Facts, Party, Place, Range
from review.rules.redescribed import Change, changes, redescribed
from tests.rules.cases import LIKELY, casualties


def parts(change: Change) -> list[tuple[str, Any]]:
    return [(part.mark, part.value) for part in change.parts]


def only(before: Facts, after: Facts) -> Change:
    (change,) = redescribed(before, after)
    return change


def test_facts_that_did_not_change_say_nothing() -> None:
    assert redescribed(LIKELY, LIKELY) == ()


@pytest.mark.parametrize(
    "changed, field, said",
    [
        ({"date": "2031-03-15"}, "date", [("gone", "2031-03-14"), ("new", "2031-03-15")]),
        ({"strike_status": None}, "strike_status", [("gone", "likely")]),
        ({"causes": ("burn",)}, "causes", [("new", "burn")]),
        ({"summary": "A mill."}, "summary", [("new", "A mill.")]),
        ({"codes": ("KV1",)}, "codes", [("new", "KV1")]),
        (
            {"parties": (Party("Karsian Air Force"), Party("Tarn Brigades"))},
            "parties",
            [("same", "Karsian Air Force"), ("new", "Tarn Brigades")],
        ),
        ({"parties": (Party("Karsian Air Force", role="known"),)}, "party_role", [("gone", "suspected"), ("new", "known")]),
        ({"places": (replace(LIKELY.places[0], accuracy="village"),)}, "accuracy", [("gone", "town"), ("new", "village")]),
        ({"damage": (("home", "partial"),)}, "damage", [("new", "partial")]),
    ],
)
def test_each_field_says_what_went_and_what_came(changed: Any, field: str, said: list[tuple[str, Any]]) -> None:
    change = only(LIKELY, replace(LIKELY, **changed))
    assert (change.field, parts(change)) == (field, said)


def test_a_place_is_compared_name_by_name_in_its_own_script() -> None:
    before = replace(LIKELY, places=(Place((("ar", "كرسا القديمة"), ("en", "Old Karsa")), point=(12.34, 45.67), accuracy="town"),))
    after = replace(before, places=(replace(before.places[0], names=(("ar", "كرسا الجديدة"), ("en", "Old Karsa"))),))
    change = only(before, after)
    assert (change.field, change.language, change.of) == ("place", "ar", 1)
    assert parts(change) == [("same", "كرسا "), ("gone", "القديمة"), ("new", "الجديدة")]


def test_a_range_changes_by_group_and_one_that_nobody_knew_neither_goes_nor_comes() -> None:
    before = replace(LIKELY, ranges=(("civilians", casualties((3, 5))),))
    found = redescribed(before, replace(before, ranges=(("civilians", casualties((3, 6), (1, 2))),)))
    assert [(one.field, one.of, parts(one)) for one in found] == [
        ("killed", "civilians", [("gone", Range(3, 5)), ("new", Range(3, 6))]),
        ("injured", "civilians", [("new", Range(1, 2))]),
    ]


def record(seq: int, type_: str, sealed: dict[str, Any], **body: Any) -> Record:
    return Record(seq, seq, "2031-03-20", type_, "w", "reviewer", body, sealed, b"")


def test_each_description_is_compared_with_the_one_before_it() -> None:
    told = changes(
        [
            record(1, "incident.opened", {"facts": LIKELY.as_dict()}, stream="s"),
            record(2, "incident.described", {"facts": replace(LIKELY, date="2031-03-15").as_dict()}, material=True),
            record(3, "incident.described", {"facts": replace(LIKELY, date="2031-03-16").as_dict()}, material=True),
        ]
    )
    assert {seq: parts(one[0]) for seq, one in told.items()} == {
        2: [("gone", "2031-03-14"), ("new", "2031-03-15")],
        3: [("gone", "2031-03-15"), ("new", "2031-03-16")],
    }


def test_a_description_whose_words_were_removed_is_compared_with_nothing_nor_is_the_next() -> None:
    described = {"facts": replace(LIKELY, date="2031-03-15").as_dict()}
    chain = [
        record(1, "incident.opened", {"facts": LIKELY.as_dict()}, stream="s"),
        record(2, "incident.described", {}, material=True),
        record(3, "incident.described", described, material=True),
    ]
    assert changes(chain) == {}
    assert list(changes([chain[0], chain[2]])) == [3]


def test_an_assessment_and_a_position_are_compared_with_the_ones_before() -> None:
    told = changes(
        [
            record(1, "source.attached", {"role": "supports_harm", "publishable": False}, source=1),
            record(2, "source.attached", {"role": "disputes", "publishable": False}, source=2),
            record(3, "source.assessed", {"role": "supports_harm", "publishable": True, "credibility": "B2"}, source=1),
            record(4, "position.recorded", {"party": "Karsian Air Force", "position": "open"}, source=None),
            record(5, "position.recorded", {"party": "Tarn Brigades", "position": "open"}, source=None),
            record(6, "position.recorded", {"party": "Karsian Air Force", "position": "credible"}, source=None),
        ]
    )
    assert {seq: [(one.field, one.of, parts(one)) for one in found] for seq, found in told.items()} == {
        3: [("credibility", None, [("new", "B2")]), ("publishable", None, [("gone", False), ("new", True)])],
        6: [("position", "Karsian Air Force", [("gone", "open"), ("new", "credible")])],
    }
