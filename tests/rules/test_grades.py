"""The codebooks: declared distances, conditions that warn, entries that can be vouched for."""

import json
from dataclasses import replace

import pytest

from review.rules import grades
from review.rules.errors import NotFound
from review.rules.facts import Party
from review.rules.grades import AIRWARS_1, CODEBOOKS, REASONABLE_GROUNDS_1
from tests.rules import cases


@pytest.mark.parametrize(
    "one, other, distance",
    [
        ("confirmed", "fair", 1),
        ("fair", "weak", 1),
        ("confirmed", "weak", 2),
        ("weak", "contested", 1),
        ("fair", "contested", 2),
        ("confirmed", "contested", 2),
        ("contested", "discounted", 2),
        ("weak", "discounted", 2),
        ("fair", "discounted", 3),
        ("confirmed", "discounted", 3),
        ("fair", "fair", 0),
    ],
)
def test_distances_are_the_declared_ones_both_ways(one, other, distance):
    assert AIRWARS_1.distance(one, other) == AIRWARS_1.distance(other, one) == distance


@pytest.mark.parametrize("book", CODEBOOKS, ids=lambda book: book.id)
def test_every_pair_of_a_shipped_codebook_has_a_distance(book):
    assert all(book.distance(one, other) is not None for one in book.keys for other in book.keys)


@pytest.mark.parametrize("book", CODEBOOKS, ids=lambda book: book.id)
def test_a_codebook_entry_is_plain_json_without_fractions(book):
    entry = book.as_entry()
    assert json.loads(json.dumps(entry)) == entry
    assert all(isinstance(distance, int) for _one, _other, distance in entry["distances"])


def test_a_pair_that_nobody_declared_is_too_far():
    assert AIRWARS_1.distance("fair", "established") is None
    assert not AIRWARS_1.within("fair", "established", 99)


def test_no_consensus_is_no_grade_that_could_be_voted():
    assert all(grades.NO_CONSENSUS not in book.keys for book in CODEBOOKS)
    assert AIRWARS_1.label(grades.NO_CONSENSUS) == "No consensus"


@pytest.mark.parametrize(
    "word, key", [("Disproved", "discounted"), ("Poor", "weak"), (" Fair ", "fair"), ("Rumour", None)]
)
def test_an_import_knows_older_names(word, key):
    assert grades.imported(word) == key


def test_an_unknown_codebook_or_grade_is_not_found():
    with pytest.raises(NotFound):
        grades.codebook("airwars/9")
    with pytest.raises(NotFound):
        AIRWARS_1.grade("rumour")


def _facts(case, **changes):
    return case.describe("dara", replace(cases.LIKELY, **changes))


def _accepted(case):
    case.attach("dara", role="official")
    case.record(
        "position.recorded",
        "lead",
        {"party": "Karsian Air Force", "position": "credible", "conceded": None},
        source=3,
    )


def _of_another_party(case):
    case.attach("dara", role="official")
    case.record(
        "position.recorded", "lead", {"party": "Elunian Navy", "position": "credible", "conceded": None}, source=3
    )


def _taken_back(case):
    _accepted(case)
    case.record(
        "position.recorded",
        "lead",
        {"party": "Karsian Air Force", "position": "open", "conceded": None},
        source=3,
    )


def _echoed(case):
    case.record("source.grouped", "dara", origin=1, sources=[2])


@pytest.mark.parametrize(
    "grade, change, missing",
    [
        ("confirmed", None, ("official-acceptance",)),
        ("confirmed", _accepted, ()),
        ("confirmed", _of_another_party, ("official-acceptance",)),
        ("confirmed", _taken_back, ("official-acceptance",)),
        ("fair", None, ()),
        ("fair", _echoed, ("two-origins",)),
        ("fair", lambda case: _facts(case, strike_status="single_source"), ("action-likely",)),
        ("fair", lambda case: _facts(case, strike_status="declared"), ()),
        ("weak", None, ("one-origin",)),
        ("weak", _echoed, ()),
        ("contested", None, ("competing-claims",)),
        ("contested", lambda case: _facts(case, strike_status="contested"), ()),
        (
            "contested",
            lambda case: _facts(case, parties=(Party("Karsian Air Force"), Party("Elunian Navy"))),
            (),
        ),
        (
            "contested",
            lambda case: _facts(case, parties=(Party("Karsian Air Force"), Party("Elunian Navy", role="known"))),
            ("competing-claims",),
        ),
        ("discounted", None, ("disputing-source",)),
        ("discounted", lambda case: case.attach("dara", role="disputes"), ()),
    ],
)
def test_a_grade_against_its_definition_warns(grade, change, missing):
    case = cases.logged()
    if change:
        change(case)
    found = grades.warnings(AIRWARS_1, grade, case.dossier)
    assert tuple(warning.key for warning in found) == missing


def test_a_warning_ends_in_permission():
    (warning,) = grades.warnings(AIRWARS_1, "weak", cases.logged().dossier)
    assert "You may still choose it" in warning.sentence % warning.values
    assert "2 are recorded" in warning.sentence % warning.values


def test_a_source_that_only_disputes_or_gives_context_is_no_origin():
    case = cases.logged()
    case.attach("dara", role="disputes")
    case.attach("dara", role="context")
    assert case.dossier.origins == {1, 2}


def test_the_second_scheme_has_its_own_conditions():
    case = cases.Case().open()
    found = {
        key: [w.key for w in grades.warnings(REASONABLE_GROUNDS_1, key, case.dossier)]
        for key in REASONABLE_GROUNDS_1.keys
    }
    assert found == {"established": ["two-origins"], "reasonable_grounds": ["an-origin"], "not_established": []}
