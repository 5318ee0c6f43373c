"""A page asks the database the same number of questions, however much there is to show."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from review.actions import claims, sources
from tests import builders
from tests.web.sitting import Browser, sitting


@pytest.fixture
def world(staffed: builders.Desk) -> builders.Desk:
    return staffed


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement that is sent until the block ends."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def statements(client: Browser, path: str) -> int:
    client.get(path)  # what is read once a process has been read
    with counted() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


def test_an_incident_with_much_evidence_costs_as_many_statements_as_one_with_little(world: builders.Desk) -> None:
    ref, _number = builders.round_opened(world)
    claims.group_claim(world.enterer, ref, builders.received(world))
    clients = [sitting(world.app, actor) for actor in (world.voters[0], world.lead)]
    before = [statements(client, "/desk/incidents/KV412") for client in clients]
    for number in range(3, 13):
        sources.attach_source(world.enterer, ref, draft=builders.draft(number, text=f"Account {number}."))
        claims.group_claim(world.enterer, ref, builders.received(world))
    assert [statements(client, "/desk/incidents/KV412") for client in clients] == before


@pytest.mark.parametrize("path", ["/desk", "/desk/incidents", "/desk/waiting"])
def test_a_long_list_costs_as_many_statements_as_a_short_one(world: builders.Desk, path: str) -> None:
    def one_more(code: str) -> None:
        asked = (*world.voters, world.lead)
        builders.round_opened(world, builders.with_sources(world, builders.opened(world, codes=(code,))), reviewers=asked)

    for number in range(2):
        one_more(f"KV{number}")
    client = sitting(world.app, world.lead)
    before = statements(client, path)
    for number in range(2, 8):
        one_more(f"KV{number}")
    assert statements(client, path) == before


@pytest.mark.parametrize("stage", ["received", "grouped"])
def test_a_long_queue_of_claims_costs_as_many_statements_as_a_short_one(world: builders.Desk, stage: str) -> None:
    ref = builders.opened(world)

    def one_more() -> None:
        claim = builders.received(world)
        if stage == "grouped":
            claims.group_claim(world.enterer, ref, claim)

    for _ in range(2):
        one_more()
    client = sitting(world.app, world.lead)
    before = statements(client, f"/desk/claims?stage={stage}")
    for _ in range(10):
        one_more()
    assert statements(client, f"/desk/claims?stage={stage}") == before


@pytest.mark.parametrize("path", ["/desk", "/desk/policy", "/incidents"])
def test_a_signed_in_page_asks_for_its_session_once(world: builders.Desk, path: str) -> None:
    for actor in (world.voters[0], world.lead, world.admin):
        client = sitting(world.app, actor)
        client.get(path)
        with counted() as sent:
            assert client.get(path).status_code == 200
        assert len([statement for statement in sent if "user_session" in statement]) == 1
