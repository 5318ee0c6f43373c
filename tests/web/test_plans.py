"""How SQLite goes about what the pages ask: by what it is told in the migrations, so alike on every size of desk.

A plan that walks a whole table, or sorts a list that is cut off after a page, is fast on the desk of a test and takes
seconds at a million incidents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from review.extensions import db
from review.models import Incident, session
from review.queries.published_facts import facts_as_published
from tests import builders
from tests.web.sitting import sitting

LARGE = ("event", "disclosure", "incident", "determination", "participation", "claim", "record_entry")
WALK = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$")
FEW = "ix_incident_restricted"  # an index of few rows, which may be walked
# What may be sorted before it is cut off, for it is little: by what its statement says.
LITTLE = (
    "ORDER BY incident.id + ?",  # what an index of words found
    "ORDER BY anon_1.id DESC",  # the newest of a list
    "turn.person_id = ?",  # what one person owes
    "participation.person_id = ?",
)
PUBLIC = (
    "/", "/incidents", "/incidents?stream={stream}", "/incidents?q=harbour", "/incidents?grade=fair", "/incidents.atom",
    "/incidents/{ref}", "/record", "/record?party=karsian+air+force", "/record/incidents?grade=all", "/record/map?grade=all",
    "/record/conceded", "/streams", "/streams/{stream}", "/data",
)  # fmt: skip
DESK = (
    "/desk", "/desk/incidents", "/desk/incidents?stream={stream}", "/desk/waiting", "/desk/assign", "/desk/account",
    "/desk/people", "/desk/export", "/desk/incidents/{ref}",
)  # fmt: skip


@pytest.fixture
def engine_name() -> str:
    """PostgreSQL counts by itself."""
    return "sqlite"


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


@contextmanager
def asked() -> Iterator[list[tuple[str, Any]]]:
    """Every question that is sent until the block ends, with what it asks for."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def plan(statement: str, parameters: Any) -> list[str]:
    """What SQLite would do, step by step."""
    raw = db.engine.raw_connection()
    try:
        rows = raw.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()
        return [row[3] for row in rows]
    finally:
        raw.close()


def walks(steps: list[str], statement: str) -> list[str]:
    """The steps that take longer the larger the desk is: a list in its order may be walked as far as its page goes."""
    cut = " LIMIT " in statement
    filters = [step for step in steps if step.startswith("BLOOM FILTER ON ") and step.split()[3] in LARGE]
    walked = [step for step in steps if (one := WALK.match(step)) and one[1] in LARGE and one[2] != FEW]
    found = filters if cut else [*filters, *walked]  # a filter is made of a whole table
    if cut and "USE TEMP B-TREE FOR ORDER BY" in steps and not any(little in statement for little in LITTLE):
        found.append("a list is sorted to show its first page")
    if "ix_event_type_seq" in "".join(steps) and "event.incident_id IN" in statement:
        found.append("every event of a type is read, for those of some incidents")
    return found


def test_no_page_walks_a_table_that_grows(world: builders.Desk) -> None:
    ref = builders.published(world)
    builders.settled(world)
    builders.round_opened(world)
    stream = session.execute(text("SELECT stream FROM incident WHERE public = 1")).scalar_one()
    session.rollback()
    everybody, lead = world.app.test_client(), sitting(world.app, world.lead)
    found = []
    for client, pages in ((everybody, PUBLIC), (lead, DESK)):
        for page in pages:
            path = page.format(stream=stream, ref=ref)
            with asked() as sent:
                assert client.get(path).status_code == 200, path
            found += [(path, walked, one[0]) for one in sent for walked in walks(plan(*one), one[0])]
    assert found == []


@pytest.mark.parametrize("many", [1, 50, 1_000])
def test_what_was_published_of_some_is_read_by_them(world: builders.Desk, many: int) -> None:
    listed = [Incident(id=number) for number in range(1, many + 1)]
    with asked() as sent:
        assert facts_as_published(listed) == {}
    ((statement, parameters),) = sent
    assert walks(plan(statement, parameters), statement) == []
