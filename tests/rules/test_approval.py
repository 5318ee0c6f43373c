"""From a result to a version: proposal, what was not considered, approval, return, reopening, exclusion."""

import pytest

from review.rules import approval, rounds
from review.rules.errors import Invalid
from review.rules.grades import NO_CONSENSUS
from tests.rules import cases


def test_an_agreed_round_is_proposed_with_its_minority():
    case = cases.awaiting("fair", "fair", "weak")
    minority = case.dossier.live_of(1, "cleo").seq
    proposal = case.dossier.proposal
    assert (proposal.version, proposal.grade, proposal.minority) == (1, "fair", (minority,))


def test_a_settlement_is_proposed_from_its_deciding_round():
    proposal = cases.settled().dossier.proposal
    assert (proposal.grade, proposal.round, len(proposal.minority)) == ("fair", 2, 2)


@pytest.mark.parametrize(
    "case",
    [
        cases.logged,
        cases.voted,
        cases.disputed,
        cases.waiting_for_settler,
        cases.published,
        lambda: cases.published().reopen(),
        lambda: cases.awaiting().give_back("round"),
        lambda: cases.settled().give_back("round"),
        lambda: cases.settled().give_back("settlement"),
        lambda: cases.voted().abandon(),
    ],
)
def test_nothing_is_proposed_where_no_result_stands(case):
    assert approval.proposed(case().opened) is None


def test_a_result_is_proposed_anew_after_its_proposal_fell():
    case = cases.awaiting().void()
    assert approval.proposed(case.opened).grade == "fair"


def test_a_new_settler_after_a_return_leads_to_a_new_proposal():
    case = cases.settled().give_back("settlement").appoint("dara").settle("dara", "weak")
    assert (case.dossier.stage, case.dossier.proposal.grade) == ("approval", "weak")


def test_the_next_version_is_numbered_after_the_last():
    case = cases.published().reopen().start("amal", "bram", "cleo")
    for who in cases.VOTERS:
        case.cast(who, "weak")
    case.close()
    assert case.dossier.proposal.version == 2
    case.approve("lead")
    assert [one.version for one in case.dossier.determinations] == [1, 2]
    assert case.records[-1].body["kind"] == "verdict"


# --- exclusion ---------------------------------------------------------------------------------------------


def _excluding(who, *grades):
    case = cases.in_round(people=("amal", "bram", "cleo", "dara"))
    for voter, grade in zip(("amal", "bram", "cleo", "dara"), grades, strict=True):
        case.cast(voter, grade)
    case.close()
    return case.exclude_vote(case.dossier.live_of(1, who).seq)


@pytest.mark.parametrize(
    "who, grades, stands",
    [
        ("dara", ("fair", "fair", "fair", "weak"), True),
        ("amal", ("fair", "fair", "fair", "weak"), True),
        ("dara", ("fair", "fair", "fair", "fair"), True),
    ],
)
def test_an_exclusion_that_changes_nothing_is_noted(who, grades, stands):
    case = _excluding(who, *grades)
    assert approval.stands(case.dossier, case.dossier.proposal) is stands


def test_an_exclusion_below_quorum_loses_the_result():
    case = cases.awaiting()
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert not approval.stands(case.dossier, case.dossier.proposal)
    assert approval.proposed(case.dossier) is None


def test_an_excluded_range_no_longer_counts():
    case = cases.in_round(people=("amal", "bram", "cleo", "dara"))
    for who, killed in (("amal", (3, 5)), ("bram", (3, 5)), ("cleo", (3, 5)), ("dara", (0, 50))):
        case.cast(who, cases.ballot("fair", killed))
    case.close().exclude_vote(case.dossier.live_of(1, "dara").seq)
    assert approval.proposed(case.dossier).casualties == cases.casualties((3, 5))


def test_a_settlement_falls_when_no_live_vote_holds_its_grade_any_more():
    case = cases.settled()
    case.exclude_vote(case.dossier.live_of(2, "amal").seq)
    assert not approval.bears(case.dossier, case.dossier.proposal)


def test_a_published_result_can_be_asked_whether_it_is_still_borne():
    case = cases.published()
    proposal = case.dossier.proposals[-1]
    assert approval.bears(case.dossier, proposal)
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert not approval.bears(case.dossier, proposal)


# --- what was not considered -------------------------------------------------------------------------------


def _echo(case):
    case.attach("dara", origin=1)


def _capture(case):
    case.record("source.captured", "system", source=1)


def _note_on(case):
    case.record("source.assessed", "dara", {"role": "supports_harm"}, source=1, material=False)


@pytest.mark.parametrize("change", [_echo, _capture, _note_on])
def test_echoes_captures_and_notes_leave_votes_fresh(change):
    case = cases.voted()
    change(case)
    assert approval.stale_sources(case.dossier, 1) == ()


def _new_origin(case):
    case.attach("dara")


def _role(case):
    case.record("source.assessed", "dara", {"role": "disputes"}, source=1, material=True)


def _withdrawal(case):
    case.record("source.withdrawn", "dara", {"reason": "Of another town."}, source=1)


def _grouping(case):
    case.record("source.grouped", "dara", origin=1, sources=[2])


def _claim(case):
    case.record("claim.grouped", "dara", claim=7)


def _facts(case):
    case.describe("dara", cases.LIKELY)


def _position(case):
    case.record("position.recorded", "lead", {"party": "Karsian Air Force", "position": "open"}, source=None)


@pytest.mark.parametrize("change", [_new_origin, _role, _withdrawal, _grouping, _claim, _facts, _position])
def test_what_moves_the_evidence_makes_older_votes_stale(change):
    case = cases.voted()
    change(case)
    assert approval.stale_sources(case.dossier, 1) == (case.records[-1].seq,)


def test_staleness_counts_from_the_oldest_live_vote():
    case = cases.in_round()
    case.cast("amal")
    case.attach("dara")
    case.cast("bram")
    case.cast("cleo")
    assert approval.unconsidered(case.dossier, 1) == (3,)
    case.cast("amal")  # Amal stands by it, having seen the new source
    assert approval.stale_sources(case.dossier, 1) == ()


# --- the lead's decision -----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [None, "", "  ", "a" * 8_001])
def test_a_yes_and_a_no_both_need_a_reason(reason):
    case = cases.awaiting()
    with pytest.raises(Invalid):
        approval.approve(case.dossier, reason)
    with pytest.raises(Invalid):
        approval.give_back(case.dossier, "round", reason)
    with pytest.raises(Invalid):
        approval.reopen(cases.published().dossier, "verdict", reason if reason != "a" * 8_001 else None)


def test_an_approval_is_of_one_dossier():
    case = cases.awaiting()
    yes = approval.approve(case.dossier, "It holds.")
    assert (yes.dossier, yes.version, yes.kind, yes.stale) == (case.dossier.digest, 1, "first", ())


def test_a_day_that_is_not_after_today_means_now():
    dossier = cases.awaiting().dossier
    assert approval.approve(dossier, "x", not_before="2031-03-01", today="2031-03-15").not_before is None
    assert approval.approve(dossier, "x", not_before="2031-03-16", today="2031-03-15").not_before == "2031-03-16"
    with pytest.raises(Invalid):
        approval.approve(dossier, "x", not_before="2031-02-30")


@pytest.mark.parametrize("case, to", [(cases.awaiting, "settlement"), (cases.awaiting, "sky")])
def test_a_grade_goes_back_to_a_settler_only_where_one_decided(case, to):
    with pytest.raises(Invalid):
        approval.give_back(case().dossier, to, "x")


def test_a_settled_grade_may_go_back_to_a_settler():
    assert approval.give_back(cases.settled().dossier, "settlement", "x").to == "settlement"


def test_reopening_names_what_kind_of_change_it_is():
    with pytest.raises(Invalid):
        approval.reopen(cases.published().dossier, "whim", "x")
    assert approval.reopen(cases.published().dossier, "minor", "x").version == 1


def _dated():
    return cases.awaiting().approve("lead", not_before="2031-05-01")


@pytest.mark.parametrize(
    "case, today, what",
    [
        (_dated, "2031-04-30", None),
        (_dated, "2031-05-01", "publish"),
        (cases.awaiting, "2031-05-01", None),
        (cases.published, "2031-05-01", None),
    ],
)
def test_the_worker_publishes_on_the_day(case, today, what):
    assert approval.due_for_publication(case().dossier, today) == what


def test_the_worker_voids_what_moved_before_its_day():
    case = _dated()
    case.attach("dara")
    assert approval.due_for_publication(case.dossier, "2031-05-01") == "void"


def test_no_consensus_is_approved_and_published_like_a_grade():
    case = cases.waiting_for_settler().appoint("sana").settle("sana", NO_CONSENSUS).approve("lead")
    assert case.dossier.determination.grade == NO_CONSENSUS


def test_the_tally_of_a_closed_round_can_be_asked_again():
    assert rounds.tally_of(cases.awaiting().dossier, 1).grade == "fair"
