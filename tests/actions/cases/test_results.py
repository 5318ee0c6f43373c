"""Cases to get right, of results: another grade, a day to wait for, a published version checked again."""

from __future__ import annotations

import pytest

from review import clock
from review.actions import approvals, assignments, incidents, overrides, people, rechecks, rounds, sources, votes
from review.rules.errors import Forbidden, Invalid, Stale
from review.rules.facts import Casualties, Range
from review.rules.rechecks import fallen
from review.rules.settlement import letters
from tests import builders, trail
from tests.actions.cases.asking import ends, in_days, refused, seen, steps, told
from tests.builders import Desk

WITHIN = Casualties(Range(3, 4), Range(6, 8))


def override(desk: Desk, ref: str, *, by: int = 0, grade: str = "weak", casualties: Casualties = WITHIN) -> int:
    reason = "The second account is an echo of the first."
    return overrides.override(
        desk.leads[by], ref, grade=grade, casualties=casualties, reason=reason, seen=seen(ref)
    )


def second(desk: Desk, ref: str, *, by: int = 1) -> None:
    overrides.second_override(desk.leads[by], ref, reason="S2 copies S1, word for word.", seen=seen(ref))


# --- override ----------------------------------------------------------------------------------------------


def test_override(team: Desk) -> None:
    """Lead A asks for another grade, an equally uninvolved lead B seconds the same dossier, A then approves."""
    ref = builders.settled(team)
    override(team, ref)
    assert told(team.leads[1], "override_asked") == 1
    asked = refused(lambda: builders.approved(team, ref))["override"]
    assert (asked.mend, asked.invite) == (("Davit Kolaru",), None)
    second(team, ref)
    assert told(team.leads[0], "override_seconded") == 1
    assert set(refused(lambda: builders.approved(team, ref, by=team.leads[1]))) == {"override"}
    builders.approved(team, ref)
    standing = builders.view(ref).determination
    assert standing is not None
    assert (standing.grade, standing.casualties, builders.row(ref).grade) == ("weak", WITHIN, "weak")
    assert ends(ref, "grade.overridden", "override.seconded", "grade.approved", "grade.published")
    asked_for, _seconded, approval, _published = steps(ref)[-4:]
    assert approval.body["override"] == asked_for.seq


def test_override_is_seconded_by_another_lead_who_took_no_part(team: Desk) -> None:
    ref = builders.settled(team)
    override(team, ref)
    assert set(refused(lambda: second(team, ref, by=0))) == {"override-asked"}
    incidents.declare_conflict(team.leads[1], ref, ground="I was born there.")
    unmet = refused(lambda: second(team, ref))
    assert set(unmet) == {"uninvolved"}
    with pytest.raises(Forbidden):
        overrides.second_override(team.spare, ref, reason="So I think.", seen=seen(ref))
    alone = refused(lambda: builders.approved(team, ref))["override"]
    assert (alone.mend, alone.invite) == ((), "lead"), "it needs one more lead"
    third = builders.add(team.admin, "Oda Renk", "lead")
    overrides.second_override(third, ref, reason="S2 is an echo.", seen=seen(ref))
    builders.approved(team, ref)


def test_override_is_not_for_who_took_part(team: Desk) -> None:
    ref = builders.settled(team)
    incidents.declare_conflict(team.leads[1], ref, ground="I was born there.")
    assert set(refused(lambda: override(team, ref, by=1))) == {"uninvolved"}
    override(team, ref, by=0)


@pytest.mark.parametrize(
    "grade, casualties, field",
    [
        ("fair", WITHIN, "grade"),
        ("no_consensus", WITHIN, "grade"),
        ("weak", Casualties(Range(2, 4)), "killed"),
        ("weak", Casualties(Range(3, 6)), "killed"),
        ("weak", Casualties(Range(4, 3)), "killed"),
    ],
)
def test_override_gives_another_grade_and_stays_within_the_envelope(
    team: Desk, grade: str, casualties: Casualties, field: str
) -> None:
    ref = builders.settled(team)
    with pytest.raises(Invalid) as problem:
        override(team, ref, grade=grade, casualties=casualties)
    assert set(problem.value.problems) == {field}
    override(team, ref)


def test_override_is_seconded_on_the_dossier_that_was_shown(team: Desk) -> None:
    ref = builders.settled(team)
    override(team, ref)
    shown = seen(ref)
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    with pytest.raises(Stale):
        overrides.second_override(team.leads[1], ref, reason="So I think.", seen=shown)


def test_override_falls_with_its_proposal_and_so_does_its_second(team: Desk) -> None:
    ref = builders.settled(team)
    override(team, ref)
    second(team, ref)
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    assert ends(ref, "source.attached", "proposal.voided", "grade.proposed")
    proposal = builders.view(ref).proposal
    assert proposal is not None
    assert (proposal.grade, proposal.override) == ("fair", None)
    assert set(refused(lambda: second(team, ref))) == {"override-asked"}


def test_override_by_a_lead_who_left_does_not_hold_the_grade_up(team: Desk) -> None:
    ref = builders.settled(team)
    override(team, ref)
    second(team, ref)
    people.deactivate_person(team.admin, team.leads[0].person or 0, reason="Moved away.")
    third = builders.add(team.admin, "Oda Renk", "lead")
    override(team, ref, by=1)
    overrides.second_override(third, ref, reason="I agree.", seen=seen(ref))
    builders.approved(team, ref, by=team.leads[1])


# --- embargo -----------------------------------------------------------------------------------------------


def embargoed(desk: Desk, days: int = 2) -> str:
    """An incident approved for a day to come."""
    ref = builders.agreed(desk)
    with in_days(days) as then:
        day = clock.day(then)
    approvals.approve(desk.lead, ref, reason="It holds.", seen=seen(ref), not_before=day)
    return ref


def test_embargo(team: Desk) -> None:
    """The worker publishes on the day, and not before it."""
    ref = embargoed(team)
    builders.work()
    assert (builders.row(ref).stage, builders.row(ref).public) == ("approval", False)
    with in_days(1):
        builders.work()
        assert builders.row(ref).stage == "approval"
    with in_days(2):
        builders.work()
        assert (builders.row(ref).stage, builders.row(ref).public) == ("published", True)
    assert trail.last(ref).role == "system"


@pytest.mark.parametrize("days", [1, 2])
def test_embargo_is_voided_when_the_dossier_moves(team: Desk, days: int) -> None:
    ref = embargoed(team)
    with in_days(1):
        sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    assert ends(ref, "source.attached", "proposal.voided", "grade.proposed")
    with in_days(days):
        builders.work()
    proposal = builders.view(ref).proposal
    assert proposal is not None
    assert (builders.row(ref).stage, proposal.approval) == ("approval", None)


def test_embargo_can_be_taken_back_before_the_day(team: Desk) -> None:
    ref = embargoed(team)
    assert set(refused(lambda: builders.approved(team, ref))) == {"proposed"}
    approvals.return_grade(team.leads[1], ref, to="round", reason="A witness asks to wait.", seen=seen(ref))
    assert builders.row(ref).stage == "grading"
    with in_days(2):
        builders.work()
        assert builders.row(ref).stage == "grading", "what was taken back is not published on its day"


# --- recheck -----------------------------------------------------------------------------------------------


def test_recheck(team: Desk) -> None:
    """A lead has a published version checked again; another confirms it, and it stood all the while."""
    ref = builders.published(team)
    with pytest.raises(Stale):
        rechecks.open_recheck(team.lead, ref, reason="A reader points to another village.", seen="older")
    rechecks.open_recheck(team.lead, ref, reason="A reader points to another village.", seen=seen(ref))
    row = builders.row(ref)
    assert (row.stage, row.recheck, row.public, row.grade) == ("published", True, True, "fair")
    published, opened = steps(ref)[-2:]
    assert opened.body == {"cause": published.seq, "version": 1}
    assert set(refused(lambda: rechecks.open_recheck(team.lead, ref, reason="Again.", seen=seen(ref)))) == {"no-recheck"}
    with pytest.raises(Stale):
        rechecks.confirm_recheck(team.lead, ref, reason="It holds.", seen="older")
    rechecks.confirm_recheck(team.lead, ref, reason="The village is named in S1.", seen=seen(ref))
    row = builders.row(ref)
    assert (row.stage, row.recheck, row.version) == ("published", False, 1)
    assert trail.last(ref).body == {"outcome": "confirmed", "version": 1}
    (ended,) = builders.view(ref).rechecks
    assert (ended.outcome, ended.why) == ("confirmed", "The village is named in S1.")


def test_recheck_ends_reopened_in_one_act(team: Desk) -> None:
    ref = builders.published(team)
    rechecks.open_recheck(team.lead, ref, reason="A reader points to another village.", seen=seen(ref))
    approvals.reopen(team.lead, ref, ground="verdict", reason="The reader is right.", seen=seen(ref))
    assert ends(ref, "recheck.closed", "grade.reopened")
    assert (builders.row(ref).recheck, builders.row(ref).stage) == (False, "grading")
    builders.approved(team, builders.agreed(team, ref))
    assert builders.row(ref).version == 2


def test_recheck_is_confirmed_by_who_took_no_part(team: Desk) -> None:
    builders.at_once(team)
    ref, number = builders.round_opened(team, reviewers=(*team.voters, team.leads[1]))
    builders.cast_all(team, ref, number, "fair", "fair", "fair")
    builders.cast(team.leads[1], ref, number)
    builders.work()
    builders.approved(team, ref)
    rechecks.open_recheck(team.leads[1], ref, reason="I am no longer sure of S1.", seen=seen(ref))

    def confirmed(by: int) -> None:
        rechecks.confirm_recheck(team.leads[by], ref, reason="It holds.", seen=seen(ref))

    assert set(refused(lambda: confirmed(1))) == {"uninvolved"}
    confirmed(0)


def test_recheck_of_nothing_published_is_refused(team: Desk) -> None:
    ref = builders.agreed(team)
    assert set(refused(lambda: rechecks.open_recheck(team.lead, ref, reason="Look.", seen=seen(ref)))) == {"published"}
    builders.approved(team, ref)
    rechecks.open_recheck(team.lead, ref, reason="Look.", seen=seen(ref))


def test_source_withdrawn_after_approval(team: Desk) -> None:
    """Every vote and version citing it is listed; a published version is checked again and never moves silently."""
    ref = builders.published(team)
    sources.withdraw_source(team.enterer, ref, 1, reason="Its author asks for it.")
    assert ends(ref, "source.withdrawn", "recheck.opened")
    row, dossier = builders.row(ref), builders.view(ref)
    assert (row.stage, row.grade, row.recheck) == ("published", "fair", True)
    (listed,) = fallen(dossier)
    assert {letters(dossier, 1)[vote.seq] for vote in listed.votes} == {"A", "B", "C"}
    assert [version.version for version in listed.versions] == [1]
    assert told(team.lead, "recheck_opened") == 1
    rechecks.confirm_recheck(team.lead, ref, reason="S2 says the same on its own.", seen=seen(ref))
    assert not builders.row(ref).recheck


def test_source_withdrawn_after_approval_that_nobody_cites_moves_nothing(team: Desk) -> None:
    ref = builders.published(team)
    sources.withdraw_source(team.enterer, ref, 2, reason="Its author asks for it.")
    assert ends(ref, "source.withdrawn")
    assert not builders.row(ref).recheck


def test_source_withdrawn_after_approval_for_a_later_day_voids_the_approval(team: Desk) -> None:
    ref = embargoed(team)
    sources.withdraw_source(team.enterer, ref, 1, reason="Its author asks for it.")
    assert ends(ref, "source.withdrawn", "proposal.voided", "grade.proposed")


# --- conflicts ---------------------------------------------------------------------------------------------


def four_votes(desk: Desk, *grades: str) -> tuple[str, list[int]]:
    """A closed round of four votes, so that it can lose one."""
    builders.at_once(desk)
    ref, number = builders.round_opened(desk, reviewers=(*desk.voters, desk.spare))
    voters = (*desk.voters, desk.spare)
    cast = [
        builders.cast(actor, ref, number, builders.ballot(grade)) for actor, grade in zip(voters, grades, strict=True)
    ]
    builders.work()
    return ref, cast


def excluded(desk: Desk, ref: str, vote: int) -> None:
    votes.exclude_vote(desk.lead, ref, vote, ground="conflict", reason="The owner says so.")


def test_conflict_disclosed_late_that_changes_nothing_is_noted(team: Desk) -> None:
    ref, cast = four_votes(team, "fair", "fair", "fair", "fair")
    builders.approved(team, ref)
    incidents.declare_conflict(team.spare, ref, ground="My aunt lives there.")
    assert told(team.lead, "conflict_disclosed") == 1
    excluded(team, ref, cast[3])
    assert ends(ref, "conflict.declared", "vote.excluded")
    row = builders.row(ref)
    assert (row.stage, row.grade, row.recheck) == ("published", "fair", False)


def test_conflict_disclosed_late_before_the_approval_voids_it_for_a_new_round(team: Desk) -> None:
    ref = builders.agreed(team)
    incidents.declare_conflict(team.voters[0], ref, ground="My aunt lives there.")
    vote = builders.view(ref).live_of(1, builders.who(team.voters[0], ref))
    assert vote is not None
    excluded(team, ref, vote.seq)
    assert ends(ref, "vote.excluded", "proposal.voided")
    row = builders.row(ref)
    assert (row.stage, row.needs_round) == ("grading", True)
    number = rounds.open_round(
        team.lead, ref, reviewers=[actor.person or 0 for actor in (*team.voters[1:], team.spare)]
    )
    for actor in (*team.voters[1:], team.spare):
        builders.cast(actor, ref, number)
    builders.work()
    builders.approved(team, ref)


def test_conflict_disclosed_late_before_the_approval_that_changes_nothing_is_proposed_anew(team: Desk) -> None:
    ref, cast = four_votes(team, "fair", "fair", "fair", "fair")
    excluded(team, ref, cast[3])
    assert ends(ref, "vote.excluded", "proposal.voided", "grade.proposed")
    builders.approved(team, ref)


@pytest.mark.parametrize("grades", [("fair",) * 3, ("fair", "fair", "weak")])
def test_conflict_disclosed_late_after_publication_opens_a_recheck(team: Desk, grades: tuple[str, ...]) -> None:
    ref = builders.closed(team, *grades)
    builders.approved(team, ref)
    incidents.declare_conflict(team.voters[0], ref, ground="My aunt lives there.")
    vote = builders.view(ref).live_of(1, builders.who(team.voters[0], ref))
    assert vote is not None
    excluded(team, ref, vote.seq)
    assert ends(ref, "vote.excluded", "recheck.opened")
    assert builders.row(ref).grade == "fair", "the grade never moves silently"

    def confirmed() -> None:
        rechecks.confirm_recheck(team.lead, ref, reason="Two are enough.", seen=seen(ref))

    assert set(refused(confirmed)) == {"result-stands"}, "two votes bear no grade; it is reopened"
    approvals.reopen(team.lead, ref, ground="verdict", reason="A vote was excluded.", seen=seen(ref))
    assert builders.row(ref).needs_round


def test_conflict_declared_early_bars_assignment_vote_and_approval(team: Desk) -> None:
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    incidents.declare_conflict(team.spare, ref, ground="My aunt lives there.")
    barred = refused(lambda: assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0))
    assert set(barred) == {"eligible"}
    incidents.declare_conflict(team.voters[0], ref, ground="I wrote S1.")
    assert set(refused(lambda: builders.cast(team.voters[0], ref, number))) == {"no-conflict"}
    rounds.recuse(team.voters[0], ref, number, ground="I wrote S1.")
    assert told(team.lead, "conflict_disclosed") == 0, "nothing is said of it while the round is open"
    extra = builders.add(team.admin, "Nadim Orey", "reviewer")
    assignments.assign_reviewer(team.lead, ref, number, extra.person or 0)
    for actor in (*team.voters[1:], extra):
        builders.cast(actor, ref, number)
    builders.work()
    incidents.declare_conflict(team.lead, ref, ground="I was born there.")
    assert set(refused(lambda: builders.approved(team, ref))) == {"uninvolved"}
    builders.approved(team, ref, by=team.leads[1])
