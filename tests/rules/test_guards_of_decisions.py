"""Guards 6 to 10: reasons, overrides, dissent, the page that was shown, the policy of the round."""

import pytest

from review.rules.policy import Policy
from review.rules.requirements import Deed, page_of, unmet
from tests.rules import cases
from tests.rules.cases import viewer
from tests.rules.test_guards import YES, one, said_of

# --- 6 reasoned --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "verb",
    [
        "cast_vote",
        "settle",
        "approve",
        "return_grade",
        "withdraw_vote",
        "withdraw_source",
        "reopen",
        "close_round",
        "abandon_round",
        "exclude_vote",
        "release_reviewer",
    ],
)
@pytest.mark.parametrize("reason, met", [("It holds.", True), ("  ", False)])
def test_6_a_yes_needs_its_reason_as_well_as_a_no(verb, reason, met):
    assert one("reasoned", verb, cases.awaiting(), "lead", Deed(reason=reason)).met is met


# --- 7 override --------------------------------------------------------------------------------------------


def _override(case, by="lead", killed=(3, 5), second=None):
    proposal = case.dossier.proposal
    of = case.record(
        "grade.overridden",
        by,
        {"reason": "The minority has it right."},
        of=proposal.seq,
        grade="weak",
        range=cases.casualties(killed).as_dict(),
    )
    if second:
        case.record("override.seconded", second, {"reason": "So I think."}, of=of, dossier=case.dossier.digest)
    return case


@pytest.mark.parametrize(
    "how, met",
    [
        ({"second": "second"}, True),
        ({}, False),
        ({"second": "lead"}, False),
        ({"second": "second", "killed": (2, 5)}, False),
        ({"second": "amal"}, False),
    ],
)
def test_7_another_grade_needs_a_second_uninvolved_lead(how, met):
    assert one("override", "approve", _override(cases.settled(), **how), "lead").met is met


def test_7_a_seconded_override_stands_in_place_of_the_agreement():
    case = _override(cases.settled(), second="second")
    assert one("agreement", "approve", case, "lead").state == "overridden"
    case.approve("lead")
    assert case.dossier.determination.grade == "weak"


def test_7_whoever_asked_for_another_grade_approves_it():
    assert not one("override", "approve", _override(cases.settled(), second="second"), "second").met


# --- 8 dissent-kept ----------------------------------------------------------------------------------------


def test_8_the_minority_goes_out_with_the_result():
    case = cases.awaiting("fair", "fair", "weak")
    assert said_of(one("dissent-kept", "approve", case, "lead")).startswith("The grade and range of")
    assert one("dissent-kept", "approve", case, "lead").values == {"letters": ("A",)}


def test_8_a_proposal_whose_minority_changed_is_not_approved():
    case = cases.in_round(people=("amal", "bram", "cleo", "dara"))
    for who, grade in (("amal", "fair"), ("bram", "fair"), ("cleo", "fair"), ("dara", "weak")):
        case.cast(who, grade)
    case.close().exclude_vote(case.dossier.live_of(1, "dara").seq)
    assert not one("dissent-kept", "approve", case, "lead").met


def _with_dissent(asked_by="lead", by="second"):
    """A minority of one, cleo, who wrote a dissent; two people had its words removed."""
    case = cases.awaiting("fair", "fair", "weak")
    vote = case.dossier.live_of(1, "cleo").seq
    case.dissent("cleo", vote).void().propose()
    case.record("detail.redacted", by, {"reason": "Agreed."}, of=case.dossier.dissents[0].seq, digests=[], ground="error", asked_by=asked_by)
    return case


@pytest.mark.parametrize(
    "who, asked_by, by, state",
    [
        ("lead", "lead", "second", "unsatisfied"),
        ("second", "lead", "second", "unsatisfied"),
        ("sana", "lead", "second", "satisfied"),
        ("lead", "lead", "cleo", "not_applicable"),
        ("lead", "cleo", "lead", "not_applicable"),
    ],
)
def test_8_whoever_had_a_dissent_removed_does_not_approve(who, asked_by, by, state):
    """Its owner may have it removed; that silences nobody."""
    assert one("dissent-untouched", "approve", _with_dissent(asked_by, by), who).state == state


# --- 9 fresh-page ------------------------------------------------------------------------------------------


def test_9_a_decider_decides_on_the_dossier_that_the_page_showed():
    case = cases.awaiting()
    seen = page_of("approve", case.dossier)
    assert one("fresh-page", "approve", case, "lead", Deed("It holds.", seen)).met
    case.attach("dara")
    assert not one("fresh-page", "approve", case, "lead", Deed("It holds.", seen)).met


def test_9_a_voters_page_moves_with_the_evidence_and_never_with_a_vote():
    case = cases.in_round()
    seen = page_of("cast_vote", case.dossier)
    case.cast("bram")
    assert one("fresh-page", "cast_vote", case, "amal", Deed("x", seen)).met
    case.attach("dara")
    assert not one("fresh-page", "cast_vote", case, "amal", Deed("x", seen)).met


def test_9_another_persons_vote_makes_no_deciders_page_stale():
    case = cases.in_round()
    seen = page_of("approve", case.dossier)
    case.cast("bram")
    assert page_of("approve", case.dossier) == seen


# --- 10 policy-of-the-round --------------------------------------------------------------------------------


def test_10_a_later_policy_and_codebook_judge_no_open_round():
    case = cases.voted("fair", "fair", "weak")
    case.policies[9], case.codebooks[8] = Policy(unanimity=True), "reasonable-grounds/1"
    case.close()
    assert case.dossier.round.codebook == "airwars/1"
    assert unmet("approve", case.dossier, viewer("lead"), YES) == ()
