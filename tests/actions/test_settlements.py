"""Settlements through the real actions: the ladder, rung by rung, and the dissent that is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from review import clock
from review.actions import approvals, assignments, incidents, rounds, settlements
from review.models import Event, Settlement, SettlementClosing, Turn, session
from review.rules.errors import Invalid, NotFound, Refused, Stale
from review.rules.settlement import rung
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def names(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {requirement.name for requirement in refusal.value.requirements}


def types(ref: str) -> list[str]:
    incident = builders.row(ref).id
    return list(session.scalars(select(Event.type).where(Event.incident_id == incident).order_by(Event.iseq)))


def moment(start: datetime, **later: float) -> clock.Source:
    return lambda: start + timedelta(**later)


def test_only_who_voted_argues(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    settlements.argue(people.voters[0], ref, text="S1 speaks of another village.")
    for actor in (people.spare, people.lead, people.enterer):
        with pytest.raises(Refused) as refusal:
            settlements.argue(actor, ref, text="Let me in.")
        assert names(refusal) == {"argument-open"}
    with pytest.raises(Invalid):
        settlements.argue(people.voters[1], ref, text="  ")
    assert len(builders.view(ref).settlement.arguments) == 1


def test_a_second_vote_asks_the_same_people_under_the_same_policy(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    builders.at_once(people, required=5)
    number = settlements.open_second_vote(people.lead, ref)
    dossier = builders.view(ref)
    assert (number, dossier.stage, dossier.round.kind, dossier.round.of) == (2, "settlement", "second", dossier.settlement.seq)
    assert dossier.round.policy.required == 3
    assert set(dossier.round.people("assigned")) == {builders.who(actor, ref) for actor in people.voters}
    with pytest.raises(Refused) as refusal:
        assignments.assign_reviewer(people.lead, ref, number, people.spare.person)
    assert names(refusal) == {"eligible"}


def test_an_agreed_second_vote_settles_and_is_proposed(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    number = settlements.open_second_vote(people.lead, ref)
    builders.cast_all(people, ref, number, "fair", "fair", "weak")
    builders.work()
    dossier = builders.view(ref)
    assert types(ref)[-6:] == ["round.closed", *["vote.revealed"] * 3, "settlement.closed", "grade.proposed"]
    closing = session.scalars(select(SettlementClosing)).one()
    assert (closing.by, closing.grade) == ("second_vote", "fair")
    assert (dossier.stage, dossier.proposal.settlement, dossier.proposal.round) == ("approval", dossier.settlement.seq, 2)
    assert builders.approved(people, ref) == 1


def test_a_disputed_second_vote_leads_to_a_settler_and_no_further_settlement(people: builders.Desk) -> None:
    ref = builders.undecided(people)
    dossier = builders.view(ref)
    assert (dossier.stage, rung(dossier)) == ("settlement", "settler")
    assert len(session.scalars(select(Settlement)).all()) == 1
    with pytest.raises(Refused):
        settlements.open_second_vote(people.lead, ref)


def test_a_second_vote_below_quorum_ends_at_its_deadline(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    number = settlements.open_second_vote(people.lead, ref)
    cast = builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    builders.work()
    assert builders.view(ref).open_round is not None
    with clock.reading(moment(clock.now(), hours=73)):
        builders.work()
        dossier = builders.view(ref)
        assert (dossier.round.result, rung(dossier)) == ("disputed", "settler")
        assert dossier.vote(cast).revealed is not None
        settlements.appoint_settler(people.lead, ref, people.spare.person)
        with pytest.raises(Invalid) as problem:
            settlements.settle(people.spare, ref, grade="weak", rationale="Only one said so.", replies={}, seen=builders.row(ref).digest)
    assert "grade" in problem.value.problems, "the first round decides, and nobody held Weak there"


def test_a_deadline_can_be_moved(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    number = settlements.open_second_vote(people.lead, ref)
    rounds.extend_round(people.lead, ref, number, hours=48, reason="Two are travelling.")
    with clock.reading(moment(clock.now(), hours=100)):
        builders.work()
        assert builders.view(ref).open_round is not None
    with clock.reading(moment(clock.now(), hours=121)):
        builders.work()
        assert builders.view(ref).open_round is None


def test_the_settler_took_no_part(people: builders.Desk) -> None:
    ref = builders.undecided(people)
    for actor in (people.enterer, people.voters[0]):
        with pytest.raises(Refused) as refusal:
            settlements.appoint_settler(people.lead, ref, actor.person)
        assert names(refusal) == {"settler-eligible"}
    incidents.declare_conflict(people.spare, ref, ground="My cousin lives there.")
    with pytest.raises(Refused):
        settlements.appoint_settler(people.lead, ref, people.spare.person)
    with pytest.raises(NotFound):
        settlements.appoint_settler(people.lead, ref, 4711)


def test_the_settler_answers_every_minority_argument(people: builders.Desk) -> None:
    ref = builders.undecided(people)
    settlements.appoint_settler(people.lead, ref, people.spare.person)
    incident = builders.row(ref).id
    turns = session.scalars(select(Turn.person_id).where(Turn.incident_id == incident, Turn.kind == "settle")).all()
    assert turns == [people.spare.person]
    seen = builders.row(ref).digest
    with pytest.raises(Invalid) as problem:
        settlements.settle(people.spare, ref, grade="fair", rationale="It stands.", replies={}, seen=seen)
    (field,) = problem.value.problems
    assert field.startswith("reply-")
    with pytest.raises(Invalid) as problem:
        settlements.settle(people.spare, ref, grade="confirmed", rationale="", replies=builders.replies(ref), seen=seen)
    assert {"grade", "rationale"} <= set(problem.value.problems)
    settlements.settle(people.spare, ref, grade="fair", rationale="It stands.", replies=builders.replies(ref), seen=seen)
    dossier = builders.view(ref)
    minority = [dossier.vote(seq).voter for seq in dossier.proposal.minority]
    assert minority == [builders.who(people.voters[2], ref)]
    answered = {seq for seq, _text in dossier.settlement.replies}
    assert answered == {a.seq for a in dossier.settlement.arguments if a.by in minority}
    assert (dossier.stage, dossier.settlement.by, dossier.proposal.round) == ("approval", "settler", 2)


def test_nobody_but_the_settler_settles_and_only_on_a_fresh_page(people: builders.Desk) -> None:
    ref = builders.undecided(people)
    settlements.appoint_settler(people.lead, ref, people.spare.person)
    with pytest.raises(Refused) as refusal:
        settlements.settle(people.leads[1], ref, grade="fair", rationale="It stands.", replies={}, seen=builders.row(ref).digest)
    assert "appointed" in names(refusal)
    with pytest.raises(Stale):
        settlements.settle(people.spare, ref, grade="fair", rationale="It stands.", replies={}, seen="older")


def test_no_consensus_takes_the_range_of_all_and_is_published_like_a_grade(people: builders.Desk) -> None:
    ref = builders.settled(people, "no_consensus")
    dossier = builders.view(ref)
    assert len(dossier.proposal.minority) == 3
    assert builders.approved(people, ref) == 1
    assert builders.view(ref).determination.grade == "no_consensus"


def test_the_ladder_ends_after_a_second_settler(people: builders.Desk) -> None:
    ref = builders.undecided(people)
    settlements.appoint_settler(people.lead, ref, people.spare.person)
    start = clock.now()
    # The daily heads keep the log's day near the clock's, as in a real desk.
    for days in (4, 8):
        with clock.reading(moment(start, days=days)):
            builders.work()
    with clock.reading(moment(start, days=8)):
        assert rung(builders.view(ref)) == "settler", "a first settler's time runs out without a result"
        other = builders.add(people.admin, "Anke Rivol", "reviewer")
        with pytest.raises(Refused):
            settlements.appoint_settler(people.lead, ref, people.spare.person)
        settlements.appoint_settler(people.lead, ref, other.person)
        with pytest.raises(Refused):
            settlements.settle(people.spare, ref, grade="fair", rationale="Late.", replies={}, seen=builders.row(ref).digest)
    for days in (12, 14):
        with clock.reading(moment(start, days=days)):
            builders.work()
            assert builders.view(ref).open_settlement is not None
    with clock.reading(moment(start, days=15, minutes=1)):
        builders.work()
    dossier = builders.view(ref)
    assert (dossier.settlement.by, dossier.settlement.grade) == ("ladder", "no_consensus")


def test_a_dissent_is_its_owners_and_moves_the_proposal(people: builders.Desk) -> None:
    ref = builders.settled(people)
    before = builders.view(ref).proposal
    (minority,) = before.minority
    with pytest.raises(Refused) as refusal:
        settlements.dissent(people.voters[0], ref, minority, text="Not mine.")
    assert names(refusal) == {"dissent-open"}
    with pytest.raises(Invalid):
        settlements.dissent(people.voters[2], ref, minority, text="")
    settlements.dissent(people.voters[2], ref, minority, text="The store was empty that week.")
    dossier = builders.view(ref)
    assert types(ref)[-3:] == ["dissent.recorded", "proposal.voided", "grade.proposed"]
    assert dossier.proposal.seq != before.seq
    assert dossier.proposal.dossier == dossier.digest
    assert (dossier.proposal.version, dossier.proposal.grade) == (before.version, before.grade)
    assert dossier.dissents[0].text == "The store was empty that week."
    with pytest.raises(Stale):
        approvals.approve(people.lead, ref, reason="Fine.", seen=before.dossier)
    builders.approved(people, ref)
    with pytest.raises(Refused):
        settlements.dissent(people.voters[2], ref, minority, text="Too late.")


def test_a_returned_settlement_waits_for_a_new_settler(people: builders.Desk) -> None:
    ref = builders.settled(people)
    approvals.return_grade(people.lead, ref, to="settlement", reason="S2 was not answered.", seen=builders.row(ref).digest)
    dossier = builders.view(ref)
    assert (dossier.stage, rung(dossier)) == ("settlement", "settler")
    with pytest.raises(Refused):
        settlements.appoint_settler(people.lead, ref, people.spare.person)
    settlements.appoint_settler(people.lead, ref, people.leads[1].person)
    with pytest.raises(Refused):
        settlements.settle(people.spare, ref, grade="fair", rationale="Again.", replies={}, seen=builders.row(ref).digest)
    settlements.settle(
        people.leads[1], ref, grade="discounted", rationale="S2 decides.", replies=builders.replies(ref),
        seen=builders.row(ref).digest,
    )  # fmt: skip
    assert builders.view(ref).proposal.grade == "discounted"
    with pytest.raises(Refused) as refusal:
        builders.approved(people, ref, by=people.leads[1])
    assert "uninvolved" in names(refusal)
    assert builders.approved(people, ref) == 1
