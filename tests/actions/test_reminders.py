"""A lead reminds whoever is on turn, and the desk keeps what a lead had read of a case: neither is an event."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from review.actions import exits, incidents, looks, people, reminders, settlements, sources
from review.models import Event, Look, Notice, session
from review.rules.errors import Forbidden, Refused
from review.rules.permissions import Actor
from tests import builders
from tests.actions.test_concurrency import at_once
from tests.clocks import Clock


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def told(actor: Actor, ref: str, kind: str) -> int:
    """How often somebody was told this of an incident."""
    session.rollback()
    known = Notice.person_id == actor.person, Notice.incident_id == builders.row(ref).id, Notice.kind == kind
    return session.scalar(select(func.count()).where(*known)) or 0


def size() -> int:
    session.rollback()
    return session.scalar(select(func.count(Event.seq))) or 0


def test_whoever_owes_a_vote_is_told_and_who_has_answered_is_not(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number)
    before = size()
    reminders.remind(team.lead, ref)
    assert [told(actor, ref, "vote_reminder") for actor in team.voters] == [0, 1, 1]
    assert size() == before


def test_nobody_hears_the_same_twice_in_half_a_day(team: builders.Desk, time: Clock) -> None:
    ref, _number = builders.round_opened(team)
    reminders.remind(team.lead, ref)
    time.at += timedelta(hours=11)
    reminders.remind(team.leads[1], ref)
    assert told(team.voters[0], ref, "vote_reminder") == 1
    time.at += timedelta(hours=2)
    reminders.remind(team.lead, ref)
    assert told(team.voters[0], ref, "vote_reminder") == 2


def test_a_lead_who_was_asked_reminds_the_others_and_not_themselves(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team, reviewers=(*team.voters[:2], team.leads[1]))
    reminders.remind(team.leads[1], ref)
    assert [told(actor, ref, "vote_reminder") for actor in (*team.voters[:2], team.leads[1])] == [1, 1, 0]


def test_a_settler_is_reminded(team: builders.Desk, time: Clock) -> None:
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    before = told(team.spare, ref, "settle_owed")
    reminders.remind(team.lead, ref)
    assert told(team.spare, ref, "settle_owed") == before, "they heard it a moment ago"
    time.at += timedelta(hours=13)
    reminders.remind(team.lead, ref)
    assert told(team.spare, ref, "settle_owed") == before + 1


def test_of_a_result_only_those_who_can_approve_it_are_reminded(team: builders.Desk, time: Clock) -> None:
    ref = builders.agreed(team)
    incidents.declare_conflict(team.leads[1], ref, ground="A cousin lives there.")
    third = builders.add(team.admin, "Wren Adaire", "lead")
    time.at += timedelta(days=1)
    before = told(team.leads[1], ref, "proposal_waiting")
    reminders.remind(team.lead, ref)
    assert told(third, ref, "proposal_waiting") == 1
    assert told(team.leads[1], ref, "proposal_waiting") == before


def test_who_has_left_the_desk_is_told_nothing(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    people.deactivate_person(team.admin, team.voters[0].person or 0, reason="Away for long.")
    reminders.remind(team.lead, ref)
    assert [told(actor, ref, "vote_reminder") for actor in team.voters] == [0, 1, 1]


def test_only_a_lead_reminds_and_only_of_what_is_on_the_desk(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    with pytest.raises(Forbidden):
        reminders.remind(team.spare, ref)
    exits.withdraw_incident(team.lead, ref, reason="Entered twice.")
    with pytest.raises(Refused):
        reminders.remind(team.lead, ref)


def test_a_look_keeps_what_was_read_and_what_was_read_before_it_moved(team: builders.Desk, time: Clock) -> None:
    ref = builders.agreed(team)
    first = builders.row(ref).digest
    for _again in range(2):
        looks.looked(team.lead, ref, first)
        time.at += timedelta(hours=1)
    assert (seen(team.lead, ref).seen, seen(team.lead, ref).before) == (first, None)
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    second = builders.row(ref).digest
    for _again in range(2):
        looks.looked(team.lead, ref, second)
    found = seen(team.lead, ref)
    assert (found.seen, found.before, found.before_at) == (second, first, time.at - timedelta(hours=2))
    with pytest.raises(Forbidden):
        looks.looked(team.spare, ref, second)


def seen(actor: Actor, ref: str) -> Look:
    session.rollback()
    return session.get_one(Look, (actor.person, builders.row(ref).id))


def test_the_same_page_opened_twice_at_once_is_one_look(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    digest = builders.row(ref).digest
    assert at_once(team.app, [lambda: looks.looked(team.lead, ref, digest)] * 8) == [None] * 8
    assert seen(team.lead, ref).seen == digest
