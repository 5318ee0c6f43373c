"""A restoration that dies at any of its steps: what it left behind is no desk, and it can be made again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from review.actions import sources
from review.actions.uploads import Upload
from review.keeping import archive
from review.models import session
from tests import builders, newborn, trail
from tests.keeping.test_backup import Elsewhere, backed_up, elsewhere, exported_keys, here
from tests.keeping.test_rollback import emptied
from tests.test_architecture import ROOT

__all__ = ["elsewhere", "here"]


@pytest.fixture
def people_(staffed: builders.Desk) -> builders.Desk:
    return staffed


# --- a restoration that dies -------------------------------------------------------------------------------

DYING = """
import os, signal, sys

steps, count = int(sys.argv[1]), 0
WATCHED = {"open", "os.rename", "os.link", "os.remove", "os.mkdir", "sqlite3.connect", "socket.connect", "os.truncate"}

def step(name, given):
    global count
    if name not in WATCHED or not any(home in str(one) for one in given):
        return
    count += 1
    if count == steps:
        os.kill(os.getpid(), signal.SIGKILL)

home = os.environ["ASSAY_HOME"]
from review import create_app
app = create_app()
from sqlalchemy import event
from sqlalchemy.engine import Engine
event.listen(Engine, "before_cursor_execute", lambda *given: step("open", (home,)))
sys.addaudithook(step)
done = app.test_cli_runner().invoke(args=["restore", *sys.argv[2:]])
print(done.output)
print(count)
sys.exit(done.exit_code)
"""


def restoring(where: Elsewhere, steps: int, out: Path, key_file: Path) -> subprocess.CompletedProcess[str]:
    """A restoration that is killed with SIGKILL at this step of its own; at 0, never."""
    command = [sys.executable, "-c", DYING, str(steps), str(out), "--keys", str(key_file)]
    return newborn.run(command, cwd=ROOT, env={**os.environ, **where.environment})


def killed(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, folder: Path, clean: Callable[[], None], times: int
) -> None:
    """Kill it `times` times, evenly over its steps; each time the home is whole or can be restored into again."""
    ref = builders.published(people_)
    sources.capture_source(people_.enterer, ref, 1, upload=Upload(b"what was seen", "burnt.txt"))
    out, key_file = backed_up(here, folder), exported_keys(here, folder)
    size = trail.size() - 1
    session.rollback()
    whole = restoring(elsewhere, 0, out, key_file)
    assert whole.returncode == 0, whole.stdout + whole.stderr
    steps = int(whole.stdout.split()[-1])
    outcomes = set()
    for turn in range(times):
        clean()
        died = restoring(elsewhere, 1 + turn * (steps - 1) // max(times - 1, 1), out, key_file)
        assert died.returncode == -9, died.stdout + died.stderr
        outcomes.add(_mended(elsewhere, out, key_file, size))
    assert "restored again" in outcomes


def _mended(where: Elsewhere, out: Path, key_file: Path, size: int) -> str:
    again = where.flask("restore", out, "--keys", key_file)
    if again.exit_code:
        assert "The database is not empty" in again.output, again.output
        assert where.flask("db", "upgrade").exit_code == 0
    checked = where.flask("audit", "fsck")
    assert checked.exit_code == 0, checked.output
    doctor = where.flask("doctor").output
    assert "FAILURE  Keys" not in doctor, doctor
    assert where.flask("backup", out.with_name("probe.tar")).exit_code == 0
    told = archive.check(out.with_name("probe.tar")).log
    out.with_name("probe.tar").unlink()
    assert told is not None
    assert told.size == size
    return "whole" if again.exit_code else "restored again"


@pytest.fixture
def clean(request: pytest.FixtureRequest, engine_name: str, elsewhere: Elsewhere) -> Callable[[], None]:
    """Makes the other home, and on PostgreSQL its database, as new."""

    def anew() -> None:
        shutil.rmtree(elsewhere.home)
        elsewhere.home.mkdir(mode=0o700)
        if engine_name == "postgresql":
            emptied(request.getfixturevalue("cluster"), elsewhere.database["DATABASE_URL"])

    return anew


def test_a_restoration_killed_at_any_step_can_be_made_again(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path, clean: Callable[[], None]
) -> None:
    killed(people_, here, elsewhere, tmp_path, clean, 5)


@pytest.mark.soak
def test_a_restoration_killed_fifty_times(
    people_: builders.Desk, here: Elsewhere, elsewhere: Elsewhere, tmp_path: Path, clean: Callable[[], None]
) -> None:
    killed(people_, here, elsewhere, tmp_path, clean, 50)
