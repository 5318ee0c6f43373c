"""What is spooled in clear while a bundle is made: under the home, for its keeper alone, gone with its maker."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from review import config
from review.actions import bundles, bundling, spooling
from review.audit.stored import StoredTrail
from tests import builders, newborn
from tests.actions.test_bundles import asked, published
from tests.actions.test_commands import flask
from tests.test_architecture import ROOT

MAKER = """
import sys, time
from review import create_app
from review.actions import spooling

with create_app().app_context(), spooling.spool() as folder:
    (folder / "disclosures.jsonl").write_text("a name in clear")
    print(folder.name, flush=True)
    time.sleep(600)
"""


def spools() -> list[str]:
    return sorted(path.name for path in config.exports().glob("spool-*"))


@pytest.fixture
def maker(team: builders.Desk, database: dict[str, str], home: Path) -> Iterator[subprocess.Popen[str]]:
    """Somebody who is at it, in a process of their own."""
    environment = {**os.environ, **database, "ASSAY_HOME": str(home)}
    process = newborn.Popen([sys.executable, "-c", MAKER], cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process.stdout:
        begun = process.stdout.readline().strip()
    assert spools() == [begun]
    yield process
    kill(process)


def kill(maker: subprocess.Popen[str]) -> None:
    maker.kill()
    maker.wait()


@pytest.mark.parametrize("take_away", [bundles.sweep, spooling.take_leftovers])
def test_what_a_killed_maker_left_is_taken_away_and_nothing_of_one_at_it(
    maker: subprocess.Popen[str], take_away: object
) -> None:
    here = spools()
    assert callable(take_away)
    take_away()
    assert spools() == here
    kill(maker)
    assert spools() == here
    take_away()
    assert spools() == []


def test_a_worker_begins_with_it(team: builders.Desk, maker: subprocess.Popen[str]) -> None:
    kill(maker)
    assert flask(team.app, "work", "--once").exit_code == 0
    assert spools() == []


def test_it_is_read_by_nobody_else(team: builders.Desk) -> None:
    with spooling.spool() as folder:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == config.exports()
        assert stat.S_IMODE(config.exports().stat().st_mode) == 0o700
    assert spools() == []


def test_a_bundle_that_cannot_be_read_through_leaves_no_file_open_and_no_spool(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(team)
    name = asked(team.lead)

    def broken(*_given: object) -> object:
        raise OSError("the disk fails")

    monkeypatch.setattr(StoredTrail, "disclosures", broken)
    with pytest.raises(OSError, match="the disk fails"):
        bundling.make(name)
    assert [path for path in opened() if "spool-" in path] == []
    assert spools() == []


def opened() -> list[str]:
    """The files that this process holds open."""
    return [os.readlink(path) for path in list(Path("/proc/self/fd").iterdir()) if os.path.lexists(path)]
