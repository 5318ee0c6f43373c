"""A worker killed in the middle of a bundle: no broken file, and the next run finishes it, recorded once."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from sqlalchemy import select

from review import config
from review.actions import bundles, bundling
from review.models import Bundle, session
from tests import builders, newborn, trail
from tests.actions.taking import verified
from tests.actions.test_bundles import FOR, published
from tests.test_architecture import ROOT

SEED = 20310314
STEPS = 150  # a bundle takes some more: statements, commits, files opened, written and moved

WORKER = '''
import os, signal, sys
from review import create_app
from review.actions import bundling
from review.extensions import db
from tests.killing import at_every_statement

left = int(sys.argv[2])

def step(*_given):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    at_every_statement(db.engine, step)
    sys.addaudithook(lambda name, _given: step() if name in ("open", "os.rename", "os.remove", "os.truncate") else None)
    bundling.TELLING = 0.0
    bundling.make(sys.argv[1])
print("done", flush=True)
'''


def killed_at(step: int, name: str, environment: dict[str, str]) -> bool:
    """Whether a worker that makes this bundle was killed at this step; else it had finished before."""
    command = [sys.executable, "-c", WORKER, name, str(step)]
    done = newborn.run(command, cwd=ROOT, env={**os.environ, **environment})
    assert (done.returncode, done.stdout) in ((-9, ""), (0, "done\n")), done.stderr
    return done.returncode == -9


def row(name: str) -> Bundle:
    session.rollback()
    return session.scalars(select(Bundle).where(Bundle.name == name)).one()


def dies(team: builders.Desk, environment: dict[str, str], steps: Iterable[int]) -> list[bool]:
    """Kill the worker of one bundle after the other at these steps, and let the next run finish each."""
    killed, spooled = [], Path(environment["TMPDIR"])
    for step in steps:
        name = bundles.ask(team.lead, profile="internal", ref=None, **FOR)
        size, before = row(name).size, trail.types().count("export.made")
        killed.append(killed_at(step, name, environment))
        place = config.exports() / name
        if place.exists():
            assert verified(place) == 0, f"half a bundle stands at step {step}"
        assert list(spooled.iterdir()) == [], "details in clear outside the home"
        bundling.make(name)
        done = row(name)
        assert (done.stage, done.size) == ("done", size), f"step {step}: {done.problem}"
        assert (verified(place), trail.types().count("export.made")) == (0, before + 1), step
        assert [path.name for path in config.exports().iterdir()] == [name]
        bundles.discard(team.lead, name)
    return killed


@pytest.fixture
def environment(team: builders.Desk, database: dict[str, str], home: Path, tmp_path: Path) -> dict[str, str]:
    builders.published(team)
    published(team)
    (tmp_path / "spool").mkdir()
    return {**database, "ASSAY_HOME": str(home), "TMPDIR": str(tmp_path / "spool")}


def test_a_worker_killed_in_the_middle_leaves_nothing_broken(team: builders.Desk, environment: dict[str, str]) -> None:
    steps = random.Random(SEED).sample(range(5, STEPS), 5)
    assert any(dies(team, environment, steps))


@pytest.mark.soak
def test_a_worker_killed_50_times_leaves_nothing_broken(team: builders.Desk, environment: dict[str, str]) -> None:
    assert any(dies(team, environment, range(1, STEPS, 3)))
