"""A publisher killed anywhere: the desk never calls itself rolled back, and never signs against what it remembers."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review import config
from review.actions import checkpoints
from review.audit import note, remembered, subtrees
from review.models import Checkpoint, LogHead, session
from review.queries import health
from tests import builders, newborn
from tests.actions.test_concurrency import assert_whole
from tests.test_architecture import ROOT

SEED = 20310314
STEPS = 24  # a checkpoint takes about so many: statements, a commit, files opened, written, moved and removed

PUBLISHER = '''
import os, signal, sys
from review import create_app
from review.actions import checkpoints
from review.audit import remembered
from review.extensions import db
from tests.killing import at_every_statement

where = sys.argv[1]
left = int(where) if where.isdigit() else -1

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def step(*_given):
    global left
    left -= 1
    if left == -1:
        die()

def remember(home, text, real=remembered.remember):
    real(home, text)
    die()

with create_app().app_context():
    if where == "between":
        remembered.remember = remember
    db.session.execute(db.text("SELECT 1"))
    db.session.rollback()
    at_every_statement(db.engine, step)
    sys.addaudithook(lambda name, _given: step() if name in ("open", "os.rename", "os.remove") else None)
    print(checkpoints.publish_checkpoint(), end="", flush=True)
'''


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def environment(database: dict[str, str], home: Path) -> dict[str, str]:
    return {**os.environ, **database, "ASSAY_HOME": str(home)}


def published(where: str, environment: dict[str, str]) -> str | None:
    """What a publisher published that is killed there; None where it was killed before it could say so."""
    done = newborn.run([sys.executable, "-c", PUBLISHER, where], cwd=ROOT, env=environment)
    assert (done.returncode, bool(done.stdout)) in ((-9, False), (0, True)), done.stderr
    return done.stdout or None


def remembers() -> note.Checkpoint | None:
    path = config.home() / remembered.FILE
    return note.parse_checkpoint(path.read_text("utf-8")) if path.exists() else None


def assert_goes_on(people: builders.Desk) -> None:
    """The same size is the same checkpoint again, the desk writes, and the next checkpoint continues it."""
    session.rollback()
    assert (health.log(), health.is_reading_only()) == ("ok", False)
    assert_whole()
    then, size = remembers(), session.scalar(select(LogHead.size))
    again = note.parse_checkpoint(checkpoints.publish_checkpoint() or "")
    assert again.size == size
    assert then is None or then.size < again.size or then == again
    builders.received(people)
    later = note.parse_checkpoint(checkpoints.publish_checkpoint() or "")
    session.rollback()
    assert later.size == again.size + 1
    for known in (then, again):
        assert known is None or subtrees.StoredTree(session, known.size).root() == known.root
    session.rollback()
    assert_whole()


def dies(people: builders.Desk, environment: dict[str, str], places: Iterable[object]) -> int:
    killed = 0
    for place in places:
        builders.received(people)
        session.rollback()
        told = published(str(place), environment)
        session.rollback()
        if told is None:
            killed += 1
        else:
            assert session.scalar(select(func.max(Checkpoint.size))) == note.parse_checkpoint(told).size
        assert_goes_on(people)
    return killed


def test_killed_between_what_is_remembered_and_the_commit(people: builders.Desk, environment: dict[str, str]) -> None:
    first = checkpoints.publish_checkpoint()
    builders.received(people)
    session.rollback()
    assert published("between", environment) is None
    session.rollback()
    then = remembers()
    assert then is not None
    # It is remembered, and the database has never heard of it: of the same log the same is signed again.
    assert (then.size, session.scalar(select(func.count()).select_from(Checkpoint))) == (session.scalar(select(LogHead.size)), 1)
    assert then != note.parse_checkpoint(first or "")
    assert_goes_on(people)


def test_killed_there_the_desk_may_write_before_it_publishes_again(
    people: builders.Desk, environment: dict[str, str]
) -> None:
    checkpoints.publish_checkpoint()
    builders.received(people)
    session.rollback()
    assert published("between", environment) is None
    then = remembers()
    assert then is not None
    builders.published(people)
    later = note.parse_checkpoint(checkpoints.publish_checkpoint() or "")
    assert later.size > then.size
    assert subtrees.StoredTree(session, then.size).root() == then.root
    session.rollback()
    assert_goes_on(people)


def test_the_very_first_one_killed_there(people: builders.Desk, environment: dict[str, str]) -> None:
    session.rollback()
    assert published("between", environment) is None
    assert session.scalar(select(func.count()).select_from(Checkpoint)) == 0
    assert remembers() is not None
    assert_goes_on(people)


def test_a_publisher_killed_five_times(people: builders.Desk, environment: dict[str, str]) -> None:
    assert dies(people, environment, random.Random(SEED).sample(range(STEPS), 5)) >= 3


@pytest.mark.soak
def test_a_publisher_killed_fifty_times(people: builders.Desk, environment: dict[str, str]) -> None:
    assert dies(people, environment, [*range(STEPS), *range(STEPS), "between", "between"]) >= 30
