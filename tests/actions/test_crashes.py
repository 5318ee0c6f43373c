"""The PostgreSQL server killed while somebody writes: nothing acknowledged is lost, no gap, and fsck finds nothing."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade

from review import create_app
from review.extensions import db
from review.models import session
from tests import builders, engines, newborn
from tests.actions.test_concurrency import WRITER, assert_whole
from tests.missing import not_tested
from tests.test_architecture import ROOT

SEED = 20310314
MOST = 40  # votes before the server dies
DURABLE = ("fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60", "jit=off")


@pytest.fixture
def durable() -> Iterator[engines.Cluster]:
    """A server of this test alone, whose commits are on the disk when they are acknowledged."""
    programs = engines.server_programs()
    if programs is None:
        not_tested("PostgreSQL (install postgresql)")
    with engines.cluster(programs, DURABLE) as running:
        yield running


@pytest.fixture
def environment(durable: engines.Cluster, tmp_path: Path) -> dict[str, str]:
    name, home = durable.create(), tmp_path / "home"
    home.mkdir(mode=0o700)
    return {
        "ASSAY_HOME": str(home),
        "DATABASE_URL": durable.url(engines.APPLICATION, name),
        "MIGRATION_DATABASE_URL": durable.url(engines.OWNER, name),
    }


@pytest.fixture
def written(environment: dict[str, str]) -> Iterator[Flask]:
    app = create_app({**environment, "TESTING": True})
    with app.app_context():
        upgrade()
        yield app
        session.remove()
        db.engine.dispose()


def until_it_dies(durable: engines.Cluster, environment: dict[str, str], about: dict[str, object], votes: int) -> list[list[int]]:
    """What a writer was told is kept, before and while the server was killed under it."""
    command = [sys.executable, "-c", WRITER, json.dumps(about)]
    settings = {**os.environ, **environment}
    with newborn.Popen(
        command, cwd=ROOT, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _vote in range(votes)]
        durable.crash()
        rest, said = writer.communicate(timeout=120)
    assert writer.returncode == 1, said
    assert "OperationalError" in said
    return [json.loads(line) for line in (*acknowledged, *rest.splitlines())]


def dies(app: Flask, durable: engines.Cluster, environment: dict[str, str], times: int) -> None:
    people = builders.desk(app)
    ref, number = builders.round_opened(people)
    about = {"statements": 10**9, "ref": ref, "people": [actor.person for actor in people.voters]}
    chance = random.Random(SEED)
    for _time in range(times):
        session.remove()
        db.engine.dispose()
        acknowledged = until_it_dies(durable, environment, about, chance.randrange(1, MOST))
        dossier = builders.view(ref)
        for seq, turn in acknowledged:
            vote = dossier.vote(seq)
            assert vote is not None, f"vote {seq} was acknowledged and is lost"
            assert vote.ballot.casualties.killed.minimum == turn
        assert_whole()
    builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    assert_whole()


def test_a_server_killed_twice_loses_nothing_that_was_acknowledged(
    written: Flask, durable: engines.Cluster, environment: dict[str, str]
) -> None:
    dies(written, durable, environment, 2)


@pytest.mark.soak
def test_a_server_killed_twenty_times_loses_nothing_that_was_acknowledged(
    written: Flask, durable: engines.Cluster, environment: dict[str, str]
) -> None:
    dies(written, durable, environment, 20)
