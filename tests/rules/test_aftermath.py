"""After the vote: one's own vote beside the result, where it differs, and why."""

from review.rules.aftermath import Aftermath, aftermath
from tests.rules import cases
from tests.rules.cases import ballot


def of(case: cases.Case, who: str) -> Aftermath:
    found = aftermath(case.dossier, who)
    assert found is not None
    return found


def test_before_a_result_nobody_is_told_anything() -> None:
    for case in (cases.disputed(), cases.disputed().start(), cases.waiting_for_settler()):
        assert [aftermath(case.dossier, who) for who in cases.VOTERS] == [None, None, None]


def test_who_did_not_vote_has_no_vote_beside_the_result() -> None:
    case = cases.settled()
    assert [aftermath(case.dossier, who) for who in ("sana", "lead", "enterer", None)] == [None] * 4


def test_a_settled_grade_says_by_whom_and_answers_ones_own_argument() -> None:
    case = cases.settled()
    told = of(case, "cleo")
    assert (told.by, told.grade, told.own_grade, told.differs) == ("settler", "fair", "contested", ("grade",))
    assert told.reason and told.answered[0].argument and told.answered[0].reply
    assert of(case, "amal").differs == ()
    assert of(case, "amal").answered == ()


def test_the_argument_of_another_is_not_ones_own() -> None:
    case = cases.settled()
    assert len(of(case, "cleo").answered) == len([one for one in case.dossier.settlement.arguments if one.by == "cleo"])


def test_a_second_vote_that_agrees_is_compared_with_the_second_vote() -> None:
    case = cases.second_vote("fair", "fair", "weak").close()
    told = of(case, "cleo")
    assert (told.by, told.round, told.own_grade, told.differs) == ("second_vote", 2, "weak", ("grade",))


def test_a_range_that_the_result_does_not_hold_differs_and_one_within_it_does_not() -> None:
    case = cases.disputed().start()
    case.cast("amal", ballot("fair", (3, 5)))
    case.cast("bram", ballot("fair", (4, 9)))
    case.cast("cleo", ballot("weak", (0, 20)))
    case.close()
    assert of(case, "amal").differs == ()
    assert of(case, "cleo").differs == ("grade", "killed")


def test_a_vote_excluded_since_is_beside_no_result() -> None:
    case = cases.settled()
    case.exclude_vote(case.dossier.live_of(2, "cleo").seq)
    assert aftermath(case.dossier, "cleo") is None
