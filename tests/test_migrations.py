"""The migrations: they make the tables that the models describe, and lose nothing on the way up, down and up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade

from review import create_app
from review.actions import incidents, rounds
from review.config import ROOT
from review.extensions import db
from review.models.search import DESK, PUBLIC, has, looked_up, ours
from tests import builders
from tests.actions.test_imported_corrections import imported

# Versions behind which one fills what it finds by the rules of today. Coming from further down an earlier one that
# makes the same column has filled it already, and hides what this one does.
FILLED_BY_THE_NEXT = ("0022",)


def revisions() -> list[str]:
    """Every version, the first one first."""
    return [script.revision for script in ScriptDirectory(str(ROOT / "migrations")).walk_revisions()][::-1]


@contextmanager
def owner(app: Flask) -> Iterator[sa.Connection]:
    """A connection of the tables' owner."""
    engine = sa.create_engine(app.config["MIGRATION_DATABASE_URL"], poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@pytest.fixture
def bare(home: Path, empty_database: dict[str, str]) -> Iterator[Flask]:
    """An application on a database without any table."""
    app = create_app({"ASSAY_HOME": str(home), **empty_database, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_there_is_one_line_of_versions() -> None:
    script = ScriptDirectory(str(ROOT / "migrations"))
    assert len(script.get_heads()) == 1


def comparable(connection: sa.Connection) -> Callable[[str | None, str, Any], bool]:
    """What is ours; on SQLite without the one index that runs downwards, whose direction is not read back there."""
    unread = {"ix_incident_waiting"} if connection.dialect.name == "sqlite" else set()
    return lambda name, kind, parents: ours(name, kind, parents) and name not in unread


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index 'ix_incident_waiting'")
def test_the_versions_make_what_the_models_describe(bare: Flask) -> None:
    upgrade()
    with owner(bare) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": comparable(connection)})
        drift = compare_metadata(context, db.metadata)
    assert drift == []


def test_up_down_and_up_again(bare: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    with owner(bare) as connection:
        left = set(sa.inspect(connection).get_table_names()) - {"alembic_version"}
    assert left == set()
    upgrade()
    with owner(bare) as connection:
        assert set(db.metadata.tables) <= set(sa.inspect(connection).get_table_names())


def fill(app: Flask) -> None:
    """A history that reaches the tables: a disputed and settled grade, published, a draft of another, an import being graded, and
    a round that was abandoned."""
    desk = builders.desk(app)
    ref = builders.published(desk)
    later = builders.facts(summary="what no version has told yet")
    incidents.describe_incident(desk.enterer, ref, facts=later, reason="A witness says so.")
    builders.settled(desk)
    builders.round_opened(desk)
    rounds.open_round(desk.lead, imported(desk, None))
    begun_again(desk)


def begun_again(desk: builders.Desk) -> None:
    """An incident whose first round was abandoned, and whose next was closed."""
    ref, number = builders.round_opened(desk, builders.with_sources(desk))
    rounds.abandon_round(desk.lead, ref, number, reason="It was opened too soon.")
    builders.agreed(desk, ref)


def everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, bytes and all."""
    with owner(app) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in db.metadata.sorted_tables
        }


def test_a_filled_desk_keeps_every_byte_over_each_step(bare: Flask) -> None:
    upgrade()
    fill(bare)
    before, before_by_words = everything(bare), found_by_words(bare)
    assert before["event"]
    for below in FILLED_BY_THE_NEXT:
        downgrade(revision=below)
        upgrade()
        assert everything(bare) == before
    # The first version made the tables: below it there is nothing to keep.
    for _revision in revisions()[1:]:
        downgrade(revision="-1")
    upgrade()
    assert everything(bare) == before
    assert found_by_words(bare) == before_by_words == [1, 1, 0]


def found_by_words(app: Flask) -> list[int]:
    """How many the indexes lead to: a word of the desk's facts, one of the published, one of neither."""
    with app.app_context():
        dialect = db.engine.dialect.name
        asked = ((DESK, "version"), (PUBLIC, "grain"), (PUBLIC, "version"))
        statements = [looked_up(dialect, looked, [q], None).where(*has(looked.text, [q])) for looked, q in asked]
        found = [len(db.session.execute(statement).all()) for statement in statements]
        db.session.rollback()
        return found


def test_the_application_may_not_change_the_tables(bare: Flask, engine_name: str) -> None:
    if engine_name == "sqlite":
        return
    upgrade()
    for statement in ("DROP TABLE event", "ALTER TABLE event DISABLE TRIGGER ALL", "TRUNCATE event"):
        with pytest.raises(sa.exc.ProgrammingError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))


def test_a_version_that_loses_a_reference_is_refused(
    bare: Flask, engine_name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The check at the end of a migration on SQLite, where foreign keys are asleep during it."""
    if engine_name == "postgresql":
        return
    upgrade()
    with owner(bare) as connection:
        raw = connection.connection.dbapi_connection
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute(
            "INSERT INTO user_session (token_hash, person_id, created_at, last_seen) "
            "VALUES ('x', 41, '2031-01-01', '2031-01-01')"
        )
    with pytest.raises(SystemExit):
        upgrade()
    assert "breaks 1 references, the first: ('user_session'" in caplog.text
