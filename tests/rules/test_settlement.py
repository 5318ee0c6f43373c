"""Settlement: the ladder, the deciding round, the answers to a minority, letters, dissent."""

from datetime import timedelta

import pytest

from review.rules import rounds, settlement
from review.rules.errors import Invalid, NotFound
from review.rules.grades import NO_CONSENSUS
from tests.clocks import NOON
from tests.rules import cases
from tests.rules.cases import ballot, casualties


@pytest.mark.parametrize(
    "case, rung",
    [
        (cases.awaiting, "closed"),
        (cases.disputed, "arguments"),
        (lambda: cases.disputed().start(), "second_vote"),
        (cases.waiting_for_settler, "settler"),
        (lambda: cases.waiting_for_settler().appoint("sana"), "settler"),
        (lambda: cases.waiting_for_settler().appoint("sana").appoint("dara"), "second_settler"),
        (cases.settled, "closed"),
        (lambda: cases.settled().give_back("settlement"), "settler"),
        (lambda: cases.settled().give_back("settlement").appoint("dara"), "settler"),
        (lambda: cases.second_vote("fair", "fair", "fair").close(), "closed"),
        (lambda: cases.second_vote("fair", "fair", "fair").abandon(), "closed"),
    ],
)
def test_where_a_settlement_stands_on_the_ladder(case, rung):
    assert settlement.rung(case().dossier) == rung


def test_after_a_return_the_earlier_settler_settles_no_more():
    case = cases.settled().give_back("settlement")
    assert settlement.settler(case.dossier) is None
    assert settlement.settler(case.appoint("dara").dossier) == "dara"


def test_a_second_vote_that_agrees_settles_at_once():
    case = cases.second_vote("fair", "fair", "weak").close()
    closed = case.dossier.settlement
    assert (case.dossier.stage, closed.by, closed.grade) == ("approval", "second_vote", "fair")
    assert case.records[-2].body["second"] == 2


def test_a_second_round_below_quorum_leaves_the_first_to_decide():
    case = cases.disputed().start()
    case.cast("amal", "weak")
    case.end(rounds.close_short(case.opened, 2))
    dossier = case.dossier
    assert settlement.rung(dossier) == "settler"
    assert settlement.deciding_round(dossier, dossier.settlement).number == 1


def test_a_second_round_with_quorum_decides_even_where_it_is_disputed():
    dossier = cases.waiting_for_settler().dossier
    assert settlement.deciding_round(dossier, dossier.settlement).number == 2


def test_an_exclusion_afterwards_does_not_move_the_decision_to_another_round():
    case = cases.waiting_for_settler()
    case.exclude_vote(case.dossier.live(2)[0].seq)
    assert settlement.deciding_round(case.dossier, case.dossier.settlement).number == 2


def _to_settle():
    """Amal holds Fair, Bram Weak, Cleo Contested; Cleo has argued; Sana is to settle."""
    return cases.waiting_for_settler().appoint("sana")


def _settle(case, grade="fair", rationale="It follows.", replies=None, who="sana"):
    argued = case.dossier.settlement.arguments[0].seq
    return settlement.settle(
        case.opened, who, grade, rationale, {argued: "Seen, and weighed."} if replies is None else replies
    )


def test_a_settler_chooses_a_grade_that_a_live_vote_held():
    result = _settle(_to_settle())
    assert (result.grade, result.by, result.second, len(result.answers)) == ("fair", "settler", None, 1)


@pytest.mark.parametrize(
    "field, change",
    [
        ("grade", {"grade": "confirmed"}),
        ("rationale", {"rationale": "  "}),
        ("who", {"who": "dara"}),
    ],
)
def test_a_settlement_that_cannot_be_taken(field, change):
    with pytest.raises(Invalid) as refusal:
        _settle(_to_settle(), **change)
    assert list(refusal.value.problems) == [field]


def test_every_argument_of_the_minority_is_answered():
    case = _to_settle()
    with pytest.raises(Invalid) as refusal:
        _settle(case, replies={})
    argued = case.dossier.settlement.arguments[0].seq
    assert list(refusal.value.problems) == [f"reply-{argued}"]
    assert refusal.value.values["letters"] == (settlement.letter_of(case.dossier, 1, "cleo"),)


def test_an_argument_for_the_settled_grade_needs_no_answer():
    assert _settle(_to_settle(), "contested", replies={}).answers == ()


def test_an_argument_of_a_vote_excluded_since_needs_no_answer():
    case = _to_settle()
    case.exclude_vote(case.dossier.live_of(2, "cleo").seq)
    assert _settle(case, "fair", replies={}).answers == ()


def test_without_a_consensus_everybody_is_the_minority():
    case = _to_settle()
    result = _settle(case, NO_CONSENSUS)
    assert len(result.answers) == 1
    case.settled(result, "sana")
    assert len(case.dossier.proposal.minority) == 3


def _ranged(grade):
    case = cases.disputed().start()
    case.cast("amal", ballot("fair", (3, 5)))
    case.cast("bram", ballot("fair", (4, 9)))
    case.cast("cleo", ballot("contested", (0, 20)))
    case.close().appoint("sana")
    return settlement.settle(case.opened, "sana", grade, "It follows.", {}).casualties


@pytest.mark.parametrize("grade, killed", [("fair", (3, 9)), ("contested", (0, 20)), (NO_CONSENSUS, (0, 20))])
def test_the_range_of_a_settlement_is_that_of_the_votes_it_rests_on(grade, killed):
    assert _ranged(grade) == casualties(killed)


def test_the_end_of_the_ladder_is_no_consensus():
    result = settlement.settled_by_ladder(_to_settle().appoint("dara").opened)
    assert (result.grade, result.by, result.rationale) == (NO_CONSENSUS, "ladder", None)


def test_letters_follow_the_order_of_the_reveal():
    case = cases.disputed()
    by_vote = settlement.letters(case.dossier, 1)
    assert [by_vote[vote.seq] for vote in case.dossier.live(1)] == ["C", "B", "A"]


def test_an_open_round_has_no_letters():
    assert settlement.letters(cases.voted().dossier, 1) == {}


@pytest.mark.parametrize("place, name", [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")])
def test_letters_do_not_run_out(place, name):
    assert settlement.letter(place) == name


def test_a_dissent_is_written_by_the_minority_only():
    case = cases.awaiting("fair", "fair", "weak")
    own = {vote.voter: vote.seq for vote in case.dossier.live(1)}
    assert settlement.dissent(case.dossier, "cleo", own["cleo"], " One account. ") == "One account."
    for who, of in (("amal", own["amal"]), ("amal", own["cleo"])):
        with pytest.raises(NotFound):
            settlement.dissent(case.dossier, who, of, "x")


def test_a_dissent_is_written_until_approval():
    case = cases.awaiting("fair", "fair", "weak")
    own = case.dossier.live_of(1, "cleo").seq
    case.approve("lead", not_before="2031-05-01")
    with pytest.raises(NotFound):
        settlement.dissent(case.dossier, "cleo", own, "x")


@pytest.mark.parametrize("text", ["", "  ", None, "a" * 8_001])
def test_an_argument_has_words_and_not_too_many(text):
    with pytest.raises(Invalid):
        settlement.argue(cases.disputed().dossier, "amal", text)


def test_a_dissent_is_kept_with_its_words():
    case = cases.awaiting("fair", "fair", "weak")
    case.dissent("cleo", case.dossier.live_of(1, "cleo").seq)
    assert case.dossier.dissents[0].text == "I read it otherwise."


@pytest.mark.parametrize(
    ("argued", "late", "heard"),
    [(("amal", "bram", "cleo"), -1, True), (("amal", "bram"), -1, False), ((), -1, False), ((), 0, True)],
)
def test_the_arguments_are_heard_once_all_have_argued_or_their_time_is_up(argued, late, heard):
    case = cases.disputed()
    for who in argued:
        case.argue(who)
    assert settlement.heard(case.dossier, NOON, NOON + timedelta(minutes=late)) is heard


def test_arguments_that_nothing_waits_for_any_more_are_heard():
    assert settlement.heard(cases.disputed().dossier, None, NOON)
