"""Approvals through the real actions: one dossier, one approval, one version; returned, voided, reopened."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from review import clock
from review.actions import approvals, incidents, positions, rounds, sources
from review.models import Approval, Determination, Event, Notice, session
from review.rules.errors import Forbidden, Invalid, Refused, Stale
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def names(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {requirement.name for requirement in refusal.value.requirements}


def types(ref: str) -> list[str]:
    incident = builders.row(ref).id
    return list(session.scalars(select(Event.type).where(Event.incident_id == incident).order_by(Event.iseq)))


def test_approving_publishes_in_the_same_act(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    assert builders.approved(people, ref) == 1
    row, dossier = builders.row(ref), builders.view(ref)
    assert (row.stage, row.grade, row.grade_kind, row.version, row.public) == ("published", "fair", "published", 1, True)
    assert types(ref)[-2:] == ["grade.approved", "grade.published"]
    approval, version = session.scalars(select(Approval)).one(), session.scalars(select(Determination)).one()
    assert (approval.approver, approval.version) == (builders.who(people.lead, ref), 1)
    assert (version.grade, version.kind, version.codebook_seq) == ("fair", "published", dossier.rounds[0].codebook_seq)
    assert version.range == {"injured": [6, 8], "killed": [3, 5]}
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "published")))
    assert told == {actor.person for actor in people.voters}


def test_a_reason_is_needed_for_a_yes_as_well_as_for_a_no(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    seen = builders.row(ref).digest
    for deed in (
        lambda: approvals.approve(people.lead, ref, reason=" ", seen=seen),
        lambda: approvals.return_grade(people.lead, ref, to="round", reason="", seen=seen),
    ):
        with pytest.raises(Invalid) as problem:
            deed()
        assert set(problem.value.problems) == {"reason"}
    assert builders.view(ref).stage == "approval"


def test_only_a_lead_approves(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    for actor in (people.spare, people.admin, people.auditor):
        with pytest.raises(Forbidden):
            builders.approved(people, ref, by=actor)


def test_a_lead_who_voted_entered_or_declared_a_conflict_does_not_approve(people: builders.Desk) -> None:
    builders.at_once(people)
    entered = incidents.open_incident(people.leads[1], stream=people.stream, facts=builders.facts())
    builders.closed(people, "fair", "fair", "fair", ref=builders.with_sources(people, entered))
    with pytest.raises(Refused) as refusal:
        builders.approved(people, entered, by=people.leads[1])
    assert names(refusal) == {"uninvolved"}
    voted, number = builders.round_opened(people, reviewers=(*people.voters, people.leads[1]))
    builders.cast_all(people, voted, number, "fair", "fair", "fair")
    builders.cast(people.leads[1], voted, number)
    builders.work()
    with pytest.raises(Refused) as refusal:
        builders.approved(people, voted, by=people.leads[1])
    assert names(refusal) == {"uninvolved"}
    incidents.declare_conflict(people.lead, voted, ground="My cousin lives there.")
    with pytest.raises(Refused) as refusal:
        builders.approved(people, voted)
    assert names(refusal) == {"uninvolved"}


def test_a_dossier_that_moved_is_not_approved(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    seen = builders.row(ref).digest
    sources.attach_source(people.spare, ref, draft=builders.draft(7))
    with pytest.raises(Stale):
        approvals.approve(people.lead, ref, reason="Fine.", seen=seen)


def test_new_evidence_voids_the_proposal_and_makes_it_anew_in_the_same_act(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    first = builders.view(ref).proposal
    number = sources.attach_source(people.spare, ref, draft=builders.draft(7))
    assert types(ref)[-3:] == ["source.attached", "proposal.voided", "grade.proposed"]
    dossier = builders.view(ref)
    assert dossier.proposal.seq != first.seq
    assert (dossier.proposal.dossier, dossier.stage) == (dossier.digest, "approval")
    sources.withdraw_source(people.spare, ref, number, reason="Wrong incident.")
    assert types(ref)[-3:] == ["source.withdrawn", "proposal.voided", "grade.proposed"]
    positions.record_position(people.lead, ref, party=builders.PARTY, position="open")
    assert types(ref)[-3:] == ["position.recorded", "proposal.voided", "grade.proposed"]
    incidents.describe_incident(people.spare, ref, facts=builders.facts(date="2031-03-15"), reason="A slip.")
    assert types(ref)[-3:] == ["incident.described", "proposal.voided", "grade.proposed"]
    assert [event.role for event in events("grade.proposed")] == ["system"] * 5


def events(kind: str) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.type == kind).order_by(Event.seq)))


def test_an_echo_of_a_known_origin_moves_nothing(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    before = builders.view(ref).proposal
    sources.attach_source(people.spare, ref, draft=builders.draft(7, origin=1))
    assert builders.view(ref).proposal == before


def test_stale_votes_need_a_reason_that_names_what_they_did_not_consider(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    sources.attach_source(people.spare, ref, draft=builders.draft(7))
    with pytest.raises(Refused) as refusal:
        builders.approved(people, ref)
    assert names(refusal) == {"fresh-votes"}
    approvals.approve(people.lead, ref, reason="S3 repeats what S1 says.", seen=builders.row(ref).digest)
    (attached,) = builders.view(ref).proposals[-1].approval.stale
    assert session.get(Event, attached).type == "source.attached"


def test_a_returned_grade_needs_a_new_round(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    with pytest.raises(Invalid) as problem:
        approvals.return_grade(people.lead, ref, to="settlement", reason="Why?", seen=builders.row(ref).digest)
    assert set(problem.value.problems) == {"to"}
    approvals.return_grade(people.lead, ref, to="round", reason="S2 was overlooked.", seen=builders.row(ref).digest)
    assert (builders.row(ref).stage, builders.row(ref).needs_round) == ("grading", True)
    with pytest.raises(Refused) as refusal:
        builders.approved(people, ref)
    assert "proposed" in names(refusal)
    ref, number = builders.round_opened(people, ref)
    assert (number, builders.view(ref).round.kind, builders.row(ref).needs_round) == (2, "again", False)


def test_every_version_has_its_own_round_and_names_its_ground(people: builders.Desk) -> None:
    ref = builders.published(people)
    with pytest.raises(Refused):
        rounds.open_round(people.lead, ref)
    with pytest.raises(Invalid) as problem:
        approvals.reopen(people.lead, ref, ground="whim", reason="", seen=builders.row(ref).digest)
    assert set(problem.value.problems) == {"ground", "reason"}
    for not_this_page in ("older", None):
        with pytest.raises(Stale):
            approvals.reopen(people.lead, ref, ground="verdict", reason="A new account.", seen=not_this_page)
    approvals.reopen(people.lead, ref, ground="verdict", reason="A new account.", seen=builders.row(ref).digest)
    row = builders.row(ref)
    assert (row.stage, row.version, row.public, row.needs_round) == ("grading", 1, True, True)
    builders.closed(people, "weak", "weak", "weak", ref=ref)
    assert builders.view(ref).proposal.version == 2
    assert builders.approved(people, ref, by=people.leads[1]) == 2
    assert b'"kind":"verdict"' in events("grade.published")[-1].line
    assert builders.row(ref).grade == "weak"


def test_a_policy_for_use_inside_the_desk_publishes_nothing(people: builders.Desk) -> None:
    policy = builders.at_once(people, required=2)
    ref = builders.with_sources(people)
    number = rounds.open_round(people.lead, ref, policy=policy, reviewers=[actor.person for actor in people.voters[:2]])
    for actor in people.voters[:2]:
        builders.cast(actor, ref, number)
    builders.work()
    assert builders.view(ref).stage == "approval"
    with pytest.raises(Refused) as refusal:
        builders.approved(people, ref)
    assert {"enough-reviewers", "policy-of-the-round"} <= names(refusal)


def tomorrow() -> str:
    return clock.day(clock.now() + timedelta(days=1))


def test_an_approval_for_a_later_day_is_published_by_the_worker_on_it(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    approvals.approve(people.lead, ref, reason="Embargoed.", seen=builders.row(ref).digest, not_before=tomorrow())
    builders.work()
    assert builders.view(ref).stage == "approval"
    with pytest.raises(Refused) as refusal:
        builders.approved(people, ref, by=people.leads[1])
    assert "proposed" in names(refusal)
    later = clock.now() + timedelta(days=1)
    with clock.reading(lambda: later):
        builders.work()
        builders.work()
    assert builders.view(ref).stage == "published"
    assert [event.actor for event in events("grade.published")] == ["system"]


def test_a_dossier_that_moves_before_its_day_is_not_published(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    approvals.approve(people.lead, ref, reason="Embargoed.", seen=builders.row(ref).digest, not_before=tomorrow())
    sources.attach_source(people.spare, ref, draft=builders.draft(7))
    assert types(ref)[-2:] == ["proposal.voided", "grade.proposed"]
    later = clock.now() + timedelta(days=1)
    with clock.reading(lambda: later):
        builders.work()
    assert builders.view(ref).stage == "approval"
    assert builders.view(ref).proposal.approval is None


def test_a_day_that_has_come_is_now(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    seen = builders.row(ref).digest
    with pytest.raises(Invalid) as problem:
        approvals.approve(people.lead, ref, reason="Fine.", seen=seen, not_before="2031-02-30")
    assert set(problem.value.problems) == {"not_before"}
    approvals.approve(people.lead, ref, reason="Fine.", seen=seen, not_before=clock.today())
    assert builders.view(ref).stage == "published"
