"""A disk that fails or fills in the middle of an act: nothing acknowledged is lost, no gap, and the desk goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from review import config
from review.actions import checkpoints
from review.audit import keyring, note, remembered, subtrees
from review.extensions import db
from review.models import Checkpoint, Event, LogHead, session
from review.queries import health
from tests import builders, trail
from tests.actions.test_concurrency import assert_whole
from tests.keeping.faults import CALLS, ERRORS, Fault, Outcome, suffering
from tests.web.sitting import seated

SEED = 20310314
CHECKPOINT = ("command", "audit", "checkpoint")
ROTATION = ("command", "audit", "key", "--rotate", "--as", "tamsin@desk.invalid")
DEEDS = ("claim", "checkpoint", "rotation")
TRIED = 400  # of no call does an act make so many


@pytest.fixture
def engine_name() -> str:
    """The files are SQLite's; a PostgreSQL server answers for its own."""
    return "sqlite"


@dataclass
class Suffering:
    """A desk, and a process beside it that does one of its deeds while a call fails."""

    people: builders.Desk
    environment: dict[str, str]
    token: str
    turn: Iterator[int]

    def deed(self, name: str) -> tuple[str, ...]:
        if name == "claim":
            return ("claim", self.token, f"The mill at Marj Eluan burned, seen from the ridge, {next(self.turn)}.")
        if name == "rotation":
            return ROTATION
        builders.received(self.people)  # so that there is something to sign
        return CHECKPOINT

    def suffer(self, name: str, fault: Fault | None) -> Outcome:
        deed = self.deed(name)
        session.rollback()
        before, keys_before = trail.size(), vkey()
        session.remove()
        db.engine.dispose()  # the other process is alone with the files, and puts them away
        outcome = suffering(fault, self.environment, *deed)
        if outcome.acknowledged:
            assert_done(name, before, keys_before)
        assert_goes_on(self.people)
        return outcome


@pytest.fixture
def desk_of_files(desk: Flask, database: dict[str, str], home: Path) -> Suffering:
    people = builders.desk(desk)
    builders.published(people)
    checkpoints.publish_checkpoint()
    token = seated(people.reviewers[0].person or 0)
    return Suffering(people, {**database, "ASSAY_HOME": str(home)}, token, count())


def vkey() -> str:
    signer = keyring.ring(session).present
    session.rollback()
    assert signer is not None
    return signer.vkey


def assert_done(name: str, before: int, key: str) -> None:
    """What was acknowledged is there."""
    session.rollback()
    last = session.scalars(select(Event.type).where(Event.seq >= before)).all()
    if name == "claim":
        assert last == ["claim.received"]
    if name == "checkpoint":
        newest = session.scalars(select(Checkpoint.text).order_by(Checkpoint.size.desc()).limit(1)).one()
        assert newest == (config.home() / remembered.FILE).read_text("utf-8")
        assert note.parse_checkpoint(newest).size == before
    if name == "rotation":
        assert vkey() != key
    session.rollback()


def assert_goes_on(people: builders.Desk) -> None:
    """Nothing is called rolled back, what was remembered is signed again as it was, and the next acts succeed."""
    session.rollback()
    assert (health.log(), health.rollback()) == ("ok", None)
    assert_whole()
    path = config.home() / remembered.FILE
    then = note.parse_checkpoint(path.read_text("utf-8"))
    again = checkpoints.publish_checkpoint()
    assert again is not None
    if note.parse_checkpoint(again).size == then.size:
        assert note.parse_checkpoint(path.read_text("utf-8")) == then
    builders.received(people)
    text = checkpoints.publish_checkpoint()
    session.rollback()
    assert text is not None
    size = note.parse_checkpoint(text).size
    assert size == session.scalar(select(LogHead.size))
    assert subtrees.StoredTree(session, then.size).root() == then.root, "it contradicts what was published"
    session.rollback()
    assert_whole()


def test_an_act_whose_disk_fails_at_three_places(desk_of_files: Suffering, home: Path) -> None:
    chance = random.Random(SEED)
    for name in DEEDS:
        whole = desk_of_files.suffer(name, None)
        assert (whole.acknowledged, whole.failed) == (True, None), whole.said
        places = [(call, number) for call in CALLS for number in whole.numbers(call, home)]
        call, number = chance.choice(places)
        hit = desk_of_files.suffer(name, Fault(call, chance.choice(ERRORS), number))
        assert hit.failed is not None, (call, number, whole.calls)


@pytest.mark.soak
@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", DEEDS)
def test_an_act_whose_disk_fails_at_any_place(desk_of_files: Suffering, name: str, call: str, error: str) -> None:
    for number in range(1, TRIED):
        if desk_of_files.suffer(name, Fault(call, error, number)).failed is None:
            return
    raise AssertionError(f"{name} makes more than {TRIED} calls of {call}")
