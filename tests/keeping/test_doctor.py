"""How the desk is: words for a machine at /healthz, sentences for its keeper, a banner for its admins."""

from __future__ import annotations

import os
import time
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import downgrade
from sqlalchemy import create_engine

from review import clock, config
from review.actions import checkpoints, log
from review.audit import escrow
from review.keeping import archive, doctor
from review.models import session
from review.queries import health
from review.rules.permissions import SYSTEM
from tests import builders, trail
from tests.conftest import Make
from tests.web.sitting import sitting

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def flask(app: Flask, *words: str) -> Result:
    session.rollback()
    return app.test_cli_runner().invoke(args=[*words])


def finding(part: str) -> doctor.Finding:
    session.rollback()
    (found,) = (one for one in doctor.findings() if one.part == part)
    session.rollback()
    return found


def well() -> None:
    """Everything that a keeper looks after was looked after."""
    health.beat()
    escrow.note_export(config.home())
    log.record_backup(SYSTEM, size=trail.size())
    checkpoints.publish_checkpoint()


def free(monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _home: Usage(0, 0, room))


def test_a_desk_that_is_well_ends_with_0_and_says_so_of_every_part(people: builders.Desk) -> None:
    well()
    done = flask(people.app, "doctor")
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert [line.split(":")[0].split() for line in lines] == [
        ["OK", part]
        for part in ("Database", "Tables", "Worker", "Disk", "Words", "Keys", "Backup", "Checkpoint", "Trail", "Jobs", "Mail")
    ]


def test_one_failure_ends_with_1_and_a_warning_does_not(people: builders.Desk) -> None:
    well()
    (config.home() / "keys" / "exported").unlink()
    warned = flask(people.app, "doctor")
    assert (warned.exit_code, "warning  Keys" in warned.output) == (0, True)
    (config.home() / health.BEAT_FILE).unlink()
    failed = flask(people.app, "doctor")
    assert (failed.exit_code, "FAILURE  Worker: It never ran here" in failed.output) == (1, True)


@pytest.mark.parametrize(("type_", "word"), [("C", "unknown"), ("C.UTF-8", "ok")])
def test_an_index_that_sees_no_arabic_letters_is_told(
    request: pytest.FixtureRequest, engine_name: str, people: builders.Desk, type_: str, word: str
) -> None:
    assert finding("Words").word == doctor.OK
    if engine_name != "postgresql":
        return
    cluster = request.getfixturevalue("cluster")
    cluster.run(f"CREATE DATABASE plain TEMPLATE template0 LC_CTYPE '{type_}'")
    cluster.run("CREATE EXTENSION pg_trgm", "plain")
    engine = create_engine(f"postgresql+psycopg://postgres@127.0.0.1:{cluster.port}/plain")
    try:
        with engine.connect() as connection:
            assert health.letters(connection) == word
    finally:
        engine.dispose()
        cluster.drop("plain")


def test_a_worker_that_fell_silent_is_a_failure(people: builders.Desk) -> None:
    health.beat()
    assert finding("Worker").word == doctor.OK
    long_ago = time.time() - health.BEAT_AGE - 1
    os.utime(config.home() / health.BEAT_FILE, (long_ago, long_ago))
    assert (finding("Worker").word, health.worker()) == (doctor.FAILURE, "silent")


@pytest.mark.parametrize(
    "room, word, told, code",
    [
        (2 * health.LOW, "ok", doctor.OK, 200),
        (health.LOW - 1, "low", doctor.WARNING, 200),
        (health.ROOM - 1, "full", doctor.FAILURE, 503),
    ],
)
def test_a_disk_that_fills_is_told_early(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch, room: int, word: str, told: str, code: int
) -> None:
    health.beat()
    free(monkeypatch, room)
    assert finding("Disk").word == told
    answer = sitting(people.app, people.lead).get("/healthz")
    assert (answer.status_code, answer.get_json()["disk"]) == (code, word)


def test_healthz_holds_words_and_no_count(people: builders.Desk) -> None:
    builders.published(people)
    health.beat()
    told = people.app.test_client().get("/healthz").get_json()
    assert told == {"database": "ok", "migrations": "ok", "log": "ok", "trail": "unchecked", "worker": "ok", "disk": told["disk"]}
    assert not any(letter.isdigit() for letter in str(told))


@pytest.mark.parametrize("role", ["admin", "lead", "reviewers"])
def test_admins_and_nobody_else_see_a_banner(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch, role: str
) -> None:
    actor = {"admin": people.admin, "lead": people.lead, "reviewers": people.reviewers[0]}[role]
    client = sitting(people.app, actor)

    def told(words: str) -> bool:
        return words in client.get("/desk/incidents").get_data(as_text=True)

    assert told("The worker is silent") == (role == "admin")
    health.beat()
    assert not told("The worker is silent")
    assert not told("The disk is nearly full")
    free(monkeypatch, health.LOW - 1)
    assert told("The disk is nearly full") == (role == "admin")


def test_keys_that_others_may_read_are_a_failure(people: builders.Desk) -> None:
    well()
    (config.home() / "keys" / "master").chmod(0o644)
    assert (finding("Keys").word, "chmod" in finding("Keys").sentence) == (doctor.FAILURE, True)
    (config.home() / "keys" / "master").chmod(0o600)
    assert finding("Keys").word == doctor.OK


def test_keys_that_are_gone_are_a_failure(people: builders.Desk) -> None:
    from review.audit import keys

    (config.home() / "keys" / "master").unlink()
    keys.load.cache_clear()
    assert "is gone: nothing can be written" in finding("Keys").sentence


def test_exporting_the_keys_is_remembered(people: builders.Desk, tmp_path: Path) -> None:
    assert finding("Keys").word == doctor.WARNING
    done = people.app.test_cli_runner().invoke(
        args=["audit", "key", "--export", str(tmp_path / "keys.json")], env={"ASSAY_PASSPHRASE": "nine grey barges"}
    )
    assert done.exit_code == 0, done.output
    assert finding("Keys").word == doctor.OK


def test_an_old_backup_is_a_warning(people: builders.Desk) -> None:
    assert "None was ever made" in finding("Backup").sentence
    start = clock.now()
    log.record_backup(SYSTEM, size=trail.size())
    assert finding("Backup").word == doctor.OK
    with clock.reading(lambda: start + timedelta(days=8)):
        assert finding("Backup").word == doctor.WARNING
        assert f"The last is of {start:%Y-%m-%d}" in finding("Backup").sentence


def test_a_log_that_grows_unsigned_is_a_failure(people: builders.Desk) -> None:
    checkpoints.publish_checkpoint()
    later = clock.now() + timedelta(hours=4)
    with clock.reading(lambda: later):
        assert finding("Checkpoint").word == doctor.OK, "nothing new is nothing to sign"
        builders.received(people)
        assert finding("Checkpoint").word == doctor.FAILURE
        checkpoints.publish_checkpoint()
        assert finding("Checkpoint").word == doctor.OK


def test_a_job_that_fails_again_and_again_is_a_failure(people: builders.Desk) -> None:
    from review import jobs
    from review.actions.accounts import account_write
    from review.models import Job

    with account_write():
        payload = {"incident": "i-aaaaaaaaaaaaaaaa", "proposal": 1}
        session.add(Job(kind="publish_grade", key="one", payload=payload, due_at=clock.now()))
    moment = clock.now()
    for turn in range(5):
        assert finding("Jobs").word == (doctor.OK if turn < 4 else doctor.FAILURE)
        with clock.reading(lambda turn=turn: moment + timedelta(hours=turn)):
            jobs.run_due()
    assert "publish_grade fails again and again (NotFound)" in finding("Jobs").sentence


def test_tables_of_another_version_are_named(people: builders.Desk, database: dict[str, str]) -> None:
    session.remove()
    downgrade(revision="-1")
    done = flask(people.app, "doctor")
    assert (done.exit_code, "Run make upgrade." in done.output) == (1, True)


def test_upgrade_backs_up_migrates_and_compares(people: builders.Desk, home: Path) -> None:
    ref = builders.published(people)
    size = trail.size()
    session.remove()
    downgrade(revision="-1")
    older = flask(people.app, "upgrade")
    assert older.exit_code == 0, older.output
    (backup,) = (home / "backups").iterdir()
    manifest = archive.check(backup)
    assert manifest.log is not None
    assert manifest.log.size == size
    assert health.migrations() == "ok"
    assert "The database is what its trail says." in older.output
    session.rollback()
    assert trail.last().type == "backup.made"
    assert builders.view(ref).stage == "published"


def test_there_is_nothing_to_upgrade_before_there_is_a_desk(
    home: Path, empty_database: dict[str, str], engine_name: str
) -> None:
    from review import create_app
    from review.extensions import db

    app = create_app({"ASSAY_HOME": str(home), **empty_database})
    done = app.test_cli_runner().invoke(args=["upgrade"])
    assert (done.exit_code, "make run makes one" in done.output) == (1, True)
    missing = app.test_cli_runner().invoke(args=["backup", str(home.parent / "x.tar")])
    assert missing.exit_code == 1
    assert "could not be copied" in missing.output
    with app.app_context():
        db.engine.dispose()


def test_lines_that_name_no_witness_are_listed_as_each_reader_lists(make_app: Make, tmp_path: Path) -> None:
    path = tmp_path / "witnesses"
    path.write_text("no key\n\nnor this\n")
    app = make_app(ASSAY_WITNESSES=str(path))
    with app.app_context():
        people = builders.desk(app)
        assert finding("Witnesses").sentence.endswith("no verifier key of a witness: 1, 3.")
        client = sitting(app, people.admin)
        asked = {code: client.get("/desk", headers={"Accept-Language": code}) for code in ("en", "ar")}
        told = {code: answer.get_data(as_text=True) for code, answer in asked.items()}
    assert "no verifier key of a witness: 1, 3." in told["en"]
    assert ": 1، و3." in told["ar"]
