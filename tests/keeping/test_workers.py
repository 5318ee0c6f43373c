"""Several workers at once: each job is done exactly once, and one that died is finished by another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from review import clock, jobs
from review.actions.accounts import account_write
from review.models import Job, session
from tests import builders, newborn
from tests.test_architecture import ROOT

STILL = 1200  # tenths of a second without one more job done
# `flask work` itself; only what a job does is the test's own.
WORKER = '''
import os, sys, time
from review import create_app, jobs

def tick(job):
    with open(sys.argv[1], "a") as done:
        done.write(f"{job['number']} {os.getpid()}\\n")

def hang(job):
    with open(sys.argv[1], "a") as done:
        done.write("begun\\n")
    time.sleep(600)

def slow(job):
    tick(job)
    time.sleep(2)
    tick(job)

jobs.HANDLERS = {**jobs.HANDLERS, "tick": tick, "hang": hang, "slow": slow}
jobs._plant = lambda: None
create_app().test_cli_runner().invoke(args=["work"], catch_exceptions=False)
'''


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def environment(home: Path, database: dict[str, str]) -> dict[str, str]:
    return {**os.environ, **database, "ASSAY_HOME": str(home)}


def put(kind: str, numbers: int) -> None:
    rows = [
        {"kind": kind, "key": f"{kind}:{number}", "payload": {"number": number}, "due_at": clock.now(), "tries": 0}
        for number in range(numbers)
    ]
    with account_write():
        session.execute(insert(Job), rows)


def worker(environment: dict[str, str], done: Path) -> subprocess.Popen[str]:
    return newborn.Popen([sys.executable, "-c", WORKER, str(done)], cwd=ROOT, env=environment, text=True)


def waiting() -> int:
    session.rollback()
    count = session.scalar(select(func.count()).select_from(Job).where(Job.done_at.is_(None)))
    session.rollback()
    return count or 0


def wait_until_done(done: Path, lines: int) -> list[str]:
    """However slow the machine: only where nothing more is done for two minutes is something wrong."""
    told: list[str] = []
    still = 0
    while still < STILL:
        before, told = len(told), done.read_text().splitlines() if done.exists() else []
        if len(told) >= lines:
            return told
        still = still + 1 if len(told) == before else 0
        time.sleep(0.1)
    raise AssertionError(f"{lines} were awaited, {len(told)} were done")


def stop(workers: list[subprocess.Popen[str]]) -> None:
    for one in workers:
        one.send_signal(signal.SIGTERM)
    for one in workers:
        assert one.wait(60) == 0


def each_once(environment: dict[str, str], done: Path, workers: int, number: int) -> None:
    put("tick", number)
    running = [worker(environment, done) for _worker in range(workers)]
    try:
        wait_until_done(done, number)
    finally:
        stop(running)
    told = Counter(line.split()[0] for line in done.read_text().splitlines())
    assert told == Counter(str(one) for one in range(number))
    assert waiting() == 0


def test_three_workers_do_each_of_200_jobs_exactly_once(people: builders.Desk, environment: dict[str, str], tmp_path: Path) -> None:
    done = tmp_path / "done"
    each_once(environment, done, 3, 200)
    # All of them worked: none waited behind another's lock.
    assert len({line.split()[1] for line in done.read_text().splitlines()}) > 1


@pytest.mark.soak
def test_six_workers_do_each_of_5000_jobs_exactly_once(people: builders.Desk, environment: dict[str, str], tmp_path: Path) -> None:
    each_once(environment, tmp_path / "done", 6, 5000)


def test_a_job_whose_worker_was_killed_is_done_by_the_next(
    people: builders.Desk, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = tmp_path / "done"
    put("hang", 1)
    one = worker(environment, done)
    wait_until_done(done, 1)
    one.kill()
    one.wait(30)
    runs: list[object] = []
    monkeypatch.setattr(jobs, "HANDLERS", {**jobs.HANDLERS, "hang": runs.append})
    monkeypatch.setattr(jobs, "_plant", lambda: None)
    assert jobs.run_due() == 0, "its lease holds"
    later = clock.now() + jobs.LEASE + timedelta(seconds=1)
    with clock.reading(lambda: later):
        assert jobs.run_due() == 1
    assert runs == [{"number": 0}]
    assert waiting() == 0


def test_a_worker_that_is_told_to_stop_finishes_its_job_and_begins_no_other(
    people: builders.Desk, environment: dict[str, str], tmp_path: Path
) -> None:
    done = tmp_path / "done"
    put("slow", 5)
    one = worker(environment, done)
    wait_until_done(done, 1)
    stop([one])
    assert [line.split()[0] for line in done.read_text().splitlines()] == ["0", "0"]
    assert waiting() == 4


def test_the_row_that_another_holds_is_passed_over(people: builders.Desk, engine_name: str, app: Flask) -> None:
    """`FOR UPDATE SKIP LOCKED`: a worker in the middle of taking one job keeps nobody from the next."""
    if engine_name == "sqlite":
        return
    from review.extensions import db

    put("tick", 2)
    with db.engine.connect() as other:
        held = other.execute(select(Job.id).order_by(Job.id).limit(1).with_for_update()).scalar_one()
        taken = jobs._take()
        assert taken is not None
        assert taken.id != held
        assert jobs._take() is None
