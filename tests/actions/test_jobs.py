"""The outbox: done once due, safe to run twice, tried again after a failure, and what the clock asks for."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from review import clock, jobs
from review.actions import rounds
from review.actions.accounts import account_write
from review.audit import note
from review.models import Checkpoint, Event, Job, LogHead, session
from tests import builders, newborn
from tests.test_architecture import ROOT

NOON = datetime(2031, 5, 1, 12, 20, tzinfo=UTC)


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def put(kind: str, key: str = "one", **payload: object) -> None:
    with account_write():
        session.add(Job(kind=kind, key=key, payload=payload, due_at=clock.now()))


def job(key: str) -> Job:
    session.rollback()
    return session.scalars(select(Job).where(Job.key == key)).one()


def count(kind: str) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(Event).where(Event.type == kind)) or 0


def test_a_round_is_closed_within_the_grace_and_every_change_restarts_it(people: builders.Desk) -> None:
    start = clock.now()
    ref, number = builders.round_opened(people)
    builders.cast_all(people, ref, number, "fair", "fair", "fair")
    first = job(f"close:{ref}:{number}").due_at
    assert timedelta(minutes=9) < first - start < timedelta(minutes=31)
    with clock.reading(lambda: start + timedelta(minutes=9)):
        builders.work()
        assert builders.view(ref).open_round is not None
        builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
        assert job(f"close:{ref}:{number}").due_at >= start + timedelta(minutes=19)
    with clock.reading(lambda: start + timedelta(minutes=18)):
        builders.work()
        assert builders.view(ref).open_round is not None
    with clock.reading(lambda: start + timedelta(minutes=40)):
        builders.work()
        assert builders.view(ref).open_round is None


def test_the_moment_of_the_close_is_drawn_at_random(people: builders.Desk) -> None:
    drawn = set()
    ref, number = builders.round_opened(people)
    moment = clock.now()
    with clock.reading(lambda: moment):
        builders.cast_all(people, ref, number, "fair", "fair", "fair")
        for grade in ("weak", "fair", "weak"):
            builders.cast(people.voters[0], ref, number, builders.ballot(grade))
            drawn.add(job(f"close:{ref}:{number}").due_at)
    assert len(drawn) == 3


def test_a_withdrawal_leaves_the_round_open_though_its_job_runs(people: builders.Desk) -> None:
    from review.actions import votes

    builders.at_once(people)
    ref, number = builders.round_opened(people)
    cast = builders.cast_all(people, ref, number, "fair", "fair", "fair")
    votes.withdraw_vote(people.voters[0], ref, cast[0], reason="Not sure any more.")
    builders.work()
    assert builders.view(ref).open_round is not None
    builders.cast(people.voters[0], ref, number)
    builders.work()
    assert builders.view(ref).open_round is None


def test_every_handler_may_run_twice(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    before = builders.row(ref).count
    rounds.close_due(ref, 1)
    rounds.deadline_due(ref, 1)
    assert builders.row(ref).count == before


def test_a_job_that_fails_says_so_and_is_tried_again_later(people: builders.Desk, caplog: pytest.LogCaptureFixture) -> None:
    put("publish_grade", incident="i-aaaaaaaaaaaaaaaa", proposal=1)
    jobs.run_due()
    failed = job("one")
    assert (failed.problem, failed.done_at, failed.tries) == ("NotFound", None, 1)
    assert "failed" in caplog.text
    assert jobs.run_due() == 0
    with clock.reading(lambda: datetime.now(UTC) + timedelta(minutes=2)):
        jobs.run_due()
        assert job("one").tries == 2


def test_one_failing_job_holds_up_no_other(people: builders.Desk) -> None:
    builders.at_once(people)
    put("publish_grade", incident="i-aaaaaaaaaaaaaaaa", proposal=1)
    ref, number = builders.round_opened(people)
    builders.cast_all(people, ref, number, "fair", "fair", "fair")
    jobs.run_due()
    assert builders.view(ref).stage == "approval"


def test_a_job_asked_for_again_while_it_runs_is_not_lost(people: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def handler(_payload: object) -> None:
        runs.append(1)
        if len(runs) == 1:
            with account_write():
                session.execute(update(Job).where(Job.key == "one").values(due_at=clock.now(), tries=0))

    monkeypatch.setattr(jobs, "HANDLERS", {**jobs.HANDLERS, "tick": handler})
    put("tick")
    jobs.run_due()
    assert len(runs) == 2
    assert job("one").done_at is not None


def test_the_worker_of_a_desk_without_a_log_makes_none(desk: Flask) -> None:
    jobs.run_due()
    assert session.scalar(select(LogHead.id)) is None


def test_heads_once_a_day_and_a_checkpoint_every_hour_news_or_not(desk: Flask) -> None:
    with clock.reading(lambda: NOON):
        people = builders.desk(desk)
        builders.opened(people)
        builders.work()
        builders.work()
        assert (count("log.heads"), session.scalar(select(func.count()).select_from(Checkpoint))) == (1, 1)
        checkpoint = session.scalars(select(Checkpoint)).one()
        assert checkpoint.heads
        head = session.scalars(select(LogHead)).one()
        from review import config
        from review.audit import keys

        verifier = keys.load(config.home()).verifier(head.origin)
        signed = note.verify_checkpoint(checkpoint.text, verifier)
        assert (signed.size, signed.size) == (head.size, head.signed_size)
        builders.opened(people)
        builders.work()
        assert len(session.scalars(select(Checkpoint)).all()) == 1, "never between the hours"
    with clock.reading(lambda: NOON + timedelta(minutes=45)):
        builders.work()
        assert [row.heads for row in session.scalars(select(Checkpoint).order_by(Checkpoint.size))] == [True, False]
    with clock.reading(lambda: NOON + timedelta(days=1)):
        builders.work()
        assert count("log.heads") == 2


def test_done_jobs_keep_no_payload_and_are_swept(people: builders.Desk) -> None:
    start = clock.now()
    ref = builders.agreed(people)
    assert job(f"close:{ref}:1").payload == {}
    for days in (6, 12, 18, 24, 31):
        with clock.reading(lambda days=days: start + timedelta(days=days)):
            jobs.run_due()
    assert session.scalars(select(Job).where(Job.key == f"close:{ref}:1")).one_or_none() is None


def test_the_worker_stops_gracefully(people: builders.Desk, database: dict[str, str], home: object) -> None:
    put("sweep")
    environment = {**os.environ, **database, "ASSAY_HOME": str(home)}
    child = newborn.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "work"], cwd=ROOT, env=environment)
    try:
        for _wait in range(100):
            if job("one").done_at is not None:
                break
            time.sleep(0.1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0
    finally:
        child.kill()
        child.wait()
    assert job("one").done_at is not None
