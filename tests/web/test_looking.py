"""What is only looked at begins no transaction on a server; what is written stands in one, whoever looks meanwhile."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from review.actions.accounts import account_write
from review.extensions import looking
from review.models import Person, session
from tests import builders
from tests.web.sitting import browser, sitting


@pytest.fixture
def looked() -> Iterator[None]:
    """As the views say it of a page that is asked for."""
    session.rollback()
    token = looking.set(True)
    yield
    session.rollback()
    looking.reset(token)


def by_itself() -> bool:
    """Whether the session's statements stand by themselves on the server."""
    driver = session.connection().connection.driver_connection
    return bool(session.get_bind().dialect.name == "postgresql" and driver.autocommit)


def read_in(people: tuple[int, ...]) -> list[str | None]:
    return list(session.scalars(select(Person.language).where(Person.id.in_(people)).order_by(Person.id)))


def test_what_is_looked_at_stands_by_itself_and_what_comes_after_does_not(staffed: builders.Desk, looked: None) -> None:
    server = session.get_bind().dialect.name == "postgresql"
    assert by_itself() is server
    looking.set(False)
    session.rollback()
    assert not by_itself()


def test_what_is_written_while_a_page_is_looked_at_is_written_whole_or_not_at_all(
    staffed: builders.Desk, looked: None
) -> None:
    people = (staffed.voters[0].person or 0, staffed.voters[1].person or 0)
    before = read_in(people)
    assert before == [None, None]
    with pytest.raises(RuntimeError), account_write():
        assert not by_itself()
        session.get_one(Person, people[0]).language = "ar"
        session.flush()
        raise RuntimeError
    assert read_in(people) == before
    with account_write():
        session.get_one(Person, people[0]).language = "ar"
    assert read_in(people) == ["ar", before[1]]


@pytest.mark.parametrize(("method", "told"), [("GET", True), ("HEAD", True), ("POST", False)])
def test_only_a_page_that_is_asked_for_is_looked_at(staffed: builders.Desk, method: str, told: bool) -> None:
    found = []

    def noted() -> None:
        found.append(looking.get())

    staffed.app.before_request_funcs[None].append(noted)
    try:
        for client in (browser(staffed.app), sitting(staffed.app, staffed.lead)):
            client.open("/method", method=method)
    finally:
        staffed.app.before_request_funcs[None].remove(noted)
    assert found[:1] == [told] and set(found) == {told}
    assert not looking.get()
