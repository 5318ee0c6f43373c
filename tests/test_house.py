"""The house itself: settings made once, the clock, the object store, the engines, the server with its worker."""

from __future__ import annotations

import hashlib
import io
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from review import clock, config, store
from review.extensions import db, write_mode
from tests.engines import free_port

# --- settings ----------------------------------------------------------------------------------------------


def test_what_is_not_given_is_made_once_and_only_its_owner_reads_it(home: Path) -> None:
    first, second = (config.settings({"ASSAY_HOME": str(home)}) for _ in range(2))
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert re.fullmatch(r"assay\.invalid/[a-z2-7]{8}", first["ASSAY_ORIGIN"])
    assert first["ASSAY_ORIGIN"] == second["ASSAY_ORIGIN"]
    assert stat.S_IMODE((home / "secret_key").stat().st_mode) == 0o600
    assert first["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{home}/assay.db"


def test_many_starters_at_once_agree_on_one_secret(home: Path) -> None:
    found: list[str] = []
    made = iter(range(100))
    threads = [
        threading.Thread(target=lambda: found.append(config.kept(home / "secret_key", lambda: str(next(made)))))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_the_logs_name_may_change_until_the_log_is_opened(home: Path) -> None:
    given = {"ASSAY_HOME": str(home), "ASSAY_ORIGIN": "desk.example/log1"}
    config.settings({"ASSAY_HOME": str(home)})
    assert config.settings(given)["ASSAY_ORIGIN"] == "desk.example/log1"
    (home / "keys").mkdir()
    (home / "keys" / "signing").touch()
    with pytest.raises(config.OriginChanged):
        config.settings({**given, "ASSAY_ORIGIN": "desk.example/log2"})
    assert config.settings({"ASSAY_HOME": str(home)})["ASSAY_ORIGIN"] == "desk.example/log1"


@pytest.mark.parametrize("url", ["postgres://a@h/d", "postgresql://a@h/d", "postgresql+psycopg://a@h/d"])
def test_postgresql_is_always_reached_through_psycopg_3(url: str) -> None:
    assert config.database_url(url) == "postgresql+psycopg://a@h/d"


# --- the clock ---------------------------------------------------------------------------------------------


def test_a_moment_is_utc_to_the_millisecond() -> None:
    moment = datetime(2031, 3, 14, 1, 59, 26, 535897, tzinfo=timezone(timedelta(hours=3)))
    with clock.reading(lambda: moment):
        assert clock.now() == datetime(2031, 3, 13, 22, 59, 26, 535000, tzinfo=UTC)
        assert clock.stamp(clock.now()) == "2031-03-13T22:59:26.535Z"
        assert clock.today() == "2031-03-13"
    with pytest.raises(ValueError, match="no moment"):
        clock.stamp(datetime(2031, 3, 14))  # noqa: DTZ001


# --- the object store --------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> store.Store:
    return store.Store((tmp_path / "objects").as_uri())


def test_a_file_is_kept_once_under_its_hash(kept: store.Store, tmp_path: Path) -> None:
    content = b"what was seen" * 1000
    digest = kept.put_once(content)
    assert digest == kept.put_once(io.BytesIO(content)) == hashlib.sha256(content).hexdigest()
    assert [path.name for path in (tmp_path / "objects").rglob("*") if path.is_file()] == [digest]
    assert kept.get(digest) == b"".join(kept.stream(digest)) == content
    assert kept.range(digest, 5, 8) == content[5:8]
    assert kept.size(digest) == len(content)
    assert kept.exists(digest)


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "", "A" * 64])
def test_what_is_not_kept_is_missing_whatever_it_is_called(kept: store.Store, digest: str) -> None:
    assert not kept.exists(digest)
    with pytest.raises(store.MissingObject):
        kept.get(digest)


# --- the engines -------------------------------------------------------------------------------------------


def test_sqlite_is_set_to_keep_what_it_was_told_and_forget_what_it_must(desk: Flask, engine_name: str) -> None:
    if engine_name != "sqlite":
        return
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10000, "secure_delete": 1}
    with db.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in wanted}
    assert found == wanted


def test_postgresql_runs_in_utc_without_jit(desk: Flask, engine_name: str) -> None:
    if engine_name != "postgresql":
        return
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW jit").scalar() == "off"
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"


def test_a_write_takes_the_lock_at_its_beginning(desk: Flask, engine_name: str) -> None:
    if engine_name != "sqlite":
        return
    mode = write_mode.set(True)
    try:
        with db.engine.connect() as writer:
            writer.exec_driver_sql("SELECT 1")
            with db.engine.connect() as other, pytest.raises(sa.exc.OperationalError, match="locked"):
                raw = other.connection.dbapi_connection
                raw.execute("PRAGMA busy_timeout=0")
                try:
                    other.exec_driver_sql("SELECT 1")
                finally:
                    raw.execute("PRAGMA busy_timeout=10000")
    finally:
        write_mode.reset(mode)


# --- the templates -----------------------------------------------------------------------------------------

# A role beside a sign of comparison, within one pair of braces.
COMPARED = re.compile(r"""\{[%{][^{}%]*(?:\brole\s*(?:==|!=|in\s*[(\[])|\brole\s+not\s+in\s*[(\[]|(?:==|!=)\s*[\w.]*\brole\b)""")
TEMPLATES = Path(__file__).parent.parent / "templates"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ('{% if visitor.role == "lead" %}', True),
        ('{{ _("Yes") if visitor.role in ("lead", "admin") }}', True),
        ('{% if "lead" == page.role %}', True),
        ('{% if visitor.may("reopen") %}{{ one.role|word("role") }}', False),
        ("{% for role, _name in shown %}{% if role in right.roles %}", False),
    ],
)
def test_a_role_that_is_compared_is_seen(words: str, found: bool) -> None:
    assert bool(COMPARED.search(words)) is found


def test_no_page_asks_for_a_role_where_it_means_a_right() -> None:
    """What a role may do stands in one table: a page asks for the permission, through the visitor or its view."""
    pages = sorted(TEMPLATES.rglob("*.html"))
    assert len(pages) > 100
    assert [str(one.relative_to(TEMPLATES)) for one in pages if COMPARED.search(one.read_text("utf-8"))] == []


# --- the server --------------------------------------------------------------------------------------------


def answer(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def wait_for(url: str, process: subprocess.Popen[str]) -> tuple[int, str]:
    """The first 200 of an address, or the last answer when patience ends."""
    last: tuple[int, str] = (0, "")
    for _ in range(300):
        assert process.poll() is None, "the supervisor ended"
        try:
            last = answer(url)
        except (urllib.error.URLError, ConnectionError):
            last = (0, "no answer yet")
        if last[0] == 200:
            break
        time.sleep(0.1)
    return last


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_make_run_serves_with_a_worker_and_ends_both(home: Path, how: signal.Signals) -> None:
    port = free_port()
    environment = {**os.environ, "ASSAY_HOME": str(home)}
    command = [sys.executable, "-m", "review.serving", "--port", str(port)]
    log = home / "log"
    with log.open("w") as out, subprocess.Popen(
        command, cwd=config.ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert wait_for(f"http://127.0.0.1:{port}/healthz", process) == (
                200,
                '{"database":"ok","disk":"ok","log":"ok","migrations":"ok","trail":"ok","worker":"ok"}\n',
            )
            link = re.search(r"http://\S+/setup/\S+", log.read_text())[0]
            assert answer(link)[0] == 200
            both = children(process.pid)
            assert len(both) == 2
            process.send_signal(how)
            assert process.wait(40) == 0
        finally:
            process.terminate()
    assert [child for child in both if Path(f"/proc/{child}").exists()] == []
