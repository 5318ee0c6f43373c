"""Whose turn it is in a settlement, said to whoever looks."""

import pytest

from review.rules.ladder import Turn, turn
from tests.rules import cases


def told(case: cases.Case, who: str) -> Turn:
    found = turn(case.opened, cases.viewer(who))
    assert found is not None
    return found


def test_where_there_never_was_a_settlement_it_is_nobodys_turn() -> None:
    assert turn(cases.awaiting().dossier, cases.viewer("lead")) is None


def test_who_voted_may_argue_and_who_has_argued_may_add() -> None:
    case = cases.disputed()
    assert (told(case, "cleo").yours, told(case, "cleo").way) == (True, "argue")
    case.argue("cleo")
    assert (told(case, "cleo").yours, told(case, "cleo").way) == (False, "argue")
    assert told(case, "lead").sentence == "Those who voted are arguing, under letters."


def test_once_everybody_has_argued_it_is_a_leads_turn() -> None:
    case = cases.disputed()
    for who in cases.VOTERS:
        assert not told(case, "lead").yours
        case.argue(who)
    assert (told(case, "lead").yours, told(case, "lead").way) == (True, "open_second_vote")
    assert not told(case, "dara").yours


@pytest.mark.parametrize("who", ["cleo", "lead", "dara", "enterer"])
def test_in_the_second_vote_nothing_moves_with_anybody_elses_answer(who: str) -> None:
    case = cases.disputed().start()
    before = told(case, who)
    case.cast("amal", "weak")
    case.cast("bram", "contested")
    assert told(case, who) == before


def test_in_the_second_vote_ones_own_answer_is_said() -> None:
    case = cases.disputed().start()
    assert (told(case, "cleo").yours, told(case, "cleo").way) == (True, "vote")
    case.cast("cleo", "fair")
    assert not told(case, "cleo").yours
    assert "sealed" in told(case, "cleo").sentence


def test_a_settler_is_named_then_decides() -> None:
    case = cases.waiting_for_settler()
    assert (told(case, "lead").yours, told(case, "lead").way) == (True, "appoint")
    assert not told(case, "sana").yours
    case.appoint("sana")
    assert (told(case, "sana").yours, told(case, "sana").way) == (True, "settle")
    assert not told(case, "lead").yours
    assert told(case, "sana").then == ""
    case.appoint("dara")
    assert "without a consensus" in told(case, "dara").then


def test_after_the_result_the_minority_may_dissent_and_an_uninvolved_lead_decides() -> None:
    case = cases.settled()
    assert (told(case, "cleo").yours, told(case, "cleo").way) == (True, "dissent")
    assert told(case, "amal").way == ""
    assert (told(case, "lead").yours, told(case, "lead").way) == (True, "approve")
    assert not told(case, "sana").yours


def test_a_result_that_was_returned_says_where_to_read_why() -> None:
    case = cases.settled().give_back("round")
    assert told(case, "cleo").way == "history"
