"""Next: what comes first for a person, and who may be asked at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules.assignment import Candidate, eligible, may_approve, may_settle, next_incident, ordered
from review.rules.requirements import requirements
from tests.rules import cases

OWED = Candidate("i-owed", owed=True, age="2031-03-09", eligible=False)
TURN = Candidate("i-turn", turn=True, age="2031-03-01", eligible=False)
URGENT = Candidate("i-urgent", priority=5, age="2031-03-08")
OLD = Candidate("i-old", age="2031-03-02")
NEW = Candidate("i-new", age="2031-03-07")
OTHERS = Candidate("i-others", priority=9, age="2031-01-01", eligible=False)


@given(st.permutations([OWED, TURN, URGENT, OLD, NEW, OTHERS]))
def test_votes_owed_then_ones_turn_then_priority_then_age(candidates):
    assert ordered(candidates) == (OWED, TURN, URGENT, OLD, NEW)
    assert next_incident(candidates) == OWED


def test_nothing_may_wait():
    assert next_incident([OTHERS]) is None


@pytest.mark.parametrize(
    "then, who, answer",
    [
        (lambda case: case, "dara", True),
        (lambda case: case, None, True),
        (lambda case: case, "lead", True),
        (lambda case: case, "enterer", False),
        (lambda case: case, "amal", False),
        (lambda case: case.cast("amal"), "amal", False),
        (lambda case: case.answer("amal", "abstained"), "amal", False),
        (lambda case: case.answer("amal", "recused"), "amal", False),
        (lambda case: case.release("amal"), "amal", True),
        (lambda case: case.conflict("dara"), "dara", False),
        (lambda case: case.abandon(), "dara", False),
        (lambda case: case.describe("dara", cases.LIKELY), "dara", False),
        (lambda case: case.describe("dara", cases.LIKELY, material=False), "dara", True),
    ],
)
def test_who_may_be_asked(then, who, answer):
    case = cases.in_round()
    then(case)
    assert eligible(case.dossier, who) is answer


@pytest.mark.parametrize("who, answer", [("amal", True), ("dara", False), (None, False)])
def test_a_second_round_asks_nobody_new(who, answer):
    case = cases.disputed().start()
    if who == "amal":
        case.release("amal")
    assert eligible(case.dossier, who) is answer


def test_who_was_appointed_to_settle_does_not_vote_on_it_later():
    case = cases.settled().give_back("round").start("amal")
    assert not eligible(case.dossier, "sana")
    assert eligible(case.dossier, "dara")


@pytest.mark.parametrize("may", [may_settle, may_approve])
def test_who_took_part_does_not_tell_who_has_voted_in_an_open_round(may):
    case = cases.in_round()
    before = {who: may(case.dossier, who) for who in cases.ROLES}
    case.cast("amal")
    case.answer("bram", "abstained")
    assert {who: may(case.dossier, who) for who in cases.ROLES} == before
    assert may(case.dossier, "dara")
    case.abandon()
    assert not may(case.dossier, "amal")
    assert may(case.dossier, "cleo")


def test_a_refused_approval_names_the_same_colleagues_before_and_after_they_voted():
    case = cases.in_round(people=(*cases.VOTERS, "lead", "second"))
    case.cast("lead")
    before = requirements("approve", case.dossier, cases.viewer("lead"))
    case.cast("second")
    assert requirements("approve", case.dossier, cases.viewer("lead")) == before
