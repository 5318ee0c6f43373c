"""The settlement ladder by its clock: every rung ends by an event, whoever sleeps, under the times of the policy."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from review import config
from review.actions import policies, rounds, settlements, sources, streams
from review.audit import fsck, keys
from review.models import Event, Notice, SettlementClosing, session
from review.queries.desk import turns
from review.queries.settlements import Step, settlement_page
from review.queries.waiting import waiting
from review.rules.permissions import Actor
from review.rules.policy import Policy
from review.rules.settlement import rung
from review.store import Store
from tests import builders
from tests.clocks import NOON, Clock

ARGUMENTS, SECOND, SETTLER = (Policy().times[name] for name in ("arguments", "second_vote", "settler"))


@pytest.fixture
def people(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def last(ref: str) -> tuple[str, str]:
    """The type and the role of the incident's last event."""
    incident = builders.row(ref).id
    return tuple(
        session.execute(select(Event.type, Event.role).where(Event.incident_id == incident).order_by(Event.iseq.desc())).first()
    )


def current(ref: str, actor: Actor) -> Step:
    session.rollback()
    return next(step for step in settlement_page(actor, ref).steps if step.state == "current")


def own_turn(actor: Actor) -> tuple[str, object]:
    """What is on this person's turn, and when it is due."""
    session.rollback()
    ((kind, due),) = ((turn.kind, turn.due) for turn in turns(actor))
    return kind, due


def told(actor: Actor, kind: str) -> int:
    statement = select(Notice.id).where(Notice.person_id == actor.person, Notice.kind == kind)
    return len(session.scalars(statement).all())


def listed(actor: Actor) -> object:
    session.rollback()
    (row,) = waiting(actor).rows
    return row


def assert_whole() -> None:
    """Every chain, decision and projection is as the events say, and each event as the rules allow."""
    session.rollback()
    home = config.home()
    assert list(fsck.check(session, keys.load(home), Store((home / "objects").as_uri()))) == []


def test_the_whole_ladder_by_the_clock_alone(people: builders.Desk, time: Clock) -> None:
    """Nobody argues, nobody votes again, no settler decides: the machine and two appointments lead to No consensus."""
    ref = builders.disputed(people)
    start = time.at
    assert (rung(builders.view(ref)), current(ref, people.lead).due) == ("arguments", start + timedelta(hours=ARGUMENTS))
    assert own_turn(people.voters[0]) == ("argue", start + timedelta(hours=ARGUMENTS))
    time.goes(hours=ARGUMENTS - 1)
    assert rung(builders.view(ref)) == "arguments"
    time.goes(hours=1)
    dossier = builders.view(ref)
    assert (rung(dossier), dossier.round.kind) == ("second_vote", "second")
    assert set(dossier.round.people("assigned")) == {builders.who(actor, ref) for actor in people.voters}
    assert current(ref, people.lead).due == time.at + timedelta(hours=SECOND)
    time.goes(hours=SECOND - 1)
    assert rung(builders.view(ref)) == "second_vote"
    time.goes(hours=1)
    assert (rung(builders.view(ref)), last(ref)) == ("settler", ("round.closed", "system"))
    assert (current(ref, people.lead).due, current(ref, people.lead).then) == (None, "")
    assert told(people.lead, "settler_wanted") == 1

    settlements.appoint_settler(people.lead, ref, people.spare.person)
    assert current(ref, people.lead).due == time.at + timedelta(hours=SETTLER)
    assert own_turn(people.spare) == ("settle", time.at + timedelta(hours=SETTLER))
    time.goes(hours=SETTLER)
    assert rung(builders.view(ref)) == "settler"
    assert told(people.lead, "settler_late") == 1
    row = listed(people.lead)
    assert (row.group, row.step, row.mend) == ("you", "Name a second settler", (people.spare.name,))

    other = builders.add(people.admin, "Anke Rivol", "reviewer")
    settlements.appoint_settler(people.leads[1], ref, other.person)
    assert rung(builders.view(ref)) == "second_settler"
    assert "without a consensus" in current(ref, people.lead).then
    time.goes(hours=SETTLER - 1)
    assert builders.view(ref).open_settlement is not None
    time.goes(hours=1)
    closing = session.scalars(select(SettlementClosing)).one()
    assert (closing.by, closing.grade, last(ref)) == ("ladder", "no_consensus", ("grade.proposed", "system"))
    assert builders.approved(people, ref) == 1
    assert builders.view(ref).determination.grade == "no_consensus"
    assert_whole()


def test_every_job_of_the_ladder_may_run_twice(people: builders.Desk, time: Clock) -> None:
    ref = builders.disputed(people)
    time.at += timedelta(hours=ARGUMENTS)
    for _twice in range(2):
        settlements.arguments_due(ref, 1)
    assert len(builders.view(ref).rounds) == 2
    time.at += timedelta(hours=SECOND)
    for _twice in range(2):
        rounds.deadline_due(ref, 2)
    settlements.appoint_settler(people.lead, ref, people.spare.person)
    who = builders.who(people.spare, ref)
    for _twice in range(2):
        settlements.ladder_due(ref, who)
    assert told(people.lead, "settler_late") == 1
    size = builders.row(ref).count
    settlements.arguments_due(ref, 1)
    rounds.deadline_due(ref, 2)
    assert builders.row(ref).count == size


def test_a_second_vote_opened_by_a_lead_is_not_opened_again(people: builders.Desk, time: Clock) -> None:
    ref = builders.disputed(people)
    settlements.open_second_vote(people.lead, ref)
    time.goes(hours=ARGUMENTS - 1)
    time.goes(hours=1)
    assert [round_.kind for round_ in builders.view(ref).rounds] == ["first", "second"]


@pytest.mark.parametrize(
    ("grades", "wanted"),
    [(("fair", "fair", "fair"), ("approval", "second_vote")), (("fair", "confirmed", "discounted"), ("settlement", None))],
)
def test_a_second_vote_with_quorum_counts_at_its_deadline_whoever_still_owes(
    people: builders.Desk, time: Clock, grades: tuple[str, ...], wanted: tuple[str, str | None]
) -> None:
    builders.at_once(people)
    voters = (*people.voters, people.leads[1])
    ref, number = builders.round_opened(people, reviewers=voters)
    for actor, grade in zip(voters, ("fair", "fair", "discounted", "contested"), strict=True):
        builders.cast(actor, ref, number, builders.ballot(grade))
    builders.work()
    second = settlements.open_second_vote(people.lead, ref)
    builders.cast_all(people, ref, second, *grades)
    time.goes(hours=SECOND - 1)
    assert builders.view(ref).open_round is not None, "one still owes an answer"
    time.goes(hours=1)
    dossier = builders.view(ref)
    assert (dossier.stage, dossier.settlement.by) == wanted


def test_a_second_vote_that_may_not_open_waits_and_opens_once_it_may(people: builders.Desk, time: Clock) -> None:
    ref = builders.disputed(people)
    streams.switch_stream(people.lead, people.stream, mode="paused", reason="Nobody is free for it.")
    time.goes(hours=ARGUMENTS)
    time.goes(hours=24)
    assert rung(builders.view(ref)) == "arguments"
    assert [one.name for one in listed(people.lead).missing] == ["stream-active"]
    streams.switch_stream(people.lead, people.stream, mode="active", reason="Somebody is.")
    time.goes(hours=24)
    assert rung(builders.view(ref)) == "second_vote"
    assert_whole()


def test_the_leads_list_says_that_the_arguments_are_heard_when_their_time_is_up_and_no_sooner(
    people: builders.Desk, time: Clock
) -> None:
    ref = builders.disputed(people)
    time.at += timedelta(hours=ARGUMENTS, minutes=-1)
    assert time.at.date() - NOON.date() >= timedelta(hours=ARGUMENTS), "as many days as the arguments last"
    assert listed(people.lead).group == "time"
    time.at += timedelta(minutes=1)
    assert (listed(people.lead).group, listed(people.lead).step) == ("you", "Open the second vote")
    streams.switch_stream(people.lead, people.stream, mode="paused", reason="Nobody is free for it.")
    builders.work()
    assert (listed(people.lead).group, current(ref, people.lead).due) == ("you", None), "tried again tomorrow"


def test_the_times_of_the_ladder_are_those_of_the_policy(people: builders.Desk, time: Clock) -> None:
    times = {**Policy().times, "grace": [0, 0], "arguments": 5, "second_vote": 6, "settler": 7}
    policies.set_policy(people.admin, policy=Policy(times=times), reason="A quick desk.")
    ref, number = builders.round_opened(people)
    builders.cast_all(people, ref, number, "fair", "fair", "discounted")
    builders.work()
    for hours, wanted in ((5, "second_vote"), (6, "settler")):
        time.goes(hours=hours)
        assert rung(builders.view(ref)) == wanted
    settlements.appoint_settler(people.lead, ref, people.spare.person)
    time.goes(hours=7)
    assert told(people.lead, "settler_late") == 1


def test_the_arguments_of_an_abandoned_dispute_open_nothing(people: builders.Desk, time: Clock) -> None:
    ref = builders.disputed(people)
    number = settlements.open_second_vote(people.lead, ref)
    rounds.abandon_round(people.lead, ref, number, reason="The wrong incident.")
    sources.attach_source(people.enterer, ref, draft=builders.draft(7))
    time.goes(hours=ARGUMENTS)
    assert builders.view(ref).open_round is None
