"""The record: months, parties and grades added up as the field adds them up, and which month passed all before it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.facts import Facts, Party, Range
from review.rules.grades import CODEBOOKS
from review.rules.parties import Names
from review.rules.record import (
    EVERYBODY,
    HEADLINE,
    MEASURES,
    NOTHING,
    UNDATED,
    Cell,
    Counted,
    Figure,
    Month,
    Passed,
    Share,
    Wanted,
    altogether,
    counted,
    counted_of,
    month_of,
    months,
    parties,
    total,
    undated,
)

KARSIA, TARN = "karsian air force", "tarn brigades"
GRADES = [key for book in CODEBOOKS for key in book.keys]


def incident(month: str = "2031-03", *named: str, grade: str = "fair", killed: tuple = (3, 5), legacy: bool = False):
    return Counted(month, named or (KARSIA,), grade, legacy, Range(*killed))


def record(*incidents: Counted, party: str = KARSIA, grades=HEADLINE) -> dict[str, Month]:
    return {one.month: one for one in months(counted(incidents), party, grades)}


def march(*incidents: Counted, **options) -> Month:
    return record(*incidents, **options)["2031-03"]


# --- where an incident counts -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "date, month",
    [
        ("2031-03-31", "2031-03"),
        ("2031-12-01", "2031-12"),
        (None, UNDATED),
        ("", UNDATED),
        ("2031-03", UNDATED),
        ("2031-13-01", UNDATED),
        ("2031-00-10", UNDATED),
        ("in March", UNDATED),
    ],
)
def test_an_incident_counts_in_the_month_of_the_day_it_begins(date, month):
    assert month_of(date) == month


def test_an_incident_that_names_several_parties_counts_in_full_for_each():
    one = incident("2031-03", KARSIA, TARN)
    for party in (KARSIA, TARN, EVERYBODY):
        assert march(one, party=party).total == Figure(1, 3, 5)
    assert parties(counted([one])) == (KARSIA, TARN)


def test_a_party_named_twice_counts_once():
    assert march(incident("2031-03", KARSIA, KARSIA)).total == Figure(1, 3, 5)


def test_an_incident_that_names_nobody_counts_for_everybody_alone():
    nobody = Counted("2031-03", (), "fair", False, Range(1, 1))
    assert march(nobody, party=EVERYBODY).total == Figure(1, 1, 1)
    assert parties(counted([nobody])) == ()


def test_what_has_no_day_is_in_no_month_and_is_told_apart():
    cells = counted([incident(UNDATED), incident()])
    assert [one.month for one in months(cells, KARSIA)] == ["2031-03"]
    assert undated(cells, KARSIA).total == Figure(1, 3, 5)
    assert undated(cells, TARN).total == NOTHING


# --- ranges -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "killed, figure",
    [
        ((3, 5), Figure(1, 3, 5)),
        ((0, 0), Figure(1, 0, 0)),
        ((None, None), Figure(1, unknown=1)),
        ((None, 4), Figure(1, 0, 4, open_below=1)),
        ((0, None), Figure(1, 0, 0, open_above=1)),
        ((2, None), Figure(1, 2, 2, open_above=1)),
    ],
)
def test_blank_is_not_zero(killed, figure):
    assert Figure.of(Range(*killed)) == figure
    assert figure.known is (killed != (None, None))


def test_a_total_says_of_how_many_incidents_it_knows_no_number():
    told = march(incident(), incident(killed=(None, None)), incident(killed=(1, None)))
    assert told.total == Figure(3, 4, 6, unknown=1, open_above=1)


# --- grades -------------------------------------------------------------------------------------------------


def test_a_total_includes_confirmed_and_fair_and_every_grade_stands_beside_it():
    told = march(*(incident(grade=grade, killed=(one, 10 * one)) for one, grade in enumerate(GRADES[:5], start=1)))
    assert HEADLINE[:2] == ("confirmed", "fair")
    assert told.total == Figure(2, 3, 30)
    assert told.by_grade == tuple((grade, Figure(1, one, 10 * one)) for one, grade in enumerate(GRADES[:5], start=1))
    assert told.all_grades == Figure(5, 15, 150)


def test_every_scheme_says_which_of_its_grades_a_total_includes():
    for book in CODEBOOKS:
        assert book.headline
        assert set(book.headline) <= set(book.keys)


def test_other_grades_make_another_total_and_the_same_figures_beside_it():
    incidents = [incident(), incident(grade="weak", killed=(1, 1))]
    headline, weak = march(*incidents), march(*incidents, grades=("weak",))
    assert weak.total == Figure(1, 1, 1)
    assert weak.by_grade == headline.by_grade


def test_no_consensus_is_counted_beside_and_in_no_headline():
    told = march(incident(grade="no_consensus"))
    assert (told.total, told.figure("no_consensus"), told.figure("fair")) == (NOTHING, Figure(1, 3, 5), NOTHING)


def test_the_share_contested_is_of_all_grades():
    told = march(incident(grade="contested"), incident(), incident(grade="weak"), grades=("weak",))
    assert told.contested == Share(1, 3)


@pytest.mark.parametrize("part, whole, percent", [(57, 116, 49), (1, 2, 50), (1, 200, 1), (0, 9, 0), (9, 9, 100), (0, 0, None)])
def test_a_share_is_said_to_the_nearest_whole(part, whole, percent):
    assert Share(part, whole).percent == percent


def test_imported_and_reviewed_are_told_apart_within_the_total():
    told = march(incident(legacy=True), incident(killed=(1, 2)), incident(grade="weak", legacy=True))
    assert (told.legacy, told.reviewed) == (Figure(1, 3, 5), Figure(1, 1, 2))
    assert told.legacy + told.reviewed == told.total


# --- records ------------------------------------------------------------------------------------------------


def test_a_month_that_passed_every_earlier_one_says_what_it_passed():
    told = record(incident("2031-01", killed=(9, 9)), incident("2031-02", killed=(1, 1)), incident("2031-03", killed=(10, 12)))
    assert told["2031-03"].passed == (Passed("fewest", "2031-01", 9), Passed("most", "2031-01", 9))


@pytest.mark.parametrize(
    "earlier, later, measures",
    [
        ([], [(3, 5)], ()),  # the first month passes none
        ([(3, 5)], [(3, 5)], ()),  # as many is no more
        ([(3, 5)], [(4, 5)], ("fewest",)),
        ([(3, 5)], [(3, 6)], ("most",)),
        ([(3, 5)], [(1, 1), (1, 1)], ("incidents",)),
        ([(3, 5)], [(2, 3), (2, 3)], MEASURES),
        ([(3, 5)], [(None, None), (None, None)], ("incidents",)),
    ],
)
def test_a_record_is_against_earlier_months_and_measure_by_measure(earlier, later, measures):
    incidents = [incident("2031-02", killed=killed) for killed in earlier]
    told = march(*incidents, *(incident(killed=killed) for killed in later), incident("2031-04", killed=(99, 99)))
    assert tuple(one.measure for one in told.passed) == measures


def test_a_record_is_one_of_the_grades_chosen():
    incidents = [incident("2031-02", grade="weak"), incident("2031-02", grade="weak"), incident("2031-02"), incident(killed=(4, 5))]
    assert [one.measure for one in march(*incidents).passed] == ["fewest"]
    assert march(*incidents, grades=("fair", "weak")).passed == ()


# --- whatever the incidents are -----------------------------------------------------------------------------

bounds = st.none() | st.integers(0, 50)
ranges = st.tuples(bounds, bounds).map(
    lambda pair: Range(*(sorted(pair) if None not in pair else pair))
)
some_incidents = st.lists(
    st.builds(
        Counted,
        st.sampled_from(["2031-01", "2031-02", "2031-03", "2032-01", UNDATED]),
        st.lists(st.sampled_from([KARSIA, TARN, "velmar guard"]), max_size=4).map(tuple),
        st.sampled_from([*GRADES, "no_consensus"]),
        st.booleans(),
        ranges,
    ),
    max_size=30,
)
some_grades = st.sets(st.sampled_from([*GRADES, "no_consensus"])).map(tuple)
a_party = st.sampled_from([EVERYBODY, KARSIA, TARN])


@given(some_incidents, a_party, some_grades)
def test_every_total_is_the_sum_over_its_own_list(incidents, party, grades):
    for one in months(counted(incidents), party, grades):
        here = [each for each in incidents if each.month == one.month and (party in each.parties or party == EVERYBODY)]
        listed = [each for each in here if each.grade in grades]
        assert one.total == total(Figure.of(each.killed) for each in listed) == one.legacy + one.reviewed
        assert one.total.incidents == len(listed)
        assert one.all_grades == total(figure for _grade, figure in one.by_grade)
        assert one.all_grades.incidents == one.contested.whole == len(here)
        assert one.contested.part == sum(each.grade == "contested" for each in here)


@given(some_incidents, st.randoms(use_true_random=False))
def test_the_order_of_the_incidents_makes_no_difference(incidents, chance):
    shuffled = list(incidents)
    chance.shuffle(shuffled)
    assert counted(shuffled) == counted(incidents)


@given(some_incidents, a_party, some_grades)
def test_no_total_has_a_fewest_above_its_most(incidents, party, grades):
    cells = counted(incidents)
    for one in (*months(cells, party, grades), undated(cells, party, grades)):
        assert 0 <= one.total.fewest <= one.total.most
        assert one.total.unknown + one.total.open_below + one.total.open_above <= one.total.incidents


@given(some_incidents, a_party, some_grades)
def test_a_record_passed_the_greatest_month_before_it_and_no_other_month_did(incidents, party, grades):
    told = months(counted(incidents), party, grades)
    for place, one in enumerate(told):
        passed = {each.measure: each for each in one.passed}
        for measure in MEASURES:
            before = [getattr(each.total, measure) for each in told[:place]]
            is_record = bool(before) and getattr(one.total, measure) > max(before)
            assert (measure in passed) is is_record
            if is_record:
                assert passed[measure].before == max(before)
                assert passed[measure].month == told[before.index(max(before))].month


@given(some_incidents, a_party)
def test_nothing_of_a_party_is_lost_between_its_months_and_what_has_no_day(incidents, party):
    cells = counted(incidents)
    everything = [*months(cells, party), undated(cells, party)]
    naming = sum(party in each.parties or party == EVERYBODY for each in incidents)
    assert sum(one.all_grades.incidents for one in everything) == naming


CELLS = {
    Cell("tarn", "2031-03", "fair", True): Figure(4, 8, 9, unknown=1),
    Cell("tarn", "2031-03", "fair", False): Figure(2, 1, 2),
    Cell("tarn", "2031-03", "weak", False): Figure(1, unknown=1),
    Cell("tarn", "", "confirmed", True): Figure(1, 5, 5),
}


@pytest.mark.parametrize(
    "wanted, figure",
    [
        (Wanted("tarn", "2031-03"), Figure(6, 9, 11, unknown=1)),
        (Wanted("tarn", "2031-03", only="imported"), Figure(4, 8, 9, unknown=1)),
        (Wanted("tarn", "2031-03", only="reviewed"), Figure(2, 1, 2)),
        (Wanted("tarn", "2031-03", only="unknown"), Figure(1, unknown=1)),
        (Wanted("tarn", "2031-03", ("weak",)), Figure(1, unknown=1)),
        (Wanted("tarn", ""), Figure(1, 5, 5)),
        (Wanted("tarn"), Figure(7, 14, 16, unknown=1)),
        (Wanted("tarn", "2031-04"), NOTHING),
    ],
)
def test_a_number_is_what_its_list_is_asked_for(wanted, figure):
    assert wanted.figure(CELLS) == figure


def test_altogether_are_every_month_and_the_undated():
    told = altogether(CELLS, "tarn")
    assert told.total == Figure(7, 14, 16, unknown=1)
    assert (told.all_grades, told.reviewed) == (Figure(8, 14, 16, unknown=2), Figure(2, 1, 2))
    assert altogether(CELLS, "nobody").all_grades == NOTHING


def test_an_incident_counts_by_the_parties_it_blames_as_it_spells_them():
    facts = Facts(date="2031-03-14", parties=(Party("K.A.F."), Party("kaf"), Party("Tarn", role="targeted")))
    counted_here = counted_of(facts, "fair", False, Range(1, 2), Names())
    assert (counted_here.parties, counted_here.spelt("kaf"), counted_here.spelt("")) == (("kaf",), "K.A.F.", "")
