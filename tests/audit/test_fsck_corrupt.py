"""Whatever stands where an event should, fsck says so and goes on; and it keeps nothing of each incident that it read."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from review import config, store
from review.actions import checkpoints, imports
from review.audit import fsck, keys
from review.audit.fsck import facts, people, projections, sources
from review.models import session
from tests import builders
from tests.audit.whole import Whole, populated, signed, sqlite_desk


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    with sqlite_desk(tmp_path_factory.mktemp("desk") / "home", sqlite_template) as app:
        built = populated(app)
        signed()
        session.rollback()
        yield built


def said_after(*statements: str) -> list[str]:
    """What fsck says after these changes, which then never happened."""
    session.rollback()
    connection = session.connection()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    triggers = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _sql in triggers:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for statement in statements:
        assert connection.exec_driver_sql(statement).rowcount > 0, statement
    for _name, sql in triggers:
        connection.exec_driver_sql(sql)
    try:
        return list(fsck.check(session, keys.load(config.home()), store.objects()))
    finally:
        session.rollback()


# --- no event -----------------------------------------------------------------------------------------------

LINE = "CAST(line AS TEXT)"
INSTEAD = {
    "no JSON": ("'{'", "its line is no JSON."),
    "no object": ("'[]'", "its line is not that of an event."),
    "nothing": ("'null'", "its line is not that of an event."),
    "an object without fields": ("'{}'", "its line is not that of an event."),
    "a field too many": (f"replace({LINE}, '{{\"actor\"', '{{\"aa\":1,\"actor\"')", "its line is not that of an event."),
    "no body": (f"json_set({LINE}, '$.body', 1)", "its line is not that of an event."),
    "an empty body": (f"json_set({LINE}, '$.body', json('{{}}'))", "its hash is not that of its line."),
    "another kind of body": (
        f"json_set({LINE}, '$.body', json('{{\"of\":[],\"who\":{{}},\"claim\":null}}'))",
        "its hash is not that of its line.",
    ),
    "no known type": (f"json_set({LINE}, '$.type', 'grade.guessed')", "grade.guessed is no type of this log."),
    "a type that is no word": (f"json_set({LINE}, '$.type', json('[]'))", "its line is not that of an event."),
    "a later place": (f"json_set({LINE}, '$.seq', 900000)", "its hash is not that of its line."),
}  # fmt: skip


@pytest.mark.parametrize("what", sorted(INSTEAD))
def test_a_line_that_is_none_is_named_and_the_others_are_read(whole: Whole, what: str) -> None:
    line, sentence = INSTEAD[what]
    other = f"SELECT seq FROM event WHERE line <> CAST({line} AS BLOB)"
    every = session.connection().exec_driver_sql(other).scalars().all()
    said = said_after(f"UPDATE event SET line = CAST({line} AS BLOB)")
    assert len(every) > 100
    assert {f"Event {seq}: {sentence}" for seq in every} <= set(said)


@pytest.mark.soak
@pytest.mark.parametrize("what", sorted(INSTEAD))
def test_of_every_type_a_line_that_is_none_is_named(whole: Whole, what: str) -> None:
    line, sentence = INSTEAD[what]
    other = f"SELECT DISTINCT type FROM event WHERE line <> CAST({line} AS BLOB)"
    for type_ in session.connection().exec_driver_sql(other).scalars().all():
        said = said_after(f"UPDATE event SET line = CAST({line} AS BLOB) WHERE type = '{type_}'")
        assert any(one.startswith("Event ") and one.endswith(sentence) for one in said), type_


# --- chains -------------------------------------------------------------------------------------------------

ONE = "(SELECT min(incident_id) FROM event WHERE type = 'grade.published')"
OTHER = "(SELECT max(incident_id) FROM event)"
MIDDLE = f"(SELECT seq FROM event WHERE incident_id = {ONE} AND iseq = 3)"


def test_an_incident_without_events_is_named(whole: Whole) -> None:
    said = said_after(f"UPDATE event SET incident_id = NULL, iseq = NULL WHERE incident_id = {ONE}")
    assert f"{_named(ONE)} has no event." in said


def test_an_event_in_the_chain_of_an_incident_that_there_is_not_is_named(whole: Whole) -> None:
    said = said_after("UPDATE event SET incident_id = 900000, iseq = 0 WHERE seq = 0")
    assert "Event 0: it stands in the chain of an incident that there is not." in said


def test_an_incident_whose_row_is_gone_is_named(whole: Whole) -> None:
    name = _named(ONE)
    said = said_after(f"UPDATE incident SET id = 900000 WHERE id = {ONE}")
    assert any(one.endswith(f": the column incident says None, the leaf says {name}.") for one in said)
    assert f"{name} has no event." in said


def test_an_event_moved_into_another_chain_breaks_both(whole: Whole) -> None:
    one, other = _named(ONE), _named(OTHER)
    said = said_after(f"UPDATE event SET incident_id = {OTHER}, iseq = NULL WHERE seq = {MIDDLE}")
    broken = {said_.rpartition(" ")[2].rstrip(".") for said_ in said if "its link is not to the event before it" in said_}
    assert broken == {one, other}
    assert {f"{one}: its length is not that of its chain.", f"{other}: its length is not that of its chain."} <= set(said)


def test_heads_that_are_not_those_of_the_incidents_are_named_once(whole: Whole) -> None:
    """The leaf and its hash changed together: links behind it break, and so does what was fixed of its head."""
    last = f"(SELECT max(seq) FROM event WHERE incident_id = {ONE})"
    said = said_after(f"UPDATE event SET leaf = zeroblob(32) WHERE seq = {last}")
    assert len([one for one in said if one.endswith("the heads that it fixed are not those of the incidents then.")]) == 1


def _named(incident: str) -> Any:
    return session.connection().exec_driver_sql(f"SELECT name FROM incident WHERE id = {incident}").scalar_one()


# --- memory -------------------------------------------------------------------------------------------------

FEW, MANY = 100, 500
EACH = 150  # bytes that may be kept of an incident: its line among the heads and where it begins take 40


def _imported(desk: builders.Desk, path: Path, first: int, number: int) -> None:
    with path.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("code", "url", "date", "place_en", "belligerents", "grade"))
        for one in range(first, first + number):
            url = f"https://archive.example/{one}"
            table.writerow((f"AR{one:05}", url, "2024-03-01", "Marj Eluan", "Unknown", "Fair"))
    imports.import_incidents(desk.admin, path)
    checkpoints.publish_on_the_hour()
    session.rollback()


def _most(part: Callable[[], Iterator[str]]) -> int:
    """The most memory that a part of fsck takes beyond what was there before it, once all is warm."""
    assert list(part()) == []
    tracemalloc.start()
    try:
        assert list(part()) == []
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        session.rollback()


def test_nothing_is_kept_of_each_incident_that_was_read(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # By its path: the package has the function under the same name.
    for module in (import_module("review.audit.fsck.trail"), projections, facts, sources, people):
        monkeypatch.setattr(module, "BLOCK", 20)
    with sqlite_desk(tmp_path / "home", sqlite_template) as app:
        desk = builders.desk(app)
        own = keys.load(config.home())
        parts: dict[str, Callable[[], Iterator[str]]] = {
            "trail": lambda: fsck.trail(session, own),
            "incidents": lambda: fsck.incidents(session, own),
            "decisions": lambda: fsck.decisions(session),
            "people": lambda: fsck.people_and_claims(session, own),
            "imported rows": lambda: sources.imported_rows(session),
        }
        _imported(desk, tmp_path / "few.csv", 0, FEW)
        before = {name: _most(part) for name, part in parts.items()}
        _imported(desk, tmp_path / "many.csv", FEW, MANY)
        grown = {name: (_most(part) - before[name]) / MANY for name, part in parts.items()}
    assert {name: each for name, each in grown.items() if each > EACH} == {}

