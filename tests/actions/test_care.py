"""Limits that assignment and "next" respect, a pass without a reason, warnings, mails stopped, the page of help."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from review.actions import assignments, care, leaving, rounds, sessions, sources
from review.actions.uploads import Upload
from review.extensions import db
from review.models import Care, Passed, SavedView, session
from review.models.limits import settings_for, taken
from review.queries import care as queries
from review.queries.accounts import signed_in
from review.queries.reading import read_incident
from review.queries.rounds import round_panel
from review.queries.sources import source_page
from review.queries.workload import workload
from review.rules.care import Settings
from review.rules.errors import Forbidden, Invalid, NotFound
from tests import builders, trail
from tests.clocks import Clock

PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def with_open_seat(team: builders.Desk, code: str) -> tuple[str, int]:
    ref = builders.with_sources(team, builders.opened(team, codes=(code,)))
    return builders.round_opened(team, ref, reviewers=team.voters[:2])


def assigned(ref: str, person: builders.Actor) -> str | None:
    session.rollback()
    round_ = builders.view(ref).open_round
    return round_.answer(builders.who(person, ref)) if round_ else None


# --- limits ---------------------------------------------------------------------------------------------------


def test_next_brings_no_more_than_the_person_set_for_a_day_and_again_on_the_next(
    team: builders.Desk, time: Clock
) -> None:
    first, number = with_open_seat(team, "KV601")
    second, _number = with_open_seat(team, "KV602")
    care.set_care(team.spare, Settings(per_day=1))
    assert assignments.take_next(team.spare) == first
    assignments.take_up(team.spare, first)
    builders.cast(team.spare, first, number)
    assert assignments.take_next(team.spare) is None
    assert queries.reached(team.spare)
    time.goes(hours=24)
    assert assignments.take_next(team.spare) == second


def test_a_limit_for_seven_days_counts_what_was_asked_and_not_what_was_answered(
    team: builders.Desk, time: Clock
) -> None:
    for code in ("KV601", "KV602"):
        builders.round_opened(team, builders.with_sources(team, builders.opened(team, codes=(code,))))
    assert taken(session, team.voters[0].person or 0, time.at.date()) == (2, 2)
    time.goes(hours=48)
    assert taken(session, team.voters[0].person or 0, time.at.date()) == (0, 2)
    time.goes(hours=24 * 6)
    assert taken(session, team.voters[0].person or 0, time.at.date()) == (0, 0)


@pytest.mark.parametrize("limited", [True, False])
def test_a_lead_is_told_that_somebody_is_not_available_and_nothing_more(team: builders.Desk, limited: bool) -> None:
    ref, number = with_open_seat(team, "KV601")
    care.set_care(team.spare, Settings(no_graphic=limited))
    sources.capture_source(team.enterer, ref, 1, upload=Upload(PICTURE, "a.png"))
    panel = round_panel(read_incident(team.lead, ref))
    assert panel is not None
    assert (team.spare.name in panel.away) is limited
    assert (team.spare.person in {one.id for one in panel.candidates}) is not limited
    if limited:
        assert team.spare.person not in {one.reviewer.person for one in panel.suggestion.people}
        with pytest.raises(Invalid) as refusal:
            assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
        assert refusal.value.problems == {"person": "%(names)s is not available now. Ask somebody else."}
        assert refusal.value.values == {"names": (team.spare.name,)}
    else:
        assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
    assert assigned(ref, team.spare) == (None if limited else "assigned")


@pytest.mark.parametrize("act", ["open", "panel", "substitute"])
def test_no_way_of_asking_passes_a_limit_by(team: builders.Desk, act: str) -> None:
    care.set_care(team.spare, Settings(per_day=1))
    with_open_seat(team, "KV600")
    builders.round_opened(
        team, builders.with_sources(team, builders.opened(team, codes=("KV601",))), reviewers=(team.spare,)
    )
    ref = builders.with_sources(team, builders.opened(team, codes=("KV602",)))
    number = 0 if act == "open" else builders.round_opened(team, ref, reviewers=team.voters[:2])[1]
    spare, absent = team.spare.person or 0, team.voters[0].person or 0
    asking = {
        "open": lambda: rounds.open_round(team.lead, ref, reviewers=[spare]),
        "panel": lambda: assignments.assign_panel(team.lead, ref, number, [spare]),
        "substitute": lambda: assignments.substitute_reviewer(
            team.lead, ref, number, absent, spare, reason="Away."
        ),
    }
    with pytest.raises(Invalid, match="invalid"):
        asking[act]()
    care.set_care(team.spare, Settings(per_day=2))
    asking[act]()
    assert assigned(ref, team.spare) == "assigned"


def test_next_passes_over_what_may_be_graphic_until_somebody_found_it_calm(team: builders.Desk) -> None:
    ref, _number = with_open_seat(team, "KV601")
    sources.capture_source(team.enterer, ref, 1, upload=Upload(PICTURE, "a.png"))
    care.set_care(team.spare, Settings(no_graphic=True))
    assert assignments.take_next(team.spare) is None
    care.warn_of_source(team.voters[0], ref, 1, "calm")
    assert assignments.take_next(team.spare) == ref


def test_what_is_owed_already_is_served_whatever_the_limit(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    care.set_care(team.voters[0], Settings(per_day=1, no_graphic=True))
    assert assignments.take_next(team.voters[0]) == ref


# --- passing --------------------------------------------------------------------------------------------------


def test_a_pass_of_a_held_seat_leaves_no_trace_and_is_not_brought_back(team: builders.Desk) -> None:
    ref, number = with_open_seat(team, "KV601")
    assert assignments.take_next(team.spare) == ref
    before = len(builders.view(ref).open_round.answers)
    care.pass_on(team.spare, ref, number)
    assert len(builders.view(ref).open_round.answers) == before
    assert assignments.take_next(team.spare) is None
    assert assignments.take_next(team.voters[2]) == ref


def test_a_pass_of_an_owed_vote_is_an_answer_and_the_seat_goes_to_the_next(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    care.pass_on(team.voters[0], ref, number)
    care.pass_on(team.voters[0], ref, number)
    assert assigned(ref, team.voters[0]) == "abstained"
    assert assignments.take_next(team.voters[0]) is None
    assert assignments.take_next(team.spare) == ref
    row = next(one for one in workload(team.lead).rows if one.name == team.voters[0].name)
    assert (row.load.owed, row.load.late) == (0, 0)


def test_the_same_pass_pressed_twice_is_one(team: builders.Desk) -> None:
    ref, number = with_open_seat(team, "KV601")
    assignments.take_next(team.spare)
    for _twice in range(2):
        care.pass_on(team.spare, ref, number)
    assert assigned(ref, team.spare) is None
    assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
    care.pass_on(team.spare, ref, number)
    assert assigned(ref, team.spare) == "abstained", "whoever is asked by name after it owes an answer again"


def test_what_was_passed_hides_nothing_that_waits_behind_it(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, number), (second, _number) = with_open_seat(team, "KV601"), with_open_seat(team, "KV602")
    monkeypatch.setattr(assignments, "PAGE", 1)
    assert assignments.take_next(team.spare) == first
    care.pass_on(team.spare, first, number)
    assert assignments.take_next(team.spare) == second


def test_a_pass_holds_for_its_round_alone(team: builders.Desk) -> None:
    ref, number = with_open_seat(team, "KV601")
    assignments.take_next(team.spare)
    care.pass_on(team.spare, ref, number)
    rounds.abandon_round(team.lead, ref, number, reason="Too little was known.")
    builders.round_opened(team, ref, reviewers=team.voters[:2])
    assert assignments.take_next(team.spare) == ref
    assert session.get(Passed, (team.spare.person, builders.row(ref).id)) is not None


# --- the rest -------------------------------------------------------------------------------------------------


def test_a_warning_replaces_the_one_before_and_is_taken_back(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    before = trail.last(ref)
    for word, kept in (("graphic", "graphic"), ("calm", "calm"), (None, None)):
        care.warn_of_source(team.voters[0], ref, 1, word)
        assert source_page(team.lead, ref, 1).source.warning == kept
    assert trail.last(ref) == before


@pytest.mark.parametrize("actor, error", [("admin", Forbidden), ("auditor", Forbidden)])
def test_who_does_not_judge_warns_of_nothing(team: builders.Desk, actor: str, error: type[Exception]) -> None:
    ref = builders.with_sources(team)
    with pytest.raises(error):
        care.warn_of_source(getattr(team, actor), ref, 1, "graphic")
    with pytest.raises(NotFound):
        care.warn_of_source(team.spare, ref, 41, "graphic")


@pytest.mark.parametrize("wrong", [{"media": "all"}, {"per_day": 0}, {"per_week": 201}, {"break_after": 7}, {"mail": "x"}])
def test_settings_that_are_not_offered_are_refused_by_their_field(team: builders.Desk, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refusal:
        care.set_care(team.spare, replace(Settings(), **wrong))  # type: ignore[arg-type]
    assert set(refusal.value.problems) == set(wrong)


def test_the_link_of_a_mail_stops_that_persons_mails_and_no_others(team: builders.Desk) -> None:
    care.set_care(team.spare, Settings(per_day=3))
    token = care.stop_token(team.spare.person or 0)
    care.stop_mail(token)
    assert settings_for(session, team.spare.person) == Settings(per_day=3, mail="none")
    assert settings_for(session, team.lead.person).mail == "daily"
    other = f"{team.lead.person}-{token.partition('-')[2]}"
    for wrong in (other, token + "0", "x", "", "999999999999-0"):
        with pytest.raises(NotFound):
            care.stop_mail(wrong)


def test_the_link_of_a_mail_does_nothing_for_whoever_has_left(team: builders.Desk) -> None:
    token = care.stop_token(team.spare.person or 0)
    assert care.whose_mail(token) == team.spare.person
    leaving.let_leave(team.admin, team.spare.person or 0)
    for use in (care.whose_mail, care.stop_mail):
        with pytest.raises(NotFound):
            use(token)
    session.rollback()
    assert db.session.get(Care, team.spare.person) is None


def test_views_are_ones_own(team: builders.Desk) -> None:
    care.save_view(team.spare, "incidents", "Open ones", "stage=grading")
    care.save_view(team.spare, "incidents", "Open ones", "stage=grading&q=x")
    (kept,) = queries.views(team.spare, "incidents")
    assert kept.filters == {"stage": "grading", "q": "x"}
    assert queries.views(team.lead, "incidents") == ()
    care.forget_view(team.lead, kept.id)
    assert len(queries.views(team.spare, "incidents")) == 1
    care.forget_view(team.spare, kept.id)
    assert queries.views(team.spare, "incidents") == ()
    for name in ("", " ", "x" * 81):
        with pytest.raises(Invalid):
            care.save_view(team.spare, "incidents", name, "")
    assert db.session.get(SavedView, kept.id) is None


def test_only_an_admin_writes_the_page_of_help_and_empties_it_again(team: builders.Desk) -> None:
    care.write_help(team.admin, {"en": "Call Noor.", "ar": ""})
    assert _written() == {("en", "Call Noor.", team.admin.name)}
    with pytest.raises(Forbidden):
        care.write_help(team.lead, {"en": "Call me."})
    care.write_help(team.admin, {"en": " ", "ar": "اتصل."})
    assert _written() == {("ar", "اتصل.", team.admin.name)}


def _written() -> set[tuple[str, str, str | None]]:
    return {(language, one.text, one.by) for language, one in queries.help_page().items()}


def test_time_at_the_desk_is_counted_from_the_last_pause(team: builders.Desk, time: Clock) -> None:
    token = sessions.open_session(team.spare.person or 0)
    for _page in range(5):
        time.at += timedelta(minutes=10)
        known = signed_in(token)
        assert known is not None
        sessions.seen(token, known.last_seen, known.sitting_since)
    assert signed_in(token).break_due == 50  # type: ignore[union-attr]
    sessions.sit_down_anew(token)
    assert signed_in(token).break_due is None  # type: ignore[union-attr]
    time.at += timedelta(minutes=46)
    assert signed_in(token).break_due is None  # type: ignore[union-attr]
