"""Statements against the tables, one line each: the engine refuses every one, as the application's own role."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from review import config, create_app, store
from review.audit import fsck, keys
from review.extensions import db, write_mode
from review.models import session
from tests import engines
from tests.audit.attacks import NAMED, POSTGRESQL, REFUSED, SQLITE, Attack
from tests.audit.whole import populated, signed

LEAST = 30
RECORD = (
    "event", "disclosure", "log_head", "checkpoint", "policy", "codebook_version", "round", "round_closing", "vote",
    "settlement", "settlement_closing", "approval", "determination",
)  # fmt: skip
THEIRS = {"sqlite": SQLITE, "postgresql": POSTGRESQL}


Settings = dict[str, str]


@contextmanager
def opened(settings: Settings) -> Iterator[Flask]:
    """The desk of these settings, its context open."""
    app = create_app({**settings, "TESTING": True})
    with app.app_context():
        yield app
        session.remove()
        db.engine.dispose()


def filled(settings: Settings) -> Settings:
    with opened(settings) as app:
        populated(app)
        signed()
    return settings


@pytest.fixture(scope="module")
def on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("attacked")
    shutil.copyfile(sqlite_template, home / "assay.db")
    url = f"sqlite:///{home / 'assay.db'}"
    return filled({"ASSAY_HOME": str(home), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": url})


@pytest.fixture(scope="module")
def on_postgresql(
    cluster: engines.Cluster, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """The desk as the README sets it up: an owner who migrated, and the application's role."""
    name, home = cluster.create(postgresql_template), tmp_path_factory.mktemp("attacked")
    urls = {"DATABASE_URL": cluster.url(engines.APPLICATION, name), "MIGRATION_DATABASE_URL": cluster.url(engines.OWNER, name)}
    yield filled({"ASSAY_HOME": str(home), **urls})
    cluster.drop(name)


def everything(connection: Any) -> dict[str, list[Any]]:
    """Every row of the record, bytes and all."""
    tables = db.metadata.tables
    return {name: sorted(map(repr, connection.execute(select(tables[name])))) for name in RECORD}


def send(settings: Settings, attack: Attack) -> str | None:
    """What the engine answered the last statement with, where it refused; nothing is kept either way."""
    engine = create_engine(settings["DATABASE_URL"], poolclass=NullPool)
    mode = write_mode.set(True)
    try:
        with engine.connect() as connection:
            for statement in attack.statements[:-1]:
                connection.exec_driver_sql(statement)
            try:
                connection.exec_driver_sql(attack.statements[-1])
            except DBAPIError as refusal:
                return str(refusal.orig)
            return None
    finally:
        write_mode.reset(mode)
        engine.dispose()


@pytest.mark.parametrize("engine", sorted(THEIRS))
def test_there_are_thirty_of_them_and_each_says_what_it_is_for(engine: str) -> None:
    refused = [attack for attack in THEIRS[engine] if attack.end == REFUSED]
    assert len(refused) >= LEAST
    assert len({attack.aim for attack in THEIRS[engine]}) == len(THEIRS[engine])
    assert len({attack.statements for attack in THEIRS[engine]}) == len(THEIRS[engine])


REASONS = (
    "append-only", "never goes back", "permission denied", "must be owner", "must be able to SET ROLE",
    "must be superuser", "must be member", "must have admin option", "violates check constraint",
)  # fmt: skip


@pytest.mark.parametrize("attack", [one for one in SQLITE if one.end == REFUSED], ids=lambda one: one.aim)
def test_sqlite_refuses(on_sqlite: Settings, attack: Attack) -> None:
    answer = send(on_sqlite, attack)
    assert answer is not None, "the engine took it"
    assert any(reason in answer for reason in REASONS), answer


@pytest.mark.parametrize("attack", [one for one in POSTGRESQL if one.end == REFUSED], ids=lambda one: one.aim)
def test_postgresql_refuses(on_postgresql: Settings, attack: Attack) -> None:
    answer = send(on_postgresql, attack)
    assert answer is not None, "the engine took it"
    assert any(reason in answer for reason in REASONS), answer


@pytest.mark.parametrize("attack", [one for one in SQLITE if one.end == NAMED], ids=lambda one: one.aim)
def test_what_one_file_cannot_refuse_fsck_names(on_sqlite: Settings, attack: Attack) -> None:
    with opened(on_sqlite):
        connection = session.connection()
        for statement in attack.statements:
            connection.exec_driver_sql(statement)
        said = list(fsck.check(session, keys.load(config.home()), store.objects()))
        session.rollback()
    assert said, attack.aim


@pytest.mark.parametrize("where", ["on_sqlite", "on_postgresql"])
def test_after_all_that_every_row_is_what_it_was(request: pytest.FixtureRequest, where: str) -> None:
    settings: Settings = request.getfixturevalue(where)
    with opened(settings):
        before = everything(session)
        session.rollback()  # a reader of ours would only make an ALTER TABLE wait
        for attack in THEIRS[where.removeprefix("on_")]:
            if attack.end == REFUSED:
                send(settings, attack)
        assert everything(session) == before
        assert list(fsck.check(session, keys.load(config.home()), store.objects())) == []
        session.rollback()
