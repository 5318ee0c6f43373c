"""What a verb needs of the incident's state: each pair shares its set-up and differs in one step."""

import pytest

from review.rules.requirements import Deed, unmet
from tests.rules import cases
from tests.rules.cases import viewer


def _missing(verb, case, who, deed=None):
    return [one.name for one in unmet(verb, case.dossier, viewer(who), deed)]


def _paused(case):
    case.mode = "paused"
    return case


def _exited(case):
    case.record("incident.dismissed", "lead", {"reason": "Out of scope."})
    return case


def _with_claim():
    case = cases.Case().open()
    case.record("claim.grouped", "dara", claim=7)
    return case


def _with_one_claim(case):
    case.record("claim.grouped", "dara", claim=7)
    return case


def _legacy():
    """A grade that came with an import: version 0 of this desk, which no event may name."""
    case = cases.Case().open()
    case.record("grade.imported", "admin", grade="fair", range={"killed": [3, 5], "injured": [None, None]}, codebook=1)
    return case


def _then(build, *steps):
    def built():
        case = build()
        for step in steps:
            step(case)
        return case

    return built


VOTED = _then(cases.in_round, lambda case: case.cast("amal"))
SETTLER = _then(cases.waiting_for_settler, lambda case: case.appoint("sana"))
MINORITY = _then(lambda: cases.awaiting("fair", "fair", "weak"))

TABLE = [
    # verb, who, incident, what is missing
    ("open_round", "lead", cases.logged, []),
    ("open_round", "lead", _then(cases.logged, _paused), ["stream-active"]),
    ("open_round", "lead", _then(cases.logged, _exited), ["not-exited", "stage"]),
    ("open_round", "lead", lambda: cases.Case().open(), ["has-evidence"]),
    ("open_round", "lead", _with_claim, []),
    ("open_round", "lead", cases.in_round, ["no-open-round"]),
    ("open_round", "lead", cases.awaiting, ["stage"]),
    ("open_round", "lead", cases.published, ["stage"]),
    ("open_round", "lead", cases.disputed, []),
    ("open_round", "lead", cases.waiting_for_settler, ["stage"]),
    ("cast_vote", "amal", cases.in_round, []),
    ("cast_vote", "amal", VOTED, []),
    ("cast_vote", "dara", cases.in_round, ["assigned"]),
    ("cast_vote", "lead", cases.in_round, ["assigned"]),
    ("cast_vote", "enterer", cases.in_round, ["not-entered", "assigned"]),
    ("cast_vote", "amal", cases.awaiting, ["round-open", "assigned"]),
    ("cast_vote", "amal", _then(cases.in_round, lambda case: case.conflict("amal")), ["no-conflict"]),
    ("cast_vote", "amal", _then(cases.in_round, lambda case: case.answer("amal", "abstained")), []),
    ("cast_vote", "amal", _then(cases.in_round, lambda case: case.answer("amal", "recused")), ["assigned"]),
    ("cast_vote", "amal", _then(cases.in_round, lambda case: case.release("amal")), ["assigned"]),
    (
        "cast_vote",
        "amal",
        _then(VOTED, lambda case: case.exclude_vote(case.dossier.live_of(1, "amal").seq)),
        ["assigned"],
    ),
    ("recuse", "amal", cases.in_round, []),
    ("recuse", "amal", VOTED, ["no-live-vote"]),
    ("recuse", "amal", _then(VOTED, lambda case: case.withdraw("amal")), []),
    ("abstain", "amal", cases.in_round, []),
    ("abstain", "amal", VOTED, ["no-live-vote"]),
    ("abstain", "amal", _then(cases.in_round, lambda case: case.answer("amal", "abstained")), ["assigned"]),
    ("withdraw_vote", "amal", VOTED, []),
    ("withdraw_vote", "bram", VOTED, ["own-vote"]),
    ("withdraw_vote", "amal", cases.awaiting, ["round-open", "own-vote"]),
    ("take_next", "dara", cases.in_round, []),
    ("take_next", "amal", cases.in_round, ["eligible"]),
    ("take_next", "enterer", cases.in_round, ["eligible"]),
    ("close_round", "lead", cases.voted, []),
    ("close_round", "lead", VOTED, ["enough-reviewers"]),
    ("abandon_round", "lead", VOTED, []),
    ("abandon_round", "lead", cases.logged, ["round-open"]),
    ("describe_incident", "dara", cases.in_round, []),
    ("describe_incident", "amal", cases.in_round, ["unassigned"]),
    ("describe_incident", "amal", cases.published, ["unassigned"]),
    ("describe_incident", "amal", _then(cases.in_round, lambda case: case.release("amal")), []),
    ("argue", "amal", cases.disputed, []),
    ("argue", "dara", cases.disputed, ["argument-open"]),
    ("argue", "amal", _then(cases.disputed, lambda case: case.start()), ["argument-open"]),
    ("appoint_settler", "lead", cases.waiting_for_settler, []),
    ("appoint_settler", "lead", cases.disputed, ["settler-wanted"]),
    ("appoint_settler", "lead", _then(cases.disputed, lambda case: case.start()), ["settler-wanted", "no-open-round"]),
    ("settle", "sana", SETTLER, []),
    ("settle", "dara", SETTLER, ["appointed"]),
    ("settle", "sana", _then(SETTLER, lambda case: case.appoint("dara")), ["appointed"]),
    ("settle", "sana", _then(SETTLER, lambda case: case.conflict("sana")), ["uninvolved"]),
    ("dissent", "cleo", MINORITY, []),
    ("dissent", "amal", MINORITY, ["dissent-open"]),
    ("dissent", "cleo", _then(MINORITY, lambda case: case.approve()), ["dissent-open"]),
    ("approve", "lead", cases.awaiting, []),
    ("approve", "lead", _then(cases.awaiting, lambda case: case.approve(not_before="2031-05-01")), ["proposed"]),
    ("return_grade", "lead", cases.awaiting, []),
    ("return_grade", "lead", cases.published, ["proposed"]),
    ("reopen", "lead", cases.published, []),
    ("reopen", "lead", cases.awaiting, ["published"]),
    ("publish_correction", "lead", cases.published, []),
    ("publish_correction", "lead", _then(cases.published, _exited), []),
    ("publish_correction", "lead", cases.awaiting, ["version-stands"]),
    ("publish_correction", "lead", _legacy, ["version-stands"]),
    ("recheck_correction", "lead", _legacy, ["published"]),
    ("grade_correction", "lead", _then(_legacy, _with_one_claim), []),
    ("grade_correction", "lead", _then(_legacy, _with_one_claim, _paused), ["stream-active"]),
    ("grade_correction", "lead", _legacy, ["has-evidence"]),
    ("grade_correction", "lead", cases.published, ["imported-stands"]),
    ("recheck_correction", "lead", cases.published, []),
    ("recheck_correction", "lead", _then(cases.published, _exited), ["not-exited", "published"]),
    ("declare_conflict", "amal", cases.in_round, []),
    ("declare_conflict", "amal", _then(cases.in_round, lambda case: case.conflict("amal")), ["no-conflict"]),
    ("lift_conflict", "amal", _then(cases.in_round, lambda case: case.conflict("amal")), []),
    ("lift_conflict", "amal", cases.in_round, ["in-conflict"]),
    ("ungroup_claim", "amal", _with_claim, []),
    ("ungroup_claim", "amal", cases.logged, ["claim-grouped"]),
    ("attach_source", "amal", _then(cases.logged, _exited), []),
    ("withdraw_source", "amal", cases.logged, []),
    ("withdraw_source", "amal", lambda: cases.Case().open(), ["has-source"]),
    ("publish_grade", "lead", cases.awaiting, ["approved"]),
    ("publish_grade", "lead", _then(cases.awaiting, lambda case: case.approve(not_before="2031-05-01")), []),
]


@pytest.mark.parametrize("verb, who, build, missing", TABLE)
def test_what_a_verb_still_needs(verb, who, build, missing):
    assert _missing(verb, build(), who) == missing


@pytest.mark.parametrize("subject, missing", [("dara", []), ("amal", ["eligible"]), ("enterer", ["eligible"])])
def test_who_can_be_asked(subject, missing):
    deed = Deed(subject=subject, role="reviewer")
    assert _missing("assign_reviewer", cases.in_round(), "lead", deed) == missing


@pytest.mark.parametrize("role, missing", [("lead", []), ("admin", ["eligible"]), ("auditor", ["eligible"])])
def test_only_reviewers_and_leads_are_asked(role, missing):
    assert _missing("assign_reviewer", cases.in_round(), "lead", Deed(subject="newcomer", role=role)) == missing


@pytest.mark.parametrize(
    "subject, missing", [("sana", []), ("enterer", ["settler-eligible"]), ("amal", ["settler-eligible"])]
)
def test_who_can_be_appointed_to_settle(subject, missing):
    assert _missing("appoint_settler", cases.waiting_for_settler(), "lead", Deed(subject=subject)) == missing


def test_nobody_is_appointed_twice():
    case = cases.waiting_for_settler().appoint("sana")
    assert _missing("appoint_settler", case, "lead", Deed(subject="sana")) == ["settler-eligible"]


@pytest.mark.parametrize("subject, missing", [("bram", []), ("amal", ["owing"])])
def test_only_who_owes_an_answer_is_released(subject, missing):
    assert _missing("release_reviewer", VOTED(), "lead", Deed(subject=subject)) == missing


def test_a_lead_who_was_asked_learns_nothing_from_releasing():
    case = cases.in_round(people=(*cases.VOTERS, "second"))
    case.cast("amal")
    answers = [unmet("release_reviewer", case.dossier, viewer("second"), Deed(subject=who)) for who in cases.VOTERS]
    assert answers[0] == answers[1] == answers[2]
    assert [one.name for one in answers[0]] == ["owing"]


def test_a_voter_may_mend_words_but_not_what_votes_rest_on():
    case = cases.in_round()
    assert _missing("describe_incident", case, "amal", Deed(material=True)) == ["unassigned"]
    assert _missing("describe_incident", case, "amal", Deed(material=False)) == []


def test_only_a_live_vote_is_excluded():
    case = cases.awaiting()
    seq = case.dossier.live(1)[0].seq
    assert _missing("exclude_vote", case, "lead", Deed(vote=seq)) == []
    case.exclude_vote(seq)
    assert _missing("exclude_vote", case, "lead", Deed(vote=seq)) == ["live-vote"]
