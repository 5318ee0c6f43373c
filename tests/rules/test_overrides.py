"""Another grade than the one proposed: what may be asked for, and what an approval makes of it."""

import pytest

from review.rules import approval, overrides
from review.rules.errors import Invalid, NotFound
from review.rules.requirements import unmet
from tests.rules import cases
from tests.rules.cases import viewer
from tests.rules.test_guards import YES, one, said_of


def _asked(case, by="lead", grade="weak", killed=(3, 5)):
    case.record(
        "grade.overridden",
        by,
        {"reason": "The minority has it right."},
        of=case.dossier.proposal.seq,
        grade=grade,
        range=cases.casualties(killed).as_dict(),
    )
    return case


def _seconded(case, by="second"):
    of = case.dossier.proposal.override.seq
    case.record("override.seconded", by, {"reason": "So I think."}, of=of, dossier=case.dossier.digest)
    return case


def test_every_other_grade_of_the_rounds_codebook_may_be_asked_for():
    dossier = cases.awaiting().dossier
    assert overrides.choices(dossier, dossier.proposal) == ("confirmed", "weak", "contested", "discounted")


@pytest.mark.parametrize("killed", [(3, 5), (4, 4)])
def test_a_range_within_the_envelope_of_all_live_votes_is_taken(killed):
    dossier = cases.awaiting().dossier
    asked = overrides.override(dossier, "weak", cases.casualties(killed), "An echo.")
    assert (asked.of, asked.grade, asked.casualties) == (dossier.proposal.seq, "weak", cases.casualties(killed))


@pytest.mark.parametrize(
    "grade, killed, reason, field",
    [
        ("fair", (3, 5), "An echo.", "grade"),
        ("no_consensus", (3, 5), "An echo.", "grade"),
        ("weak", (2, 5), "An echo.", "killed"),
        ("weak", (3, 6), "An echo.", "killed"),
        ("weak", (5, 3), "An echo.", "killed"),
        ("weak", (3, 5), "  ", "reason"),
    ],
)
def test_another_range_another_grade_or_no_reason_is_said_by_its_field(grade, killed, reason, field):
    with pytest.raises(Invalid) as problem:
        overrides.override(cases.awaiting().dossier, grade, cases.casualties(killed), reason)
    assert set(problem.value.problems) == {field}


def test_an_excluded_vote_widens_no_envelope():
    case = cases.in_round(people=("amal", "bram", "cleo", "dara"))
    for who, killed in (("amal", (3, 5)), ("bram", (3, 5)), ("cleo", (3, 5)), ("dara", (0, 50))):
        case.cast(who, cases.ballot("fair", killed))
    case.close()
    assert overrides.bounds(case.dossier, case.dossier.proposal) == cases.casualties((0, 50))
    case.exclude_vote(case.dossier.live_of(1, "dara").seq)
    assert overrides.bounds(case.dossier, case.dossier.proposal) == cases.casualties((3, 5))


def test_nothing_is_seconded_that_nobody_asked_for():
    with pytest.raises(NotFound):
        overrides.asked(cases.awaiting().dossier)
    assert not one("override-asked", "second_override", cases.awaiting(), "second").met


@pytest.mark.parametrize("who, met", [("second", True), ("lead", False)])
def test_another_lead_seconds_it(who, met):
    assert one("override-asked", "second_override", _asked(cases.awaiting()), who).met is met


def test_it_is_seconded_once():
    case = _seconded(_asked(cases.awaiting()))
    assert said_of(one("override-asked", "second_override", case, "second")).startswith("The other grade has been")


@pytest.mark.parametrize("verb", ["override", "second_override"])
@pytest.mark.parametrize("who, met", [("second", True), ("enterer", False), ("amal", False)])
def test_whoever_took_part_neither_asks_nor_seconds(verb, who, met):
    assert one("uninvolved", verb, _asked(cases.awaiting()), who).met is met


def test_an_approval_takes_the_seconded_grade_and_no_other():
    case = _seconded(_asked(cases.awaiting()))
    assert unmet("approve", case.dossier, viewer("lead"), YES) == ()
    approved = approval.approve(case.dossier, "It follows.")
    assert (approved.grade, approved.override) == ("weak", case.dossier.proposal.override.seq)


def test_asking_for_yet_another_grade_takes_the_second_away():
    case = _asked(_seconded(_asked(cases.awaiting())), grade="contested")
    assert [need.name for need in unmet("approve", case.dossier, viewer("lead"), YES)] == ["override"]


def test_what_voids_the_proposal_voids_both():
    case = _seconded(_asked(cases.awaiting()))
    case.attach("dara")
    case.void().propose()
    assert case.dossier.proposal.override is None
