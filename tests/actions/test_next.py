"""Next through the real actions: whom it serves what, and the seats that it holds for a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from review.actions import assignments, languages, rounds, seats, sources, streams
from review.models import Hold, session
from review.queries.desk import desk as desk_page
from review.queries.reading import read_incident
from review.rules.errors import Forbidden, Invalid, Refused
from review.rules.permissions import Actor
from review.rules.policy import Policy
from tests import builders
from tests.actions.test_assignments import DUE, names, short, types
from tests.clocks import NOON, Clock


@pytest.fixture
def people(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


# --- next --------------------------------------------------------------------------------------------------


def test_next_holds_a_seat_and_records_nothing(people: builders.Desk) -> None:
    ref = short(people)
    before = builders.row(ref).count
    assert assignments.take_next(people.spare) == ref
    assert builders.row(ref).count == before
    held = desk_page(people.spare).held
    assert (held.ref, held.until) == ("KV500", NOON + timedelta(minutes=Policy().times["hold"]))
    assert read_incident(people.spare, ref).dossier.open_round.answer(builders.who(people.spare, ref)) == "assigned"


def test_two_reviewers_are_not_served_the_same_last_seat(people: builders.Desk, time: Clock) -> None:
    ref = short(people)
    other = builders.add(people.admin, "Anke Rivol", "reviewer")
    assert assignments.take_next(people.spare) == ref
    assert assignments.take_next(other) is None
    time.goes(minutes=31)
    assert assignments.take_next(other) == ref, "the clock alone freed it"
    assert desk_page(people.spare).held is None


def test_a_hold_ends_without_an_event_and_the_sweep_forgets_it(people: builders.Desk, time: Clock) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    before = types(ref)
    time.goes(days=2)
    assert types(ref) == before
    assert session.scalars(select(Hold)).all() == []


def test_whoever_begins_has_the_seat(people: builders.Desk, time: Clock) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    assignments.take_up(people.spare, ref)
    assignments.take_up(people.spare, ref)
    assert types(ref).count("reviewer.assigned") == 3
    time.goes(minutes=31)
    (turn,) = desk_page(people.spare).turns
    assert (turn.kind, turn.due) == ("vote", NOON + timedelta(hours=DUE))


@pytest.mark.parametrize("answer", ["cast_vote", "abstain", "recuse"])
def test_an_answer_from_a_held_seat_records_who_was_asked_first(people: builders.Desk, answer: str) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    {
        "cast_vote": lambda: builders.cast(people.spare, ref, 1),
        "abstain": lambda: rounds.abstain(people.spare, ref, 1, reason="I cannot read the script."),
        "recuse": lambda: rounds.recuse(people.spare, ref, 1, ground="I know the family."),
    }[answer]()
    assert types(ref)[-2] == "reviewer.assigned"
    assert session.scalars(select(Hold)).all() == []


@pytest.mark.parametrize("answer", ["cast_vote", "abstain", "recuse"])
def test_a_refused_answer_from_a_held_seat_leaves_the_seat_held_and_nobody_asked(
    people: builders.Desk, answer: str
) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    before = types(ref)
    with pytest.raises(Invalid):
        {
            "cast_vote": lambda: builders.cast(people.spare, ref, 1, builders.ballot(rationale="")),
            "abstain": lambda: rounds.abstain(people.spare, ref, 1, reason=""),
            "recuse": lambda: rounds.recuse(people.spare, ref, 1, ground=""),
        }[answer]()
    assert types(ref) == before
    assert [hold.person_id for hold in session.scalars(select(Hold))] == [people.spare.person]


@pytest.mark.parametrize(("taken", "answer"), [(False, "voted"), (True, None)])
def test_who_comes_back_late_still_votes_while_the_seat_is_free(
    people: builders.Desk, time: Clock, taken: bool, answer: str | None
) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    time.goes(minutes=45)
    if taken:
        assignments.assign_reviewer(people.lead, ref, 1, people.voters[2].person)
        with pytest.raises(Refused) as refusal:
            builders.cast(people.spare, ref, 1)
        assert names(refusal) == {"assigned"}
    else:
        builders.cast(people.spare, ref, 1)
    assert builders.view(ref).open_round.answer(builders.who(people.spare, ref)) == answer


def test_a_held_seat_can_be_let_go(people: builders.Desk) -> None:
    ref = short(people)
    assignments.take_next(people.spare)
    seats.let_go(people.spare)
    assert desk_page(people.spare).held is None
    with pytest.raises(Refused):
        builders.cast(people.spare, ref, 1)


def test_next_serves_the_gravest_harm_first_then_the_oldest(people: builders.Desk) -> None:
    some, older, many = (short(people, code, killed=killed) for code, killed in (("KV501", 2), ("KV502", 4), ("KV503", 40)))
    unknown = short(people, "KV504", killed=0)
    served = []
    for _turn in range(4):
        ref = assignments.take_next(people.spare)
        served.append(ref)
        builders.cast(people.spare, ref, 1)
    assert served == [many, some, older, unknown]


def test_next_serves_what_a_reviewer_reads_before_what_they_do_not(people: builders.Desk) -> None:
    arabic, turkish = short(people, "KV501", language="ar", killed=40), short(people, "KV502", language="tr")
    languages.set_languages(people.spare, ["tr", "en"])
    assert assignments.take_next(people.spare) == turkish
    builders.cast(people.spare, turkish, 1)
    assert assignments.take_next(people.spare) == arabic, "better than nothing"


def test_next_leaves_a_paused_stream_alone(people: builders.Desk) -> None:
    short(people)
    streams.switch_stream(people.lead, people.stream, mode="paused", reason="Nobody is free for it.")
    assert assignments.take_next(people.spare) is None


def test_what_somebody_entered_hides_nothing_else_from_them(people: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assignments, "PAGE", 2)
    for number in range(3):
        short(people, f"KV51{number}", killed=90)
    facts = builders.facts(codes=("KV520",))
    theirs = _opened_by(people.spare, people, facts)
    assert assignments.take_next(people.enterer) == theirs


def _opened_by(actor: Actor, desk: builders.Desk, facts: object) -> str:
    from review.actions import incidents

    ref = incidents.open_incident(actor, stream=desk.stream, facts=facts)
    sources.attach_source(actor, ref, draft=builders.draft(99))
    return builders.round_opened(desk, ref, reviewers=desk.voters[:2])[0]


def test_only_known_languages_are_kept_and_only_of_those_who_judge(people: builders.Desk) -> None:
    languages.set_languages(people.spare, ["ar"])
    with pytest.raises(Invalid):
        languages.set_languages(people.spare, ["tlh"])
    with pytest.raises(Forbidden):
        languages.set_languages(people.auditor, ["ar"])
    assert desk_page(people.spare).languages == ("ar",)


