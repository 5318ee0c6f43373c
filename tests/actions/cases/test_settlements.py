"""Cases to get right, of disagreements: an even split, a split that no second vote mends, votes that are taken out of it."""

from __future__ import annotations

import pytest

from review.actions import approvals, exits, incidents, people, rounds, settlements, votes
from review.rules import settlement
from review.rules.errors import Invalid
from tests import builders
from tests.actions.cases.asking import ends, in_days, refused, seen, told
from tests.builders import Desk


def settle(desk: Desk, ref: str, by: builders.Actor, grade: str = "fair") -> None:
    settlements.settle(
        by, ref, grade=grade, rationale="S1 bears it.", replies=builders.replies(ref), seen=seen(ref)
    )


def exclude(desk: Desk, ref: str, number: int, voter: builders.Actor) -> None:
    vote = builders.view(ref).live_of(number, builders.who(voter, ref))
    assert vote is not None
    votes.exclude_vote(desk.lead, ref, vote.seq, ground="conflict", reason="The owner says so.")


# --- the ladder --------------------------------------------------------------------------------------------


def test_even_split(team: Desk) -> None:
    """Two against two is a dispute, whatever the distance; the second vote decides it."""
    builders.at_once(team)
    four = (*team.voters, team.spare)
    ref, number = builders.round_opened(team, reviewers=four)
    for actor, grade in zip(four, ("fair", "fair", "weak", "weak"), strict=True):
        builders.cast(actor, ref, number, builders.ballot(grade))
    builders.work()
    assert ends(ref, "settlement.opened")
    number = settlements.open_second_vote(team.lead, ref)
    for actor, grade in zip(four, ("fair", "fair", "fair", "weak"), strict=True):
        builders.cast(actor, ref, number, builders.ballot(grade))
    builders.work()
    assert ends(ref, "settlement.closed", "grade.proposed")
    builders.approved(team, ref)
    assert builders.row(ref).grade == "fair"


def test_settlement_split(team: Desk) -> None:
    """Disputed twice: a settler, a second settler, then No consensus, approved and published like a grade."""
    ref = builders.undecided(team)
    assert settlement.rung(builders.view(ref)) == "settler"
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    other = builders.add(team.admin, "Anke Rivol", "reviewer")
    with in_days(8):
        assert builders.view(ref).open_settlement is not None, "a first settler's time ends nothing by itself"
        settlements.appoint_settler(team.lead, ref, other.person or 0)
        assert settlement.rung(builders.view(ref)) == "second_settler"
        assert "appointed" in refused(lambda: settle(team, ref, team.spare))
        with in_days(8):
            builders.work()
            assert ends(ref, "settlement.closed", "grade.proposed")
            builders.approved(team, ref)
    standing = builders.view(ref).determination
    assert standing is not None
    assert (standing.grade, standing.casualties.killed.as_list()) == ("no_consensus", [3, 5])


def test_settlement_split_is_decided_by_a_settler_who_took_no_part(team: Desk) -> None:
    ref = builders.undecided(team)
    for actor in (team.voters[0], team.enterer):
        assert set(refused(lambda actor=actor: settlements.appoint_settler(team.lead, ref, actor.person or 0))) == {
            "settler-eligible"
        }
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    settle(team, ref, team.spare)
    builders.approved(team, ref)


def test_settlement_split_and_the_settler_leaves(team: Desk) -> None:
    """Whoever was to settle has left the desk, or declares a conflict: a lead names somebody else."""
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    people.deactivate_person(team.admin, team.spare.person or 0, reason="Moved away.")
    other = builders.add(team.admin, "Anke Rivol", "reviewer")
    settlements.appoint_settler(team.lead, ref, other.person or 0, reason="The first one left.")
    incidents.declare_conflict(other, ref, ground="I wrote S1.")
    assert set(refused(lambda: settle(team, ref, other))) == {"uninvolved"}
    third = builders.add(team.admin, "Oda Renk", "reviewer")
    settlements.appoint_settler(team.lead, ref, third.person or 0, reason="Too close.")
    settle(team, ref, third)
    builders.approved(team, ref)


# --- exclusions --------------------------------------------------------------------------------------------


def test_a_settlement_below_quorum_is_ended_for_a_new_round(team: Desk) -> None:
    """Exclusions left two of three votes before the second one: a lead ends it, and a new round decides."""
    ref = builders.disputed(team)
    assert set(refused(lambda: settlements.abandon_settlement(team.lead, ref, reason="No."))) == {"quorum-lost"}
    exclude(team, ref, 1, team.voters[2])
    settlements.abandon_settlement(team.lead, ref, reason="One of three votes was excluded.")
    assert ends(ref, "vote.excluded", "round.opened", "round.closed")
    assert told(team.voters[0], "settlement_ended") == 1
    row = builders.row(ref)
    assert (row.stage, builders.view(ref).open_settlement) == ("logged", None)
    builders.approved(team, _again(team, ref))


def test_a_settlement_below_quorum_of_a_published_incident_leaves_its_version_standing(team: Desk) -> None:
    ref = builders.published(team)
    approvals.reopen(team.lead, ref, ground="verdict", reason="A new statement.", seen=seen(ref))
    builders.disputed(team, ref)
    exclude(team, ref, 2, team.voters[2])
    settlements.abandon_settlement(team.lead, ref, reason="One of three votes was excluded.")
    row = builders.row(ref)
    assert (row.stage, row.version, row.grade) == ("published", 1, "fair")
    approvals.reopen(team.lead, ref, ground="verdict", reason="The statement stands.", seen=seen(ref))
    assert builders.row(ref).needs_round


def test_a_settlement_below_quorum_after_its_second_vote_goes_back_to_a_new_round(team: Desk) -> None:
    """Its settler still ends it; what comes of it cannot be approved, and a lead returns it to a round."""
    ref = builders.undecided(team)
    exclude(team, ref, 2, team.voters[2])
    assert "stage" in refused(lambda: settlements.abandon_settlement(team.lead, ref, reason="Too few."))
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    settle(team, ref, team.spare)
    assert {"enough-reviewers", "agreement"} == set(refused(lambda: builders.approved(team, ref)))
    approvals.return_grade(team.lead, ref, to="round", reason="Two votes decide nothing.", seen=seen(ref))
    assert builders.row(ref).needs_round
    extra = builders.add(team.admin, "Nadim Orey", "reviewer")
    builders.approved(team, _again(team, ref, extra))


def test_a_settlement_below_quorum_whose_settler_stays_away_ends_by_its_ladder(team: Desk) -> None:
    ref = builders.undecided(team)
    exclude(team, ref, 2, team.voters[2])
    other = builders.add(team.admin, "Anke Rivol", "reviewer")
    for actor in (team.spare, other):
        settlements.appoint_settler(team.lead, ref, actor.person or 0)
    with in_days(8):
        builders.work()
        assert ends(ref, "settlement.closed", "grade.proposed")
        assert "enough-reviewers" in refused(lambda: builders.approved(team, ref))
        approvals.return_grade(team.lead, ref, to="round", reason="Two votes decide nothing.", seen=seen(ref))
    assert builders.row(ref).needs_round


def test_a_settlement_without_a_vote_left_settles_nothing(team: Desk) -> None:
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    for voter in team.voters:
        exclude(team, ref, 2, voter)
    assert "votes-left" in refused(lambda: settle(team, ref, team.spare, "no_consensus"))
    exits.dismiss_incident(team.lead, ref, reason="No vote of it is left.")
    exits.restore_incident(team.lead, ref, reason="Others judge it now.")
    row = builders.row(ref)
    assert (row.stage, builders.view(ref).open_settlement) == ("logged", None)


def test_a_second_vote_that_lost_its_voters_ends_short_and_is_settled(team: Desk) -> None:
    """A vote of the disputed round is excluded while its second vote is open: two can answer, and time ends it."""
    ref = builders.disputed(team)
    number = settlements.open_second_vote(team.lead, ref)
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    with in_days(4):
        builders.work()
        assert builders.view(ref).open_round is None
        settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
        settle(team, ref, team.spare)
        builders.approved(team, ref)


def test_a_settled_grade_that_no_vote_holds_any_more_falls(team: Desk) -> None:
    ref = builders.settled(team, "discounted")
    with pytest.raises(Invalid):
        votes.exclude_vote(team.lead, ref, _decided(ref, team.voters[2]), ground="taste", reason="No.")
    votes.exclude_vote(team.lead, ref, _decided(ref, team.voters[2]), ground="identity", reason="Shared account.")
    assert ends(ref, "vote.excluded", "proposal.voided")
    assert builders.row(ref).needs_round


def _decided(ref: str, voter: builders.Actor) -> int:
    vote = builders.view(ref).live_of(2, builders.who(voter, ref))
    assert vote is not None
    return vote.seq


def _again(desk: Desk, ref: str, third: builders.Actor | None = None) -> str:
    """A further round by those whose votes stood and one who was not asked before."""
    three = (*desk.voters[:2], third or desk.spare)
    number = rounds.open_round(desk.lead, ref, reviewers=[actor.person or 0 for actor in three])
    for actor in three:
        builders.cast(actor, ref, number)
    builders.work()
    return ref
