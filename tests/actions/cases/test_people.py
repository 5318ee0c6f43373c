"""Cases to get right, of people: who stays away, who leaves, two who decide at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from review.actions import approvals, assignments, people, positions, settlements
from review.models import Determination, session
from review.rules.errors import DomainError, Refused, Stale
from review.rules.requirements import requirements
from review.rules.viewers import Member, Viewer
from tests import builders
from tests.actions.cases.asking import refused, seen, told
from tests.builders import Desk

AWAY = "Away until the spring."


def close_requirement(desk: Desk, ref: str) -> tuple[str, tuple[str, ...]]:
    """What a lead reads of the open round: the sentence, and who can mend it."""
    members = tuple(
        Member(actor.name, actor.role, builders.who(actor, ref))
        for actor in (*desk.reviewers, *desk.leads)
        if actor is not desk.voters[2]
    )
    viewer = Viewer(desk.lead, builders.who(desk.lead, ref), members)
    needed = requirements("close_round", builders.view(ref), viewer)
    found = next(one for one in needed if one.name == "enough-reviewers")
    return found.sentence % found.values, found.mend


def test_absent_reviewer(team: Desk) -> None:
    """Somebody who does not answer is released with a reason, a substitute asked, and the round goes on."""
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    builders.work()
    assert builders.view(ref).open_round is not None, "an answer is owed"
    assignments.release_reviewer(team.lead, ref, number, team.voters[2].person or 0, reason=AWAY)
    assert told(team.voters[2], "released") == 1
    builders.work()
    assert builders.view(ref).open_round is not None, "two of three are no quorum"
    assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0, reason="In their place.")
    builders.cast(team.spare, ref, number)
    builders.work()
    builders.approved(team, ref)


def test_absent_reviewer_who_comes_back_is_asked_again(team: Desk) -> None:
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    person = team.voters[2].person or 0
    assignments.release_reviewer(team.lead, ref, number, person, reason=AWAY)
    with pytest.raises(Refused):
        builders.cast(team.voters[2], ref, number)
    assignments.assign_reviewer(team.lead, ref, number, person)
    builders.cast_all(team, ref, number, "fair", "fair", "fair")
    builders.work()
    assert builders.row(ref).stage == "approval"


def test_reviewer_deactivated_mid_round(team: Desk) -> None:
    """What they cast stays and counts."""
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number)
    people.deactivate_person(team.admin, team.voters[0].person or 0, reason="Left the group.")
    for actor in team.voters[1:]:
        builders.cast(actor, ref, number)
    builders.work()
    dossier = builders.view(ref)
    assert (dossier.stage, len(dossier.live(number))) == ("approval", 3)
    builders.approved(team, ref)


def test_reviewer_deactivated_mid_round_who_owes_an_answer_is_released(team: Desk) -> None:
    """The requirement says that somebody left and which lead lets them go; nothing waits for ever."""
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    gone = team.voters[2]
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    people.deactivate_person(team.admin, gone.person or 0, reason="Left the group.")
    sentence, mend = close_requirement(team, ref)
    assert sentence == "2 of 3, and somebody who still owes an answer has left the desk."
    assert mend == ("Ilse Marchetti", "Davit Kolaru")
    assignments.release_reviewer(team.lead, ref, number, gone.person or 0, reason="Left the group.")
    assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
    builders.cast(team.spare, ref, number)
    builders.work()
    builders.approved(team, ref)


def test_reviewer_deactivated_mid_round_is_not_asked_again_in_the_second_vote(team: Desk) -> None:
    ref = builders.disputed(team)
    people.deactivate_person(team.admin, team.voters[2].person or 0, reason="Left the group.")
    number = settlements.open_second_vote(team.lead, ref)
    asked = builders.view(ref).round
    assert asked is not None
    assert set(asked.people("assigned")) == {builders.who(actor, ref) for actor in team.voters[:2]}
    assert asked.number == number


def test_two_leads_at_once(team: Desk) -> None:
    """Two approve one proposal: one wins, the other is told what happened, and there is one version."""
    ref = builders.agreed(team)
    shown = seen(ref)

    def approve(lead: builders.Actor) -> object:
        with team.app.app_context():
            try:
                return approvals.approve(lead, ref, reason=f"{lead.name} has read it.", seen=shown)
            except DomainError as error:
                return error
            finally:
                session.remove()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(approve, team.leads))
    won = [answer for answer in answers if answer == 1]
    (lost,) = [answer for answer in answers if answer != 1]
    assert won == [1]
    assert isinstance(lost, Refused)
    assert "proposed" in {requirement.name for requirement in lost.requirements}
    session.rollback()
    assert session.query(Determination).count() == 1


def test_two_leads_at_once_one_of_whom_returns_it(team: Desk) -> None:
    ref = builders.agreed(team)
    shown = seen(ref)
    approvals.return_grade(team.leads[1], ref, to="round", reason="S2 is not read.", seen=shown)
    assert "proposed" in refused(
        lambda: approvals.approve(team.leads[0], ref, reason="It holds.", seen=shown)
    )


def test_two_leads_at_once_one_of_whom_moves_the_dossier(team: Desk) -> None:
    ref = builders.agreed(team)
    shown = seen(ref)
    positions.record_position(team.leads[1], ref, party=builders.PARTY, position="open")
    with pytest.raises(Stale):
        approvals.approve(team.leads[0], ref, reason="It holds.", seen=shown)
