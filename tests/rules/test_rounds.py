"""Rounds: the tally, who owes an answer, what a ballot must hold, what the close says."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import rounds
from review.rules.errors import Forbidden, Invalid
from review.rules.facts import Casualties, Range
from review.rules.grades import AIRWARS_1, REASONABLE_GROUNDS_1
from review.rules.policy import Policy
from tests.rules import cases
from tests.rules.cases import VOTERS, ballot, casualties, vote, votes

POLICY = Policy()

# --- the tally ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "held, policy, result, grade",
    [
        ("fair fair fair", POLICY, "agreed", "fair"),
        ("fair fair weak", POLICY, "agreed", "fair"),
        ("fair fair confirmed", POLICY, "agreed", "fair"),
        ("weak weak contested", POLICY, "agreed", "weak"),
        ("fair fair contested", POLICY, "disputed", None),
        ("fair fair discounted", POLICY, "disputed", None),
        ("fair weak contested", POLICY, "disputed", None),
        ("fair fair weak weak", POLICY, "disputed", None),
        ("fair fair fair weak", POLICY, "agreed", "fair"),
        ("fair fair fair weak weak", POLICY, "disputed", None),
        ("fair fair fair fair weak weak", POLICY, "agreed", "fair"),
        ("fair fair fair weak confirmed", POLICY, "disputed", None),
        ("fair fair", POLICY, "open", None),
        ("", POLICY, "open", None),
        ("fair fair", Policy(required=2), "agreed", "fair"),
        ("fair weak", Policy(required=2), "disputed", None),
        ("fair fair weak", Policy(unanimity=True), "disputed", None),
        ("fair fair fair", Policy(unanimity=True), "agreed", "fair"),
        ("fair fair contested", Policy(max_distance=2), "agreed", "fair"),
        ("fair fair weak", Policy(max_distance=0), "disputed", None),
        ("fair fair fair weak", Policy(share=(4, 5)), "disputed", None),
        ("fair fair rumour", POLICY, "disputed", None),
    ],
)
def test_what_votes_amount_to(held, policy, result, grade):
    tally = rounds.tally(votes(*held.split()), policy, AIRWARS_1)
    assert (tally.result, tally.grade) == (result, grade)


def test_the_second_scheme_is_tallied_by_its_own_distances():
    near = rounds.tally(votes("established", "established", "reasonable_grounds"), POLICY, REASONABLE_GROUNDS_1)
    far = rounds.tally(votes("established", "established", "not_established"), POLICY, REASONABLE_GROUNDS_1)
    assert (near.result, far.result) == ("agreed", "disputed")


def test_the_range_of_an_agreement_is_that_of_those_who_agree():
    held = [vote("fair", "amal", 1, (3, 5)), vote("fair", "bram", 2, (None, 8)), vote("weak", "cleo", 3, (0, 99))]
    tally = rounds.tally(held, POLICY, AIRWARS_1)
    assert (tally.casualties, tally.agreeing, tally.minority) == (casualties((3, 8)), (1, 2), (3,))


def test_a_second_vote_of_the_same_person_counts_once_and_the_later_one_counts():
    held = [*votes("fair", "fair"), vote("weak", "amal", 8), vote("fair", "amal", 9)]
    tally = rounds.tally(held, POLICY, AIRWARS_1)
    assert (tally.result, tally.agreeing, tally.minority) == ("agreed", (0, 1, 9), ())


@pytest.mark.parametrize("state", ["replaced", "withdrawn", "excluded"])
def test_a_vote_that_is_not_live_does_not_count(state):
    held = [*votes("fair", "fair"), vote("fair", "cleo", 9, state=state)]
    assert rounds.tally(held, POLICY, AIRWARS_1).result == "open"


def test_a_sealed_vote_cannot_be_tallied():
    with pytest.raises(ValueError, match="sealed"):
        rounds.tally([*votes("fair", "fair"), vote("fair", seq=9, ballot=None)], POLICY, AIRWARS_1)


many = st.lists(
    st.tuples(st.sampled_from(AIRWARS_1.keys), st.sampled_from("abcdefgh"), st.integers(0, 20), st.integers(0, 20)),
    max_size=9,
)
policies = st.builds(
    Policy,
    required=st.integers(2, 5),
    share=st.sampled_from([(2, 3), (3, 4), (1, 1)]),
    max_distance=st.integers(0, 3),
    unanimity=st.booleans(),
)


def _drawn(drawn):
    return [vote(grade, voter, seq, (least, least + more)) for seq, (grade, voter, least, more) in enumerate(drawn)]


@given(many, policies, st.randoms())
def test_no_order_of_votes_changes_a_tally(drawn, policy, random):
    held = _drawn(drawn)
    shuffled = held[:]
    random.shuffle(shuffled)
    assert rounds.tally(shuffled, policy, AIRWARS_1) == rounds.tally(held, policy, AIRWARS_1)


@given(many, policies)
def test_an_agreement_is_at_least_two_thirds_and_nobody_far(drawn, policy):
    tally = rounds.tally(_drawn(drawn), policy, AIRWARS_1)
    if tally.result != "agreed":
        assert tally.grade is None
        assert tally.casualties is None
        return
    everybody = len(tally.agreeing) + len(tally.minority)
    assert 3 * len(tally.agreeing) >= 2 * everybody
    assert everybody >= policy.required
    others = {drawn[seq][0] for seq in tally.minority}
    assert all(AIRWARS_1.within(tally.grade, other, policy.max_distance) for other in others)


# --- who owes an answer ------------------------------------------------------------------------------------


def _due(case):
    return rounds.due(case.dossier)


def test_a_round_is_due_when_everybody_answered_and_quorum_is_in():
    assert _due(cases.voted())


@pytest.mark.parametrize(
    "then",
    [
        lambda case: case.assign("dara"),
        lambda case: case.withdraw("amal"),
        lambda case: case.withdraw("amal").answer("amal", "abstained"),
        lambda case: case.withdraw("amal").answer("amal", "recused"),
        lambda case: case.withdraw("amal").release("amal"),
        lambda case: case.abandon(),
    ],
)
def test_a_round_is_not_due_while_an_answer_is_owed_or_quorum_is_missing(then):
    assert not _due(then(cases.voted()))


@pytest.mark.parametrize(
    "then",
    [
        lambda case: case.assign("dara").release("dara"),
        lambda case: case.assign("dara").answer("dara", "abstained"),
        lambda case: case.assign("dara").answer("dara", "recused"),
    ],
)
def test_abstaining_recusing_and_release_are_answers(then):
    assert _due(then(cases.voted()))


def test_an_abstention_is_no_quorum_and_a_vote_cancels_it():
    case = cases.in_round()
    case.cast("amal")
    case.cast("bram")
    case.answer("cleo", "abstained")
    assert (rounds.owed(case.dossier.round), rounds.quorum(case.dossier, 1)) == ((), False)
    case.cast("cleo")
    assert rounds.quorum(case.dossier, 1)
    assert rounds.close(case.opened, 1).abstained == ()


def test_staleness_never_blocks_the_close():
    case = cases.voted()
    case.attach("dara")
    assert _due(case)


# --- opening -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case, kind",
    [
        (cases.logged, "first"),
        (cases.in_round, None),
        (cases.awaiting, None),
        (cases.disputed, "second"),
        (cases.waiting_for_settler, None),
        (cases.published, None),
        (lambda: cases.published().reopen(), "again"),
        (lambda: cases.awaiting().give_back("round"), "again"),
        (lambda: cases.settled().give_back("settlement"), None),
        (lambda: cases.in_round().abandon(), "again"),
        (lambda: cases.disputed().start().abandon(), "again"),
    ],
)
def test_which_round_may_open(case, kind):
    assert rounds.next_kind(case().dossier) == kind


def test_a_second_round_asks_the_same_people_again():
    opening = rounds.open_round(cases.disputed().dossier)
    assert (opening.kind, opening.number, opening.people) == ("second", 2, VOTERS)


def test_a_second_round_leaves_out_whoever_declared_a_conflict_since():
    assert rounds.open_round(cases.disputed().conflict("bram").dossier).people == ("amal", "cleo")


# --- ballots -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field, answer",
    [
        ("grade", ballot("rumour")),
        ("grade", ballot("no_consensus")),
        ("grade", ballot("established")),
        ("rationale", ballot(rationale=None)),
        ("rationale", ballot(rationale=" \n ")),
        ("rationale", ballot(rationale="a" * 8_001)),
        ("killed", ballot(killed=(5, 3))),
        ("killed", ballot(killed=(-1, 3))),
        ("killed", ballot(killed=(0, 2_000_000))),
        ("killed", ballot(killed=(True, 3))),
        ("killed", ballot(killed=(1.5, 3))),
        ("injured", ballot(casualties=casualties((1, 1), (4, 2)))),
        ("sources", ballot(sources=())),
        ("sources", ballot(sources=(1, 9))),
        ("departs", ballot("weak")),
    ],
)
def test_a_ballot_that_cannot_be_taken_says_so_field_by_field(field, answer):
    with pytest.raises(Invalid) as refusal:
        rounds.accept(cases.in_round().dossier, 1, "amal", answer)
    assert list(refusal.value.problems) == [field]


@pytest.mark.parametrize(
    "answer",
    [
        ballot(),
        ballot(killed=(0, 0)),
        ballot(killed=(None, None)),
        ballot(killed=(None, 4)),
        ballot("weak", departs="The second account is an echo in all but name."),
    ],
)
def test_a_ballot_that_can_be_taken(answer):
    assert rounds.accept(cases.in_round().dossier, 1, "amal", answer) == answer


def test_every_problem_of_a_ballot_is_said_at_once():
    with pytest.raises(Invalid) as refusal:
        rounds.accept(cases.in_round().dossier, 1, "amal", ballot("rumour", killed=(5, 3), rationale="", sources=(7,)))
    assert set(refusal.value.problems) == {"grade", "killed", "rationale", "sources"}


def test_a_withdrawn_source_cannot_be_cited():
    case = cases.in_round()
    case.record("source.withdrawn", "dara", {"reason": "Of another town."}, source=1)
    with pytest.raises(Invalid):
        rounds.accept(case.dossier, 1, "amal", ballot("weak", sources=(1,), departs="x"))


def test_a_reason_to_depart_is_kept_only_where_one_was_asked_for():
    kept = rounds.accept(cases.in_round().dossier, 1, "amal", ballot(departs="Not needed."))
    assert kept.departs is None


def test_who_entered_the_incident_casts_nothing():
    with pytest.raises(Forbidden):
        rounds.accept(cases.in_round().dossier, 1, "enterer", ballot())


# --- the close ---------------------------------------------------------------------------------------------


def test_the_close_holds_every_commitment_in_exactly_one_list():
    case = cases.in_round(people=("amal", "bram", "cleo", "dara", "sana", "second"))
    first = case.cast("amal", "weak")
    kept = [case.cast("amal"), case.cast("bram"), case.cast("cleo")]
    gone = case.cast("dara")
    case.withdraw("dara").answer("dara", "recused").answer("sana", "abstained").release("second")
    closing = rounds.close(case.opened, 1)
    assert (closing.result, closing.grade) == ("agreed", "fair")
    assert (closing.commits, closing.superseded, closing.withdrawn) == (tuple(kept), (first,), (gone,))
    assert (closing.recused, closing.abstained, closing.released) == (("dara",), ("sana",), ("second",))


def test_a_disputed_close_has_neither_grade_nor_range():
    closing = rounds.close(cases.voted("fair", "weak", "contested").opened, 1)
    assert (closing.result, closing.grade, closing.casualties) == ("disputed", None, None)


def test_an_abandoned_round_reveals_nothing():
    closing = rounds.abandon(cases.voted().dossier, 1)
    assert (closing.result, closing.commits, len(closing.superseded)) == ("abandoned", (), 3)


def test_a_round_below_quorum_does_not_close():
    case = cases.in_round()
    case.cast("amal")
    with pytest.raises(ValueError, match="quorum"):
        rounds.close(case.opened, 1)


def test_a_second_round_out_of_time_closes_disputed_and_only_that():
    case = cases.disputed().start()
    case.cast("amal")
    assert rounds.close_short(case.opened, 2).result == "disputed"
    with pytest.raises(ValueError, match="not a second round"):
        rounds.close_short(cases.in_round().opened, 1)


def test_a_later_policy_does_not_judge_an_open_round():
    case = cases.voted("fair", "fair", "weak")
    case.policies[9] = Policy(unanimity=True)
    assert rounds.close(case.opened, 1).result == "agreed"


@given(st.lists(st.sampled_from(["cast", "withdraw", "abstained", "recused", "release"]), max_size=12), st.data())
def test_each_commitment_of_any_round_is_in_exactly_one_list(steps, data):
    case = cases.in_round()
    for step in steps:
        who = data.draw(st.sampled_from(VOTERS))
        answer, live = case.dossier.round.answer(who), case.dossier.live_of(1, who)
        if step == "cast" and answer in ("assigned", "voted", "abstained"):
            case.cast(who)
        elif step == "withdraw" and live:
            case.withdraw(who)
        elif step == "release" and answer == "assigned":
            case.release(who)
        elif step in ("abstained", "recused") and answer == "assigned":
            case.answer(who, step)
    closing = rounds.abandon(case.opened, 1)
    listed = sorted((*closing.commits, *closing.superseded, *closing.withdrawn, *closing.excluded))
    assert listed == sorted(record.seq for record in case.records if record.type == "vote.committed")


def test_a_range_may_stay_unknown_at_one_end():
    assert rounds.range_problem(Range(None, 4)) is None
    assert rounds.casualty_problems(Casualties()) == {}


def test_the_dossier_after_a_close_is_the_one_that_the_events_make():
    case = cases.voted()
    closing = rounds.close(case.opened, 1)
    foreseen = rounds.closed(case.opened, closing).rounds[0]
    made = case.end(closing).dossier.rounds[0]
    assert replace(foreseen, closed=None) == replace(made, closed=None)
