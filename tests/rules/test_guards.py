"""The ten guards: each has one set-up that satisfies it and one line that does not."""

from dataclasses import replace

import pytest

from review.rules.guards import GUARDS
from review.rules.policy import Policy
from review.rules.requirements import Deed, requirements, unmet
from tests.rules import cases
from tests.rules.cases import viewer

TEN = [
    "enough-reviewers",
    "blind",
    "agreement",
    "fresh-votes",
    "uninvolved",
    "reasoned",
    "override",
    "dissent-kept",
    "fresh-page",
    "policy-of-the-round",
]
YES = Deed(reason="It holds.")


def _states(verb, case, who, deed=YES):
    return {one.name: one.state for one in requirements(verb, case.dossier, viewer(who), deed)}


def one(name, verb, case, who, deed=YES):
    return next(one for one in requirements(verb, case.dossier, viewer(who), deed) if one.name == name)


def said_of(requirement):
    words = f"{requirement.sentence} {requirement.remedy}".strip()
    return words % {**requirement.values, "people": ", ".join(requirement.values.get("people", ()))}


def test_there_are_ten_guards_by_these_names():
    assert list(GUARDS) == TEN


def test_an_approval_reads_all_ten():
    assert [one for one in _states("approve", cases.awaiting(), "lead") if one in TEN] == TEN


def test_an_uninvolved_lead_may_approve_an_agreed_round():
    assert _states("approve", cases.awaiting(), "lead") == {
        "not-exited": "satisfied",
        "proposed": "satisfied",
        "enough-reviewers": "satisfied",
        "blind": "satisfied",
        "agreement": "satisfied",
        "fresh-votes": "satisfied",
        "uninvolved": "satisfied",
        "reasoned": "satisfied",
        "override": "not_applicable",
        "dissent-kept": "not_applicable",
        "dissent-untouched": "not_applicable",
        "fresh-page": "satisfied",
        "policy-of-the-round": "satisfied",
    }


# --- 1 enough-reviewers ------------------------------------------------------------------------------------


def test_1_an_exclusion_below_quorum_refuses_approval():
    case = cases.awaiting()
    case.exclude_vote(case.dossier.live(1)[0].seq)
    assert {one.name for one in unmet("approve", case.dossier, viewer("lead"), YES)} == {
        "enough-reviewers",
        "agreement",
    }


def test_1_two_votes_are_enough_for_the_desk_and_never_for_the_public():
    case = cases.in_round(Policy(required=2), ("amal", "bram"))
    case.cast("amal")
    case.cast("bram")
    assert one("enough-reviewers", "close_round", case, "lead").met
    case.close()
    assert {one.name for one in unmet("approve", case.dossier, viewer("lead"), YES)} == {
        "enough-reviewers",
        "policy-of-the-round",
    }


@pytest.mark.parametrize(
    "who, said",
    [
        ("lead", "1 of 3, waiting for Bram, Cleo."),
        ("dara", "Waiting: the round is open."),
        ("auditor", "Waiting: the round is open."),
    ],
)
def test_1_who_has_answered_is_said_to_a_lead_without_an_assignment_alone(who, said):
    case = cases.in_round()
    case.cast("amal")
    assert said_of(one("enough-reviewers", "close_round", case, who)) == said


def test_1_a_lead_who_was_asked_reads_the_same_before_and_after_each_vote():
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    before = requirements("close_round", case.dossier, viewer("second"), YES)
    for who in cases.VOTERS:
        case.cast(who)
        assert requirements("close_round", case.dossier, viewer("second"), YES) == before
    assert said_of(one("enough-reviewers", "close_round", case, "second")).endswith("Lead can.")


def test_1_nobody_left_to_ask_names_the_role_to_invite():
    case = cases.in_round(people=("amal",))
    case.cast("amal")
    members = tuple(member for member in cases.MEMBERS if member.who in ("amal", "enterer", "admin"))
    alone = replace(viewer("lead"), members=members)
    (missing,) = unmet("close_round", case.dossier, alone, YES)
    assert (missing.mend, missing.invite) == ((), "reviewer")


# --- 2 blind -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["cast_vote", "withdraw_vote", "recuse", "abstain", "take_next", "attach_source"])
@pytest.mark.parametrize("who", ["amal", "dara", "second"])
def test_2_no_requirement_of_an_open_round_moves_with_another_persons_vote(verb, who):
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    before = requirements(verb, case.dossier, viewer(who))
    case.cast("bram", "fair")
    case.cast("cleo", "discounted")
    assert requirements(verb, case.dossier, viewer(who)) == before


def test_2_nothing_is_decided_while_a_round_is_open():
    case = cases.voted()
    assert not one("blind", "approve", case, "lead").met
    assert one("blind", "approve", case.close(), "lead").met


# --- 3 agreement -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case, said",
    [
        (lambda: cases.awaiting("fair", "fair", "fair"), "Every vote was Fair."),
        (lambda: cases.awaiting("fair", "fair", "weak"), "2 of 3 votes share Fair; the others are near."),
        (cases.settled, "The votes differed; it was settled as Fair."),
    ],
)
def test_3_an_agreement_or_a_settlement_is_enough(case, said):
    assert said_of(one("agreement", "approve", case(), "lead")) == said


def test_3_a_result_that_an_exclusion_undid_is_not():
    case = cases.settled()
    case.exclude_vote(case.dossier.live_of(2, "amal").seq)
    assert not one("agreement", "approve", case, "lead").met


def test_3_an_open_round_says_nothing_of_its_tally():
    assert one("agreement", "approve", cases.voted(), "lead").state == "not_applicable"


# --- 4 fresh-votes -----------------------------------------------------------------------------------------


def _stale():
    case = cases.voted()
    case.attach("dara")
    return case.close()


@pytest.mark.parametrize(
    "reason, state",
    [
        ("S3 repeats what S1 says.", "overridden"),
        ("Nobody needs s3, I read it.", "overridden"),
        ("It holds.", "unsatisfied"),
        ("S31 and XS3 are other things.", "unsatisfied"),
        (None, "unsatisfied"),
    ],
)
def test_4_a_reason_that_names_what_was_not_considered_overrides(reason, state):
    assert one("fresh-votes", "approve", _stale(), "lead", Deed(reason=reason)).state == state


def test_4_the_page_itself_can_meet_it():
    (missing,) = unmet("approve", _stale().dossier, viewer("lead"))
    assert missing.by_form
    assert "S3" in said_of(missing)


def test_4_evidence_moved_without_a_new_source_asks_for_a_reason():
    case = cases.voted()
    case.describe("dara", cases.LIKELY)
    case.close()
    assert one("fresh-votes", "approve", case, "lead", Deed()).state == "unsatisfied"
    assert one("fresh-votes", "approve", case, "lead", YES).state == "overridden"


# --- 5 uninvolved ------------------------------------------------------------------------------------------


def _lead_entered(case=None):
    case = case or cases.Case().open("second")
    case.attach("dara")
    case.start(*cases.VOTERS)
    return _vote_and_close(case)


def _vote_and_close(case):
    for who in cases.VOTERS:
        case.cast(who, cases.ballot())
    return case.close()


def _lead_described():
    case = cases.logged()
    case.describe("second", cases.LIKELY)
    return _vote_and_close(case.start(*cases.VOTERS))


def _lead_voted():
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    case.cast("second")
    return _vote_and_close(case)


def _lead_withdrew():
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    case.cast("second")
    case.withdraw("second").answer("second", "abstained")
    return _vote_and_close(case)


def _lead_voted_in_an_abandoned_round():
    case = cases.in_round(people=("second",))
    case.cast("second")
    return _vote_and_close(case.abandon().start(*cases.VOTERS))


def _lead_settled():
    return cases.waiting_for_settler().appoint("second").settle("second", "fair")


def _lead_was_appointed_and_replaced():
    return cases.waiting_for_settler().appoint("second").appoint("sana").settle("sana", "fair")


def _lead_in_conflict():
    return cases.awaiting().conflict("second")


@pytest.mark.parametrize(
    "build, word",
    [
        (_lead_entered, "entered"),
        (_lead_described, "entered"),
        (_lead_voted, "voted"),
        (_lead_withdrew, "voted"),
        (_lead_voted_in_an_abandoned_round, "voted"),
        (_lead_settled, "settle"),
        (_lead_was_appointed_and_replaced, "settle"),
        (_lead_in_conflict, "conflict"),
    ],
)
def test_5_an_involved_lead_cannot_approve_and_another_can(build, word):
    case = build()
    (missing,) = unmet("approve", case.dossier, viewer("second"), YES)
    assert missing.name == "uninvolved"
    assert word in missing.sentence
    assert said_of(missing).endswith("Lead can.")
    assert unmet("approve", case.dossier, viewer("lead"), YES) == ()


def test_5_attaching_assessing_opening_and_closing_involve_nobody():
    case = cases.logged()
    case.attach("lead")
    case.record("source.assessed", "lead", {"role": "supports_harm"}, source=1, material=False)
    _vote_and_close(case.start(*cases.VOTERS, by="lead"))
    assert one("uninvolved", "approve", case, "lead").met


def test_5_an_import_has_no_enterer():
    case = cases.Case()
    case.record("incident.imported", "admin", {"facts": cases.LIKELY.as_dict()}, stream="s", source="csv")
    assert case.dossier.entered == frozenset()


def test_5_where_nobody_can_the_role_to_invite_is_named():
    case = _lead_voted()
    alone = replace(viewer("second"), members=tuple(m for m in cases.MEMBERS if m.who != "lead"))
    (missing,) = unmet("approve", case.dossier, alone, YES)
    assert (missing.mend, missing.invite) == ((), "lead")
    assert said_of(missing).endswith("invite a lead editor.")


def test_5_a_settler_who_entered_since_cannot_settle():
    case = cases.waiting_for_settler().appoint("sana")
    assert one("uninvolved", "settle", case, "sana").met
    case.describe("sana", cases.LIKELY)
    assert not one("uninvolved", "settle", case, "sana").met
