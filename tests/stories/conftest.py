"""What the stories start from: one engine, a desk with its people, or the whole sample of `flask demo`."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from review import create_app
from review.actions import passwords, second_factors
from review.extensions import db
from review.rules.second_factors import OFF
from tests import builders, chromium
from tests.stories.people import PASSWORD

# A story waits for what it reads, however busy the machine is; it never sleeps.
expect.set_options(timeout=30_000)


@pytest.fixture
def engine_name() -> str:
    """The pages are the same on every engine: a story is told once, on SQLite."""
    return "sqlite"


@pytest.fixture
def team(live_server: chromium.Server) -> Iterator[builders.Desk]:
    """People of every role who can sign in, on a desk whose rounds close when nothing is owed."""
    with live_server.app.app_context():
        desk = builders.desk(live_server.app, passwords.hash_password(PASSWORD))
        builders.at_once(desk)
        # Leads sign in often here; what a second factor asks is told in a story of its own.
        second_factors.switch(desk.admin, OFF)
        yield desk


# --- the sample of flask demo, filled in once ----------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """A folder that holds the sample's desk, and what its people type to sign in, by their addresses."""

    home: Path
    passwords: dict[str, str]


@pytest.fixture(scope="session")
def sample_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample, filled in by the command itself."""
    home = tmp_path_factory.mktemp("sample") / "home"
    home.mkdir(mode=0o700)
    path = home / "assay.db"
    shutil.copyfile(sqlite_template, path)
    app = create_app({"ASSAY_HOME": str(home), **_addresses(path), "TESTING": True})
    filled = app.test_cli_runner().invoke(args=["demo"])
    assert filled.exit_code == 0, filled.output
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    people = [line.split() for line in filled.stdout.splitlines() if "@" in line]
    return Sample(home, {email: password for _role, email, password in people})


@pytest.fixture
def sample(sample_template: Sample) -> Sample:
    """Asked for by a test whose desk is to hold the sample."""
    return sample_template


@pytest.fixture
def database(request: pytest.FixtureRequest, home: Path) -> dict[str, str]:
    """The settings of this test's own database: the sample where the test asks for it, else an empty one."""
    path = home / "assay.db"
    if "sample" in request.fixturenames:
        shutil.copytree(request.getfixturevalue("sample_template").home, home, dirs_exist_ok=True)
    else:
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return _addresses(path)


def _addresses(path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{path}", "MIGRATION_DATABASE_URL": f"sqlite:///{path}"}
