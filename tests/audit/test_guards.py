"""The guards around the record: what fsck looks for is what the migrations set, and whatever is missing is named."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from review import clock, config, store
from review.audit import fsck, keys
from review.audit.fsck.definitions import POSTGRESQL, SQLITE
from review.audit.fsck.files import YOUNG, files, home_files
from review.audit.fsck.guards import FACTS, definitions, role, triggers
from review.models import session
from tests import builders, engines

Make = Callable[..., Flask]


def test_the_triggers_looked_for_are_those_that_the_migrations_set(desk: Flask, engine_name: str) -> None:
    wanted = SQLITE if engine_name == "sqlite" else POSTGRESQL
    present = definitions(session)
    assert present == wanted, "review/audit/fsck/definitions.py: " + repr(dict(sorted(present.items())))


def test_every_append_only_table_has_its_guards(engine_name: str) -> None:
    kinds = ("update", "delete", "replace") if engine_name == "sqlite" else ("change", "truncate")
    wanted = SQLITE if engine_name == "sqlite" else POSTGRESQL
    assert {f"{table}_refuses_{kind}" for table in FACTS for kind in kinds} <= wanted.keys()


@contextmanager
def changed(app: Flask, statement: str, back: str) -> Iterator[None]:
    """The database after a statement of the owner, and as it was again."""
    session.rollback()
    _as_owner(app, statement)
    try:
        yield
    finally:
        session.rollback()
        _as_owner(app, back)


def _as_owner(app: Flask, statement: str, url: str = "") -> None:
    engine = create_engine(url or app.config["MIGRATION_DATABASE_URL"], poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


BACK = "ALTER TABLE event ENABLE ALWAYS TRIGGER event_refuses_change"
ASLEEP = {
    "asleep": ("ALTER TABLE event DISABLE TRIGGER event_refuses_change", BACK),
    "awake for the origin alone": ("ALTER TABLE event ENABLE TRIGGER event_refuses_change", BACK),
    "doing nothing": (
        "CREATE OR REPLACE FUNCTION assay_event_in_order() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "SELECT 1",
    ),
    "reading whatever is called event": ("ALTER FUNCTION assay_event_in_order() RESET search_path", "SELECT 1"),
}


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
@pytest.mark.parametrize("how", sorted(ASLEEP))
def test_a_trigger_that_stands_there_and_does_not_guard_is_named(desk: Flask, how: str) -> None:
    assert list(triggers(session)) == []
    with changed(desk, *ASLEEP[how]):
        said = list(triggers(session))
    assert said
    assert all("is not the one that was set, or it sleeps" in one for one in said)


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_check_that_is_gone_is_named(desk: Flask) -> None:
    back = "ALTER TABLE event ADD CONSTRAINT ck_event_hash CHECK (leaf = sha256('\\x00'::bytea || line))"
    with changed(desk, "ALTER TABLE event DROP CONSTRAINT ck_event_hash", back):
        assert list(triggers(session)) == ["The check ck_event_hash is gone: a row may stand there whose hash is not its own."]
    assert list(triggers(session)) == []


@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_an_application_that_is_the_owner_is_told_to_be_two(
    database: dict[str, str], cluster: engines.Cluster, make_app: Make
) -> None:
    owner = database["MIGRATION_DATABASE_URL"]
    with make_app(DATABASE_URL=owner).app_context():
        (said, *_more) = role(session)
        session.rollback()
    assert said.startswith(f"The application's role {engines.OWNER} owns")
    assert "MIGRATION_DATABASE_URL" in said


@pytest.mark.parametrize(
    ("grant", "revoke", "sentence"),
    [
        (f"ALTER ROLE {engines.APPLICATION} SUPERUSER", f"ALTER ROLE {engines.APPLICATION} NOSUPERUSER", "is SUPERUSER"),
        (f"GRANT TRUNCATE ON event TO {engines.APPLICATION}", f"REVOKE TRUNCATE ON event FROM {engines.APPLICATION}", "with the table event"),
        (f"GRANT TRIGGER ON vote TO {engines.APPLICATION}", f"REVOKE TRIGGER ON vote FROM {engines.APPLICATION}", "with the table vote"),
        (f"GRANT {engines.OWNER} TO {engines.APPLICATION}", f"REVOKE {engines.OWNER} FROM {engines.APPLICATION}", "may become the owner"),
        (f"GRANT CREATE ON SCHEMA public TO {engines.APPLICATION}", f"REVOKE CREATE ON SCHEMA public FROM {engines.APPLICATION}", "create tables"),
        (
            f"GRANT SET ON PARAMETER session_replication_role TO {engines.APPLICATION}",
            f"REVOKE SET ON PARAMETER session_replication_role FROM {engines.APPLICATION}",
            "set session_replication_role",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine_name", ["postgresql"], indirect=True)
def test_a_right_too_many_is_named(desk: Flask, cluster: engines.Cluster, grant: str, revoke: str, sentence: str) -> None:
    assert list(role(session)) == []
    name = desk.config["SQLALCHEMY_DATABASE_URI"].rpartition("/")[2]
    session.rollback()
    cluster.run(grant, name)
    try:
        said = list(role(session))
    finally:
        session.rollback()
        cluster.run(revoke, name)
    assert any(sentence in one for one in said), said


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize("pragma", ["secure_delete=OFF", "synchronous=OFF", "ignore_check_constraints=ON"])
def test_a_setting_of_sqlite_that_is_not_ours_is_named(desk: Flask, pragma: str) -> None:
    assert list(role(session)) == []
    raw: Any = session.connection().connection.dbapi_connection
    session.rollback()
    raw.execute(f"PRAGMA {pragma}")
    said = list(role(session))
    session.rollback()
    raw.close()
    assert [one.split()[3] for one in said] == [pragma.partition("=")[0]]


# --- files --------------------------------------------------------------------------------------------------


@pytest.fixture
def kept(desk: Flask) -> Path:
    builders.desk(desk)
    session.rollback()
    return config.home()


@pytest.mark.parametrize("name", ["keys", "keys/signing", "keys/master"])
def test_a_key_that_others_may_read_is_named(kept: Path, name: str) -> None:
    assert list(home_files(kept)) == []
    before = (kept / name).stat().st_mode
    os.chmod(kept / name, 0o755)
    assert list(home_files(kept)) == [f"Others on this machine may read {name}. Run chmod go= on it."]
    os.chmod(kept / name, before)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_a_database_that_others_may_read_is_named(kept: Path) -> None:
    os.chmod(kept / config.DATABASE_FILE, 0o644)
    assert list(home_files(kept)) == []
    os.chmod(kept, 0o755)
    assert list(home_files(kept)) == ["Others on this machine may read the database. Run chmod go= on ASSAY_HOME."]


def test_a_file_that_nothing_refers_to_is_named_once_it_is_old(kept: Path) -> None:
    sha256 = store.objects().put_once(b"left behind")
    assert list(files(session, store.objects())) == []
    later = clock.now() + YOUNG + timedelta(minutes=1)
    with clock.reading(lambda: later):
        assert list(files(session, store.objects())) == [
            f"The file {sha256} is kept and nothing refers to it. Look at it, and take it away if it is nobody's."
        ]


def test_the_wrong_master_key_is_named(kept: Path) -> None:
    (kept / "keys" / "master").write_text(keys.b64(b"\7" * 32) + "\n")
    keys.load.cache_clear()
    said = list(fsck.people_and_claims(session, keys.load(kept)))
    assert said
    assert all("cannot be opened with the master key" in one for one in said)
