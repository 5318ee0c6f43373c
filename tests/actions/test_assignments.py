"""Panel work through the real actions: next and its soft holds, due times and reminders, release and substitute."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from review.actions import assignments, inbox, languages, policies, rounds, seats, sources, votes
from review.models import Event, Notice, session
from review.queries.desk import desk as desk_page
from review.queries.inbox import inbox as inbox_page
from review.queries.reading import read_incident
from review.queries.rounds import opening, round_panel
from review.queries.waiting import waiting
from review.queries.workload import workload
from review.rules.errors import Forbidden, Invalid, NotFound, Refused
from review.rules.facts import Casualties, Range
from review.rules.permissions import Actor
from review.rules.policy import Policy
from tests import builders
from tests.clocks import NOON, Clock

DUE, REMINDED, ROUND = Policy().times["vote"], Policy().times["reminder"], Policy().times["round"]


@pytest.fixture
def people(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def names(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {requirement.name for requirement in refusal.value.requirements}


def types(ref: str) -> list[str]:
    incident = builders.row(ref).id
    return list(session.scalars(select(Event.type).where(Event.incident_id == incident).order_by(Event.iseq)))


def told(actor: Actor, ref: str) -> list[str]:
    """The kinds of what somebody was told of an incident, in order."""
    statement = select(Notice.kind).where(Notice.person_id == actor.person, Notice.incident_id == builders.row(ref).id)
    return list(session.scalars(statement.order_by(Notice.id)))


def short(desk: builders.Desk, code: str = "KV500", *, asked: int = 2, language: str = "ar", killed: int = 3) -> str:
    """An incident whose open round needs more people than it has asked."""
    harmed = (("civilians", Casualties(Range(killed, killed), Range())),)
    ref = builders.opened(desk, codes=(code,), ranges=harmed)
    sources.attach_source(desk.enterer, ref, draft=builders.draft(int(code[2:]), language=language))
    return builders.round_opened(desk, ref, reviewers=desk.voters[:asked])[0]


# --- asking several ----------------------------------------------------------------------------------------


def test_a_panel_is_asked_whole_or_not_at_all(people: builders.Desk) -> None:
    ref = short(people, asked=0)
    with pytest.raises(Invalid) as problem:
        assignments.assign_panel(people.lead, ref, 1, [people.spare.person, people.enterer.person])
    assert set(problem.value.problems) == {"people"}
    assert "reviewer.assigned" not in types(ref)
    with pytest.raises(Invalid):
        assignments.assign_panel(people.lead, ref, 1, [])
    assignments.assign_panel(people.lead, ref, 1, [people.spare.person, people.voters[0].person], reason="Both read Arabic.")
    assert types(ref).count("reviewer.assigned") == 2
    assert told(people.spare, ref) == ["vote_owed"]


def test_the_suggestion_says_who_reads_what_and_owes_how_much(people: builders.Desk) -> None:
    languages.set_languages(people.spare, ["ar", "en"])
    short(people, "KV501", asked=2)
    ref = short(people, "KV502", asked=0)
    panel = round_panel(read_incident(people.lead, ref))
    found = [(one.reviewer.name, one.reads, one.reviewer.owed) for one in panel.suggestion.people]
    assert found[0] == (people.spare.name, ("ar",), 0)
    assert found[1:] == [(people.voters[2].name, (), 0), *found[2:]]
    assert found[2][2] == 1
    assert people.enterer.name not in {name for name, _reads, _owed in found}
    assignments.assign_panel(people.lead, ref, 1, [one.reviewer.person for one in panel.suggestion.people])
    assert round_panel(read_incident(people.lead, ref)).suggestion is None


def test_a_panel_that_cannot_be_filled_says_whom_to_invite(people: builders.Desk) -> None:
    for actor in (*people.voters, people.spare):
        languages.set_languages(actor, ["en"])
    ref = builders.opened(people)
    sources.attach_source(people.enterer, ref, draft=builders.draft(1, language="ar"))
    offered = opening(read_incident(people.lead, ref)).suggestion
    assert (offered.people, offered.missing) == ((), 3)
    ((sentence, values),) = offered.told
    assert (values["count"], values["languages"]) == (3, ("ar",))
    assert "Invite a reviewer who does" in sentence
    languages.set_languages(people.spare, ["ar"])
    assert [one.reviewer.name for one in opening(read_incident(people.lead, ref)).suggestion.people] == [people.spare.name]


# --- due, reminded, late -----------------------------------------------------------------------------------


def test_whoever_owes_is_told_before_it_is_due_when_it_is_and_again(people: builders.Desk, time: Clock) -> None:
    ref, _number = builders.round_opened(people)
    absent = people.voters[0]
    time.goes(hours=DUE - REMINDED - 1)
    assert told(absent, ref) == ["vote_owed"]
    time.goes(hours=1)
    assert told(absent, ref) == ["vote_owed", "vote_reminder"]
    time.goes(hours=REMINDED)
    assert told(absent, ref)[-1] == "vote_late"
    assert len(told(absent, ref)) == 3
    time.goes(hours=DUE)
    assert told(absent, ref)[3:] == ["vote_late"]
    (turn,) = desk_page(absent).turns
    assert (turn.late, turn.due) == (True, NOON + timedelta(hours=DUE))


def test_whoever_has_answered_is_not_reminded_and_nobody_hears_of_another(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people, reviewers=(*people.voters, people.leads[1]))
    builders.cast(people.voters[1], ref, number)
    rounds.abstain(people.voters[2], ref, number, reason="I cannot read the script.")
    time.goes(hours=DUE)
    assert told(people.voters[1], ref) == ["vote_owed"]
    assert told(people.voters[2], ref) == ["vote_owed"]
    assert "vote_late" in told(people.leads[1], ref), "asked like any other"
    assert told(people.lead, ref) == []


def test_a_reminder_run_twice_is_one(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people)
    who = builders.who(people.voters[0], ref)
    time.at += timedelta(hours=DUE - REMINDED)
    seats.remind(ref, number, who)
    seats.remind(ref, number, who)
    assert told(people.voters[0], ref) == ["vote_owed", "vote_reminder"]


def test_an_answer_is_never_due_after_its_round(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people, reviewers=people.voters[:2])
    time.goes(hours=ROUND - 10)
    assignments.assign_reviewer(people.lead, ref, number, people.spare.person)
    assert desk_page(people.spare).turns[0].due == NOON + timedelta(hours=ROUND)


def test_more_time_for_the_round_is_more_time_for_those_who_owe(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people)
    time.goes(hours=DUE + 1)
    rounds.extend_round(people.lead, ref, number, hours=48, reason="Two are travelling.")
    (turn,) = desk_page(people.voters[0]).turns
    assert (turn.late, turn.due) == (False, time.at + timedelta(hours=48))
    panel = round_panel(read_incident(people.lead, ref))
    assert panel.due == NOON + timedelta(hours=ROUND + 48)


def test_a_withdrawn_vote_is_owed_anew_with_its_own_time(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people)
    vote = builders.cast(people.voters[0], ref, number)
    time.goes(hours=DUE + 1)
    votes.withdraw_vote(people.voters[0], ref, vote, reason="I mixed up two incidents.")
    (turn,) = desk_page(people.voters[0]).turns
    assert turn.due == time.at + timedelta(hours=DUE)


def test_the_times_are_those_of_the_policy(people: builders.Desk, time: Clock) -> None:
    times = {**Policy().times, "vote": 5, "reminder": 2, "hold": 7, "round": 50}
    policies.set_policy(people.admin, policy=Policy(times=times), reason="A quick desk.")
    ref = short(people)
    assignments.take_next(people.spare)
    assert desk_page(people.spare).held.until == NOON + timedelta(minutes=7)
    time.goes(hours=3)
    assert told(people.voters[0], ref)[-1] == "vote_reminder"
    time.goes(hours=2)
    assert told(people.voters[0], ref)[-1] == "vote_late"
    assert round_panel(read_incident(people.lead, ref)).due == NOON + timedelta(hours=50)


# --- release and substitute --------------------------------------------------------------------------------


def test_a_substitute_is_one_act_with_one_reason_and_its_way_back(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    absent, fresh = people.voters[0], people.spare
    assignments.substitute_reviewer(people.lead, ref, number, absent.person, fresh.person, reason="Away this month.")
    assert types(ref)[-2:] == ["reviewer.released", "reviewer.assigned"]
    assert (told(absent, ref)[-1], told(fresh, ref)) == ("released", ["vote_owed"])
    answers = dict(builders.view(ref).open_round.answers)
    assert (answers[builders.who(absent, ref)], answers[builders.who(fresh, ref)]) == ("released", "assigned")
    assignments.substitute_reviewer(people.lead, ref, number, fresh.person, absent.person, reason="Back after all.")
    assert builders.view(ref).open_round.answer(builders.who(absent, ref)) == "assigned"


@pytest.mark.parametrize(
    ("absent", "fresh", "wanted"),
    [
        ("voter", "enterer", {"eligible"}),
        ("voter", "voter", {"eligible"}),
        ("answered", "spare", {"owing"}),
        ("spare", "voter", {"owing"}),
    ],
)
def test_nobody_is_replaced_who_has_answered_nor_by_somebody_who_may_not_judge(
    people: builders.Desk, absent: str, fresh: str, wanted: set[str]
) -> None:
    ref, number = builders.round_opened(people)
    builders.cast(people.voters[1], ref, number)
    known = {"voter": people.voters[0], "answered": people.voters[1], "enterer": people.enterer, "spare": people.spare}
    before = builders.view(ref).open_round.answers
    with pytest.raises(Refused) as refusal:
        assignments.substitute_reviewer(
            people.lead, ref, number, known[absent].person, known[fresh].person, reason="Away."
        )
    assert names(refusal) == wanted
    assert builders.view(ref).open_round.answers == before


def test_a_substitute_needs_a_reason_and_a_member_of_the_desk(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    with pytest.raises(Invalid) as problem:
        assignments.substitute_reviewer(people.lead, ref, number, people.voters[0].person, people.spare.person, reason=None)
    assert set(problem.value.problems) == {"reason"}
    with pytest.raises(NotFound):
        assignments.substitute_reviewer(people.lead, ref, number, people.voters[0].person, 4711, reason="Away.")
    with pytest.raises(Forbidden):
        assignments.substitute_reviewer(people.spare, ref, number, people.voters[0].person, people.spare.person, reason="Away.")


def test_absent_reviewer(people: builders.Desk, time: Clock) -> None:
    """Due, reminded, late; the lead's list says so; released and another asked in one press; the round closes."""
    ref, number = builders.round_opened(people)
    absent, fresh = people.voters[2], people.spare
    for actor in people.voters[:2]:
        builders.cast(actor, ref, number)
    assert _listed(people.lead).group == "others"
    time.goes(hours=DUE - REMINDED)
    assert told(absent, ref) == ["vote_owed", "vote_reminder"]
    time.goes(hours=REMINDED)
    assert told(absent, ref)[-1] == "vote_late"
    row = _listed(people.lead)
    assert (row.group, row.values["people"]) == ("you", (absent.name,))
    (late,) = round_panel(read_incident(people.lead, ref)).of_answer("assigned")
    assert (late.name, late.late, late.id) == (absent.name, True, absent.person)
    assignments.substitute_reviewer(people.lead, ref, number, absent.person, fresh.person, reason="No answer for days.")
    assert _listed(people.lead).group == "others"
    assert desk_page(absent).turns == ()
    builders.cast(fresh, ref, number)
    time.goes(minutes=31)
    dossier = builders.view(ref)
    assert (dossier.stage, dossier.rounds[0].people("released")) == ("approval", (builders.who(absent, ref),))
    assert builders.approved(people, ref) == 1


def _listed(lead: Actor) -> object:
    session.rollback()
    (row,) = waiting(lead).rows
    return row


# --- the round's deadline ----------------------------------------------------------------------------------


def test_a_round_below_quorum_at_its_deadline_waits_for_the_lead(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people)
    builders.cast(people.voters[0], ref, number)
    time.goes(days=6)
    assert "time is up" not in _listed(people.lead).sentence
    time.goes(days=1)
    row = _listed(people.lead)
    assert (row.group, "time is up" in row.sentence) == ("you", True)
    assert round_panel(read_incident(people.lead, ref)).passed
    assert builders.view(ref).open_round is not None
    rounds.extend_round(people.lead, ref, number, hours=24, reason="Two are travelling.")
    assert types(ref)[-1] == "round.extended"
    panel = round_panel(read_incident(people.lead, ref))
    assert (panel.passed, panel.due) == (False, time.at + timedelta(hours=24))
    assert _listed(people.lead).group == "others"
    time.goes(hours=24)
    assert round_panel(read_incident(people.lead, ref)).passed, "the moved job fell due again"


def test_who_is_asked_after_the_deadline_moves_it(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people)
    time.goes(days=6)
    time.goes(days=2)
    assignments.substitute_reviewer(people.lead, ref, number, people.voters[0].person, people.spare.person, reason="Away.")
    panel = round_panel(read_incident(people.lead, ref))
    assert panel.due == time.at + timedelta(hours=DUE)
    assert desk_page(people.spare).turns[0].due == panel.due


def test_a_lead_who_was_asked_is_not_told_that_the_round_is_short(people: builders.Desk, time: Clock) -> None:
    ref, number = builders.round_opened(people, reviewers=(*people.voters[:2], people.leads[1]))
    builders.cast(people.leads[1], ref, number)
    time.goes(days=6)
    time.goes(days=2)
    row = _listed(people.leads[1])
    assert (row.group, row.sentence, row.mend) == ("others", "", (people.lead.name,))
    panel = round_panel(read_incident(people.leads[1], ref))
    assert (panel.answers, panel.suggestion, panel.held) == (None, None, 0)


# --- workload and inbox ------------------------------------------------------------------------------------


def test_the_workload_counts_what_is_owed_and_late_but_not_where_the_lead_was_asked(
    people: builders.Desk, time: Clock
) -> None:
    languages.set_languages(people.voters[0], ["en", "ar"])
    first = short(people, "KV501", asked=2)
    rounds.open_round(people.lead, _fresh(people, "KV502"), reviewers=[people.voters[0].person, people.leads[1].person])
    time.goes(hours=DUE)

    def loads(lead: Actor) -> dict[str, tuple[int, int]]:
        session.rollback()
        return {row.name: (row.load.owed, row.load.late) for row in workload(lead).rows if row.load.owed}

    assert loads(people.lead) == {people.voters[0].name: (2, 2), people.voters[1].name: (1, 1), people.leads[1].name: (1, 1)}
    assert loads(people.leads[1]) == {people.voters[0].name: (1, 1), people.voters[1].name: (1, 1)}
    assert (workload(people.lead).left_out, workload(people.leads[1]).left_out) == (0, 1)
    builders.cast(people.voters[0], first, 1)
    assert loads(people.lead)[people.voters[0].name] == (1, 1)
    read = {row.name: row.languages for row in workload(people.lead).rows}
    assert (read[people.voters[0].name], read[people.spare.name]) == (("ar", "en"), ())
    with pytest.raises(Forbidden):
        workload(people.spare)


def _fresh(desk: builders.Desk, code: str) -> str:
    ref = builders.opened(desk, codes=(code,))
    sources.attach_source(desk.enterer, ref, draft=builders.draft(int(code[2:])))
    return ref


def test_an_inbox_is_read_by_its_owner_alone(people: builders.Desk, time: Clock) -> None:
    builders.round_opened(people)
    until = inbox_page(people.voters[0]).until
    time.goes(hours=DUE - REMINDED)
    assert inbox_page(people.voters[0]).unread == 2
    inbox.mark_read(people.voters[0], until)
    session.rollback()
    assert [notice.new for notice in inbox_page(people.voters[0]).notices] == [True, False]
    assert inbox_page(people.voters[1]).unread == 2
    assert session.scalar(select(func.count()).select_from(Notice).where(Notice.read_at.is_not(None))) == 1
