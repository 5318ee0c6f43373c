"""The nightly comparison: made in a snapshot of its own, kept, shown to admins, told to leads, and never what is hidden."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete, func, select, text
from sqlalchemy.pool import NullPool

from review import clock, jobs
from review.actions import checks, restrictions
from review.actions.accounts import account_write
from review.keeping import doctor
from review.models import Event, Job, TrailCheck, session
from review.queries import checks as queries
from review.queries import health
from review.rules.errors import Forbidden
from review.rules.permissions import Actor
from tests import builders
from tests.web.sitting import sitting

ALARM = "The database is not what its trail says."


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def spoil(people: builders.Desk, ref: str, change: str = "stage = 'published'") -> None:
    """What somebody with the database's own password does: no guard stands before a projection."""
    session.rollback()
    engine = create_engine(people.app.config["MIGRATION_DATABASE_URL"], poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE incident SET {change} WHERE name = :name"), {"name": builders.row(ref).name})
    engine.dispose()
    session.rollback()


def last() -> TrailCheck:
    session.rollback()
    return session.scalars(select(TrailCheck).order_by(TrailCheck.id.desc()).limit(1)).one()


def test_a_desk_that_is_what_its_trail_says(people: builders.Desk) -> None:
    builders.published(people)
    assert checks.check_trail() == 0
    kept = last()
    assert (kept.differences, kept.sentences) == (0, [])
    assert kept.size == session.scalar(select(func.count()).select_from(Event))
    assert queries.trail() == "ok"
    (found,) = [one for one in doctor.findings() if one.part == "Trail"]
    assert found.word == doctor.OK


def test_what_differs_is_kept_in_words(people: builders.Desk) -> None:
    ref = builders.opened(people)
    spoil(people, ref)
    assert checks.check_trail() == 1
    assert last().sentences == [
        f"{builders.row(ref).name}: the column stage says published, the events say logged."
    ]
    assert queries.trail() == "differs"
    (found,) = [one for one in doctor.findings() if one.part == "Trail"]
    assert found.word == doctor.FAILURE


def test_no_sentence_repeats_what_is_sealed(people: builders.Desk) -> None:
    ref = builders.opened(people)
    spoil(people, ref, "title = 'The doctor of Marj Eluan', search_text = 'doctor'")
    assert checks.check_trail() == 2
    assert "doctor" not in " ".join(last().sentences)


@pytest.mark.parametrize("hidden", ["restricted", "open"])
def test_no_sentence_names_what_is_hidden(people: builders.Desk, hidden: str) -> None:
    ref = builders.with_sources(people)
    if hidden == "restricted":
        ref = restrictions.restrict_incident(people.lead, ref, people=[people.lead.person or 0], reason="at risk")
    else:
        builders.round_opened(people, ref)
    spoil(people, ref, "title = 'another'")
    assert checks.check_trail() == 1
    assert last().sentences == [checks.NOT_TOLD]


def test_it_is_due_in_the_night_once_and_not_when_a_desk_begins(people: builders.Desk) -> None:
    night = clock.now().replace(hour=jobs.QUIET_HOUR, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for moment, made in ((-2, 0), (-1, 0), (0, 1), (1, 1), (23, 1), (24, 2)):
        with clock.reading(lambda moment=moment: night + timedelta(hours=moment, seconds=1)):
            jobs.run_due()
            assert _made() == made, moment


def _made() -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(TrailCheck)) or 0


def test_a_writer_goes_on_while_it_reads(people: builders.Desk) -> None:
    builders.published(people)
    engine = session.get_bind()
    with checks.snapshot(engine) as reading:
        before = reading.scalar(select(func.count()).select_from(Event))
        builders.opened(people, codes=("KV77",))
        assert reading.scalar(select(func.count()).select_from(Event)) == before
        with pytest.raises(Exception, match="read-only|readonly|read only"):
            reading.execute(text("DELETE FROM trail_check"))
    assert (session.scalar(select(func.count()).select_from(Event)) or 0) > (before or 0)


def test_an_admin_asks_for_one_and_only_one_waits(people: builders.Desk) -> None:
    checks.ask_for_check(people.admin)
    checks.ask_for_check(people.admin)
    waiting = select(func.count()).select_from(Job).where(Job.kind == "check_trail", Job.key == checks.ASKED)
    assert session.scalar(waiting) == 1
    jobs.run_due()
    assert _made() == 1
    checks.ask_for_check(people.admin)
    jobs.run_due()
    assert _made() == 2


@pytest.mark.parametrize("role", ["lead", "reviewer", "auditor"])
def test_nobody_else_asks_for_one(people: builders.Desk, role: str) -> None:
    with pytest.raises(Forbidden):
        checks.ask_for_check(Actor(1, role, "Somebody"))
    with pytest.raises(Forbidden):
        queries.checks_page(Actor(1, role, "Somebody"))


def test_a_night_left_out_is_no_fault_but_is_told(people: builders.Desk) -> None:
    assert checks.check_trail() == 0
    later = clock.now() + queries.LATE + timedelta(minutes=1)
    with clock.reading(lambda: later):
        assert queries.trail() == "unchecked"
        (found,) = [one for one in doctor.findings() if one.part == "Trail"]
    assert found.word == doctor.WARNING


def test_the_page_names_what_differs_and_offers_a_check(people: builders.Desk) -> None:
    client = sitting(people.app, people.admin)
    assert "None was made yet." in client.get("/desk/checks").get_data(as_text=True)
    ref = builders.opened(people)
    spoil(people, ref)
    assert client.post("/desk/checks").status_code == 302
    assert "One is waiting for the worker." in client.get("/desk/checks").get_data(as_text=True)
    jobs.run_due()
    page = client.get("/desk/checks").get_data(as_text=True)
    assert "the column stage says published, the events say logged." in page
    assert "Differences: 1." in page
    assert "One is waiting for the worker." not in page


@pytest.mark.parametrize(("role", "heard"), [("admin", True), ("lead", True), ("reviewer", False), ("auditor", False)])
def test_who_hears_the_alarm(people: builders.Desk, role: str, heard: bool) -> None:
    actors = {"admin": people.admin, "lead": people.lead, "reviewer": people.reviewers[0], "auditor": people.auditor}
    client = sitting(people.app, actors[role])
    ref = builders.opened(people)
    spoil(people, ref)
    assert ALARM not in client.get("/desk/incidents").get_data(as_text=True)
    checks.check_trail()
    assert (ALARM in client.get("/desk/incidents").get_data(as_text=True)) == heard
    with account_write():
        session.execute(delete(TrailCheck))
    assert ALARM not in client.get("/desk/incidents").get_data(as_text=True)


def test_healthz_says_so_in_a_word(people: builders.Desk) -> None:
    health.beat()
    spoil(people, builders.opened(people))
    checks.check_trail()
    answer = people.app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()["trail"]) == (503, "differs")


def test_only_the_last_ones_are_remembered(people: builders.Desk) -> None:
    for _time in range(checks.KEPT + 2):
        with account_write():
            session.add(TrailCheck(began_at=clock.now(), ended_at=clock.now(), size=1, differences=0, sentences=[]))
    checks.check_trail()
    assert _made() == checks.KEPT
