"""A long job holds up nobody: it has a process of its own, never two at once, and one that died is begun anew."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from review import clock, jobs, long_jobs
from review.actions import bundles, checkpoints, checks
from review.actions.accounts import account_write
from review.models import Bundle, Job, TrailCheck, session
from review.queries import health
from tests import builders, newborn
from tests.actions.test_bundles import FOR
from tests.test_architecture import ROOT

STILL = 600  # tenths of a second
# `flask work` itself; only the check is the test's own: it says who is at it, and never ends.
LONG = '''
import os, sys, time
from review import create_app, jobs

def hang(_job):
    with open(sys.argv[1], "a") as begun:
        begun.write(f"{os.getpid()}\\n")
    time.sleep(600)

jobs.HANDLERS = {**jobs.HANDLERS, "check_trail": hang}
create_app().test_cli_runner().invoke(args=["work", "--long"], catch_exceptions=False)
'''
WORKER = '''
import sys
from review import create_app, long_jobs

if sys.argv[2]:
    long_jobs.COMMAND = (sys.executable, "-c", sys.argv[2], sys.argv[1])
create_app().test_cli_runner().invoke(args=["work"], catch_exceptions=False)
'''


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    return tmp_path / "begun"


@pytest.fixture
def working(home: Path, database: dict[str, str], begun: Path) -> Callable[[str], object]:
    """A worker whose long jobs are done by this program, or by its own where none is given."""

    @contextmanager
    def one(program: str = "") -> Iterator[subprocess.Popen[str]]:
        command = [sys.executable, "-c", WORKER, str(begun), program]
        with newborn.Popen(
            command, cwd=ROOT, env={**os.environ, **database, "ASSAY_HOME": str(home)}, text=True
        ) as running:
            try:
                yield running
            finally:
                running.terminate()

    return one


def until(what: Callable[[], object]) -> None:
    """However slow the machine: only after a minute is something wrong."""
    for _tenth in range(STILL):
        session.rollback()
        if what():
            return
        time.sleep(0.1)
    raise AssertionError(what)


def put(kind: str, key: str) -> None:
    with account_write():
        session.add(Job(kind=kind, key=key, payload={}, due_at=clock.now()))


def is_done(key: str) -> bool:
    return session.scalar(select(Job.done_at).where(Job.key == key)) is not None


def pids(begun: Path) -> list[int]:
    return [int(line) for line in begun.read_text().splitlines()] if begun.exists() else []


def runs(process: int) -> bool:
    return Path(f"/proc/{process}").exists() and "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2]


def test_a_round_closes_while_the_check_goes_on(
    people: builders.Desk, working: Callable[..., object], begun: Path
) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people)
    put("check_trail", "check")
    with working(LONG) as worker:  # type: ignore[attr-defined]
        until(lambda: pids(begun))
        (long,) = pids(begun)
        builders.cast_all(people, ref, number, "fair", "fair", "fair")
        until(lambda: builders.row(ref).stage == "approval")
        assert (runs(long), health.worker()) == (True, "ok")
        assert long != worker.pid
    assert not runs(long), "a worker that is told to stop takes it along"
    assert (worker.returncode, is_done("check")) == (0, False)


def test_never_two_at_once_though_the_lease_ran_out(
    people: builders.Desk, working: Callable[..., object], begun: Path
) -> None:
    put("check_trail", "check")
    with working(LONG), working(LONG):  # type: ignore[attr-defined]
        until(lambda: pids(begun))
        with account_write():
            session.execute(update(Job).where(Job.key == "check").values(due_at=clock.now()))
        put("sweep", "after")
        until(lambda: is_done("after"))
        assert long_jobs.run_long() == 0
        (first,) = pids(begun)
        os.kill(first, signal.SIGKILL)
        until(lambda: len(pids(begun)) == 2)
        assert not runs(first)


def test_what_another_process_is_at_is_left_to_it(people: builders.Desk, home: Path) -> None:
    put("check_trail", "check")
    with open(home / long_jobs.LOCK, "a") as theirs:
        fcntl.flock(theirs, fcntl.LOCK_EX)
        assert long_jobs.run_long() == 0
        assert session.scalar(select(Job.tries).where(Job.key == "check")) == 0
    assert long_jobs.run_long() == 1
    assert session.scalars(select(TrailCheck)).one().differences == 0


def test_a_worker_makes_what_was_asked_for(people: builders.Desk, working: Callable[..., object]) -> None:
    builders.published(people)
    checkpoints.publish_checkpoint()
    name = bundles.ask(people.lead, profile="internal", ref=None, **FOR)
    checks.ask_for_check(people.admin)
    with working():  # type: ignore[attr-defined]
        until(lambda: session.scalar(select(Bundle.stage).where(Bundle.name == name)) == "done")
        until(lambda: is_done(checks.ASKED))


def test_the_command_that_works_once_does_the_long_ones_too(people: builders.Desk) -> None:
    put("check_trail", "check")
    put("sweep", "sweep")
    done = people.app.test_cli_runner().invoke(args=["work", "--once"])
    assert (done.exit_code, is_done("check"), is_done("sweep")) == (0, True, True)


def test_a_clock_that_stopped_begins_no_process(people: builders.Desk) -> None:
    put("check_trail", "check")
    assert jobs.is_due(jobs.LONG)
    assert not jobs.is_due(jobs.SHORT)
    ahead = clock.now() + timedelta(days=3650)
    with clock.reading(lambda: ahead):
        assert not jobs.is_due(jobs.LONG)
