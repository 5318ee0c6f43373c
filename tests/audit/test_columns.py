"""Every column of every table of the record is compared with the trail: one value changed behind the guards is named."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import JSON, Boolean, Integer, LargeBinary, Table, select, text

from review import config, store
from review.actions import claims, imports, restrictions
from review.actions.guard import is_account
from review.audit import fsck, keys
from review.audit.fsck import projections
from review.extensions import Base
from review.models import ImportedRow, Incident, session
from review.models.columns import Moment
from tests import builders
from tests.audit.whole import Whole, populated, signed, sqlite_desk

# What no event tells, so that nothing in the trail could contradict it.
NOT_IN_THE_TRAIL = {
    "person.email": "where somebody is written to: a matter of their account, told by no event",
    "person.language": "how somebody reads the desk",
    "person.timezone": "how somebody reads the desk",
    "person.keys_off": "how somebody reads the desk",
    "checkpoint.published_at": "the clock of the machine; the note itself bears no time",
    "imported_row.key": "by what a second run of the same file knows a row; the row itself is sealed and compared",
}


def record() -> list[Table]:
    """The tables of the record: those that are no account's."""
    return [mapper.class_.__table__ for mapper in Base.registry.mappers if not is_account(mapper.class_)]


def columns() -> list[str]:
    return sorted(f"{table.name}.{column.name}" for table in record() for column in table.columns)


COMPARED = [name for name in columns() if name not in NOT_IN_THE_TRAIL]
PROJECTED = (
    *(f"incident.{column}" for column in projections.PROJECTED),
    *("incident_code.code", "incident_code.folded", "incident_code.earlier", "public_code.folded"),
    *("incident_sign.kind", "incident_sign.sign", "incident_sign.day"),
)


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        built = populated(app)
        _more(built, tmp_path_factory.mktemp("imported") / "rows.csv")
        signed()
        session.rollback()
        yield built


def _more(whole: Whole, path: Path) -> None:
    """What the tables would else be empty of: imported rows, a restriction, claims that wait or repeat one another."""
    desk = whole.desk
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(
            [
                ("code", "url", "date", "place_en", "belligerents", "grade"),
                ("AR1", "https://archive.example/1", "2024-03-01", "Marj Eluan", "Unknown", "Fair"),
            ]
        )
    imports.import_incidents(desk.admin, path)
    few = builders.opened(desk, codes=("AR2",))
    restrictions.restrict_incident(desk.lead, few, people=[desk.lead.person], reason="a witness is at risk")
    first, second = builders.received(desk), builders.received(desk)
    claims.duplicate_claim(desk.enterer, second, of=first, reason="word for word")


def test_every_table_of_the_record_holds_something(whole: Whole) -> None:
    empty = [table.name for table in record() if session.execute(table.select().limit(1)).first() is None]
    session.rollback()
    assert empty == []


def test_what_is_not_compared_is_named_with_its_reason() -> None:
    assert set(NOT_IN_THE_TRAIL) <= set(columns())
    assert set(NOT_IN_THE_TRAIL) | set(COMPARED) == set(columns())


def _other(table: Table, name: str) -> str:
    """Another value of the same kind, in SQL."""
    column = table.columns[name]
    quoted = f'"{name}"'
    if isinstance(column.type, Moment):
        return f"datetime({quoted}, '-1 day')"
    if isinstance(column.type, Boolean):
        return f"NOT {quoted}"
    if isinstance(column.type, Integer):
        return f"coalesce({quoted}, 0) + 100000"
    if isinstance(column.type, LargeBinary):
        return "zeroblob(32)"
    if isinstance(column.type, JSON):
        return """'{"x": 1}'"""
    first = f"CASE substr(coalesce({quoted}, ''), 1, 1) WHEN 'x' THEN 'y' ELSE 'x' END"
    return f"{first} || substr(coalesce({quoted}, ''), 2)"


@pytest.mark.parametrize("end", ["max", pytest.param("min", marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", COMPARED)
def test_one_value_changed_behind_the_guards_is_named(whole: Whole, name: str, end: str) -> None:
    table = name.partition(".")[0]
    assert _said_after(name, f'rowid = (SELECT {end}(rowid) FROM "{table}")')


def test_an_event_of_the_log_that_was_moved_into_a_chain_is_named(whole: Whole) -> None:
    """It says no place in a chain, and what counts places is not put off by that."""
    said = _said_after("event.incident_id", 'rowid = (SELECT min(rowid) FROM "event")')
    assert any(one.startswith("Event 0: ") for one in said)


@pytest.mark.parametrize("name", PROJECTED)
def test_one_value_changed_of_an_import_that_nobody_touched_is_named(whole: Whole, name: str) -> None:
    key = "id" if name.startswith("incident.") else "incident_id"
    said = _said_after(name, f"{key} IN (SELECT incident_id FROM imported_row)")
    imported = session.scalar(select(Incident.name).join(ImportedRow, ImportedRow.incident_id == Incident.id))
    assert any(one.startswith(f"{imported}: ") for one in said)


def _said_after(name: str, where: str) -> list[str]:
    """What fsck says once this column was changed there, the triggers away for that moment."""
    table_name, _dot, column = name.partition(".")
    table = Base.metadata.tables[table_name]
    session.rollback()
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    guards = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for guard, _sql in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {guard}")
    changed = connection.exec_driver_sql(
        f'UPDATE "{table_name}" SET "{column}" = {_other(table, column)} WHERE {where}'
    )
    assert changed.rowcount == 1
    for _guard, sql in guards:
        connection.exec_driver_sql(sql)
    said = list(fsck.check(session, keys.load(config.home()), store.objects()))
    session.rollback()
    return said


def test_after_all_that_nothing_has_changed(whole: Whole) -> None:
    session.rollback()
    assert list(fsck.check(session, keys.load(config.home()), store.objects())) == []
