"""A desk that outgrew one machine: its backup of SQLite brought back into PostgreSQL, whole, and going on there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from review.extensions import db
from review.keeping import crossing
from tests import builders
from tests.actions.test_commands import flask
from tests.audit.checking import failures
from tests.engines import Cluster
from tests.keeping.test_backup import Elsewhere, backed_up, exported_keys, here
from tests.keeping.test_restoring import refused

__all__ = ["here"]
OLDER = "UPDATE alembic_version SET version_num = '0025'"


@pytest.fixture
def engine_name() -> str:
    """Where the desk stands until it moves."""
    return "sqlite"


@pytest.fixture
def server(cluster: Cluster, tmp_path: Path) -> Iterator[Elsewhere]:
    """An empty home and an empty database of PostgreSQL."""
    folder = tmp_path / "server"
    folder.mkdir(mode=0o700)
    name = cluster.create()
    roles = {"DATABASE_URL": "assay_app", "MIGRATION_DATABASE_URL": "assay_owner"}
    yield Elsewhere(folder, {setting: cluster.url(role, name) for setting, role in roles.items()})
    cluster.drop(name)


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table as the program reads it, bytes and all."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in db.metadata.sorted_tables
        }


def planned_by(url: str) -> set[str]:
    """The tables of which PostgreSQL knows how they are filled."""
    with sa.create_engine(url, poolclass=sa.NullPool).connect() as connection:
        return set(connection.scalars(sa.text("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")))


def test_a_whole_desk_goes_to_postgresql_and_on_from_there(
    desk: Flask, database: dict[str, str], here: Elsewhere, server: Elsewhere, tmp_path: Path
) -> None:
    assert flask(desk, "demo").exit_code == 0
    key_file = exported_keys(here, tmp_path)
    out = backed_up(here, tmp_path)
    told = tmp_path / "told"
    told.mkdir()
    with crossing.unpacked(out, told / "copy.db") as source:
        assert source.execute("SELECT count(*) FROM event").fetchone()[0] > 500
        copied = told / "kept.db"
        with sqlite3.connect(copied) as kept:
            source.backup(kept)
    assert not (told / "copy.db").exists()
    done = server.flask("restore", out, "--keys", key_file)
    assert done.exit_code == 0, done.output
    assert "The database is what its trail says." in done.stdout
    assert everything(server.database["DATABASE_URL"]) == everything(f"sqlite:///{copied}")
    assert not list(server.home.glob("*.part"))
    assert planned_by(server.database["MIGRATION_DATABASE_URL"]) >= {"event", "incident", "disclosure"}
    said = server.flask("audit", "key").stdout.strip()
    bundle = tmp_path / "bundle.zip"
    assert server.flask("audit", "export", bundle).exit_code == 0  # two more events, behind those that came along
    assert failures(bundle, key=said) == []
    assert "is not empty" in refused(server, out, "--keys", key_file)


def test_an_older_backup_is_brought_up_to_date_before_it_moves(
    staffed: builders.Desk, here: Elsewhere, server: Elsewhere, tmp_path: Path
) -> None:
    key_file = exported_keys(here, tmp_path)
    with sa.create_engine(here.database["MIGRATION_DATABASE_URL"]).begin() as connection:
        connection.exec_driver_sql(OLDER)
    out = backed_up(here, tmp_path)
    assert "is of an earlier version" in refused(server, out, "--keys", key_file)
    assert not (server.home / "keys").exists()


def test_a_value_that_postgresql_does_not_take_is_named_by_its_table(
    staffed: builders.Desk, here: Elsewhere, server: Elsewhere, tmp_path: Path
) -> None:
    key_file = exported_keys(here, tmp_path)
    with sa.create_engine(here.database["MIGRATION_DATABASE_URL"]).begin() as connection:
        connection.exec_driver_sql("UPDATE stream SET name = name || char(0)")
    out = backed_up(here, tmp_path)
    assert "does not take a value of the table stream" in refused(server, out, "--keys", key_file)
