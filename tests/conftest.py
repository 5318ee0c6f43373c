"""What every test can ask for: an engine, a home, a migrated desk, a client, a window of Chromium."""

from __future__ import annotations

import gc
import hashlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from hypothesis import HealthCheck, settings

from review import clock, create_app
from review.config import ENVIRONMENT
from review.extensions import db
from tests import builders, chromium, clocks, engines, once, staffing
from tests.missing import NEVER_REQUIRED, NOT_TESTED, everything_required, not_tested

settings.register_profile(
    "test", max_examples=40, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.register_profile(
    "soak", max_examples=2000, stateful_step_count=80, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "test"))

# A test's desk is its own: nothing of the machine's settings reaches it.
for _name in ENVIRONMENT:
    if _name != "ASSAY_DATA":
        os.environ.pop(_name, None)

once.share_pages()
once.share_phrases()

Make = Callable[..., Flask]


# --- engines -----------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    """Each engine in turn; every test that needs a database runs on both."""
    return str(request.param)


@pytest.fixture(scope="session")
def cluster() -> Iterator[engines.Cluster]:
    """A PostgreSQL server of this test process."""
    programs = engines.server_programs()
    if programs is None:
        not_tested("PostgreSQL (install postgresql)")
    with engines.cluster(programs) as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    home = tmp_path_factory.mktemp("template")
    path = home / "template.db"
    _migrate(home, f"sqlite:///{path}", f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(cluster: engines.Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty PostgreSQL database to copy."""
    name = cluster.create()
    home = tmp_path_factory.mktemp("template")
    _migrate(home, cluster.url(engines.APPLICATION, name), cluster.url(engines.OWNER, name))
    return name


def _migrate(home: Path, url: str, owner_url: str) -> None:
    app = create_app({"ASSAY_HOME": str(home), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": owner_url})
    with app.app_context():
        upgrade()
        db.engine.dispose()


# --- a desk ------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An empty ASSAY_HOME."""
    folder = tmp_path / "home"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def database(request: pytest.FixtureRequest, engine_name: str, home: Path) -> Iterator[dict[str, str]]:
    """The settings of a migrated database on this engine: empty, or with its people where the test asks for those."""
    template = request.getfixturevalue("staffed_template") if "staffed" in request.fixturenames else None
    if template is not None:
        shutil.copytree(template.home, home, dirs_exist_ok=True)
    if engine_name == "sqlite":
        path = home / "assay.db"
        shutil.copyfile(template.database if template else request.getfixturevalue("sqlite_template"), path)
        yield _on_sqlite(path)
        return
    running: engines.Cluster = request.getfixturevalue("cluster")
    name = running.create(template.database if template else request.getfixturevalue("postgresql_template"))
    yield _on_postgresql(running, name)
    running.drop(name)


def _on_sqlite(path: Path) -> dict[str, str]:
    return {"DATABASE_URL": f"sqlite:///{path}", "MIGRATION_DATABASE_URL": f"sqlite:///{path}"}


def _on_postgresql(running: engines.Cluster, name: str) -> dict[str, str]:
    return {
        "DATABASE_URL": running.url(engines.APPLICATION, name),
        "MIGRATION_DATABASE_URL": running.url(engines.OWNER, name),
    }


@pytest.fixture(scope="session")
def staffed_templates() -> staffing.Templates:
    """The desks with people that this test process has made so far."""
    return staffing.Templates()


@pytest.fixture
def filling() -> staffing.Filling:
    """What the tests of a module find on their desk beside its people; a module with incidents in common overrides it."""
    return staffing.nothing


@pytest.fixture
def staffed_template(
    request: pytest.FixtureRequest,
    engine_name: str,
    filling: staffing.Filling,
    staffed_templates: staffing.Templates,
    tmp_path_factory: pytest.TempPathFactory,
) -> staffing.Staffed:
    """The desk to copy for this test, made at the moment at which the test's clock stands."""
    frozen = "time" in request.fixturenames
    moving = request.getfixturevalue("time") if frozen else None

    def make() -> staffing.Staffed:
        home = tmp_path_factory.mktemp("staffed") / "home"
        home.mkdir(mode=0o700)
        if engine_name == "sqlite":
            path = home / "assay.db"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
            return staffing.staffed(home, path, _on_sqlite(path), filling, moving)
        running: engines.Cluster = request.getfixturevalue("cluster")
        name = running.create(request.getfixturevalue("postgresql_template"))
        return staffing.staffed(home, name, _on_postgresql(running, name), filling, moving)

    template = staffed_templates.get(engine_name, frozen, filling, make)
    if moving is not None:
        moving.at += template.took
    return template


@pytest.fixture
def empty_database(request: pytest.FixtureRequest, engine_name: str, home: Path) -> Iterator[dict[str, str]]:
    """The settings of a database without any table."""
    if engine_name == "sqlite":
        yield _on_sqlite(home / "assay.db")
        return
    running: engines.Cluster = request.getfixturevalue("cluster")
    name = running.create()
    yield _on_postgresql(running, name)
    running.drop(name)


@pytest.fixture
def make_app(home: Path, database: dict[str, str]) -> Iterator[Make]:
    """Makes applications on this test's database: `make_app(PSEUDO=True, WTF_CSRF_ENABLED=True)`."""
    made: list[Flask] = []

    def make(**config: Any) -> Flask:
        app = create_app(
            {"ASSAY_HOME": str(home), **database, "TESTING": True, "WTF_CSRF_ENABLED": False, **config}
        )
        made.append(app)
        with app.app_context():
            once.share_statements(db.engine)
        return app

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def app(make_app: Make) -> Flask:
    """The application on a migrated, empty database of this engine; forms need no token in it."""
    return make_app()


@pytest.fixture
def time() -> Iterator[clocks.Clock]:
    """A clock that the test moves. Asked for before a desk is built, so that no moment of it lies ahead."""
    moving = clocks.Clock()
    with clock.reading(moving):
        yield moving


@pytest.fixture
def desk(app: Flask) -> Iterator[Flask]:
    """The same, with its context open: for tests that call actions and queries without a page."""
    with app.app_context():
        yield app


@pytest.fixture
def staffed(desk: Flask, staffed_template: staffing.Staffed) -> builders.Desk:
    """What `builders.desk` makes, in the open context of this test's own application: a copy of one made before."""
    return replace(staffed_template.desk, app=desk)


@pytest.fixture
def filled(staffed: builders.Desk, staffed_template: staffing.Staffed) -> Any:
    """What the module's `filling` answered when the desk was made, of which `staffed` is a copy."""
    return staffed_template.filled


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a screen."""
    return app.test_client()


# --- Chromium ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, started once for this test process."""
    if chromium.binary() is None:
        not_tested("the browser (install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = chromium.launch(playwright)
        yield running
        running.close()


@pytest.fixture
def live_server(make_app: Make) -> Iterator[chromium.Server]:
    """The desk on a free port of 127.0.0.1, forms with their tokens."""
    with chromium.serving(make_app(WTF_CSRF_ENABLED=True)) as server:
        yield server


@pytest.fixture
def open_window(browser: Any, live_server: chromium.Server) -> Iterator[Callable[..., Any]]:
    """Opens one window a person; at the end no page may have complained in its console."""
    windows: list[chromium.Window] = []

    def open_one(**options: Any) -> Any:
        base_url = options.pop("base_url", live_server.url)
        window = chromium.open_window(browser, base_url, **options)
        windows.append(window)
        return window.page

    yield open_one
    complaints = [complaint for window in windows for complaint in window.complaints]
    for window in windows:
        window.context.close()
    assert complaints == []


@pytest.fixture
def page(open_window: Callable[..., Any]) -> Any:
    """One window at the size of a small desk."""
    return open_window(viewport={"width": 1280, "height": 800})


# --- what was not tested, and going on where a soak stopped ------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--resume", metavar="FOLDER", help="note what passed at this commit and leave it out")


@lru_cache(maxsize=1)
def _commit() -> str:
    """The commit under test; with changes on top of it, also which."""
    commit = _git("rev-parse", "--short=12", "HEAD") or "no-commit"
    changes = _git("diff", "HEAD")
    return f"{commit}-{hashlib.sha256(changes.encode()).hexdigest()[:8]}" if changes else commit


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], capture_output=True, text=True, check=False, cwd=Path(__file__).parent
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def _ledger(config: pytest.Config) -> Path | None:
    folder = config.getoption("--resume")
    if not folder:
        return None
    Path(folder).mkdir(exist_ok=True)
    return Path(folder) / f"{_commit()}.passed"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ledger = _ledger(config)
    if ledger is None or not ledger.exists():
        return
    passed = set(ledger.read_text(encoding="utf-8").splitlines())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in passed])
    items[:] = [item for item in items if item.nodeid not in passed]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was collected stays to the end: no search for garbage walks it again, and none comes as often as by default."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    ledger = _ledger(item.config) if report.when == "call" and report.passed else None
    if ledger is not None:
        with ledger.open("a", encoding="utf-8") as file:
            file.write(item.nodeid + "\n")


def _left_out(config: pytest.Config, prefix: str) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    told = [report.longrepr[2] for report in skipped if isinstance(report.longrepr, tuple)]
    reasons = [reason.removeprefix("Skipped: ") for reason in told]
    named = sorted({reason for reason in reasons if reason.startswith(prefix)})
    return [f"{reason}: {reasons.count(reason)} tests" for reason in named]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workerinput") or not everything_required():
        return
    if session.exitstatus == pytest.ExitCode.OK and _left_out(session.config, NOT_TESTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    lines = _left_out(config, NOT_TESTED) + _left_out(config, NEVER_REQUIRED)
    if _ledger(config) is not None:
        terminalreporter.write_line(f"soak of commit {_commit()}")
    if not lines:
        return
    width = max(len(line) for line in lines) + 4
    red = {"red": True, "bold": True}
    terminalreporter.write_line("#" * width, **red)
    for line in lines:
        terminalreporter.write_line(f"# {line.ljust(width - 4)} #", **red)
    terminalreporter.write_line("#" * width, **red)
    if everything_required() and _left_out(config, NOT_TESTED):
        terminalreporter.write_line("REQUIRE_ALL=1: what was not tested fails the run.", **red)
