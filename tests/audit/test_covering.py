"""A detail goes in the transaction of the event that covers it, and in no other: not an hour, not a moment later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from review.actions import leaving, redactions
from review.extensions import write_mode
from review.models import Disclosure, Event, session
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked

REFUSED = "disclosure is append-only"


@dataclass(frozen=True)
class Covered:
    """A detail that an event of an earlier transaction covers, put back where it stood, as out of an old copy."""

    url: str
    digest: str

    def deleted_in_another_transaction(self) -> str:
        return self._send("DELETE FROM disclosure WHERE digest = :digest", {"digest": self.digest})

    def put_back(self, row: dict[str, Any]) -> None:
        names = ", ".join(row)
        values = ", ".join(f":{name}" for name in row)
        assert self._send(f"INSERT INTO disclosure ({names}) VALUES ({values})", row) == ""

    def _send(self, statement: str, values: dict[str, Any]) -> str:
        """What the engine answered; empty where it took it."""
        session.rollback()
        engine = create_engine(self.url, poolclass=NullPool)
        mode = write_mode.set(True)
        try:
            with engine.begin() as connection:
                connection.execute(text(statement), values)
        except DBAPIError as refusal:
            return str(refusal.orig)
        finally:
            write_mode.reset(mode)
            engine.dispose()
        return ""


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def row_of(type_: str, name: str) -> dict[str, Any]:
    """The first disclosure of this name under an event of this type, whole."""
    session.rollback()
    table = Disclosure.__table__
    found = select(table).join(Event, Event.seq == table.c.seq).where(Event.type == type_, table.c.name == name)
    row = session.execute(found.order_by(table.c.seq).limit(1)).mappings().one()
    session.rollback()
    return dict(row)


def redacted(people: builders.Desk) -> Covered:
    """A title that two people took away, put back."""
    ref = builders.with_sources(people)
    row = row_of("source.attached", "title")
    name = asked(people, ref, Named(row["seq"], "title"))
    redactions.second_redaction(people.admin, name, reason="Seen and agreed.")
    return _back(people, row)


def left(people: builders.Desk) -> Covered:
    """The name of somebody who left, put back."""
    gone = builders.add(people.admin, "Rasmus Holt", "reviewer")
    session.rollback()
    table = Disclosure.__table__
    named = select(table).where(table.c.name == "name").order_by(table.c.seq.desc()).limit(1)
    row = dict(session.execute(named).mappings().one())
    leaving.let_leave(people.admin, gone.person or 0)
    return _back(people, row)


def _back(people: builders.Desk, row: dict[str, Any]) -> Covered:
    session.rollback()
    assert session.get(Disclosure, (row["seq"], row["name"])) is None
    covered = Covered(people.app.config["SQLALCHEMY_DATABASE_URI"], row["digest"])
    covered.put_back(row)
    return covered


@pytest.mark.parametrize("covering", [redacted, left])
def test_not_after_other_events(people: builders.Desk, covering: Any) -> None:
    covered = covering(people)
    builders.received(people)
    assert REFUSED in covered.deleted_in_another_transaction()


@pytest.mark.parametrize("covering", [redacted, left])
def test_not_right_after_it_either(people: builders.Desk, covering: Any) -> None:
    assert REFUSED in covering(people).deleted_in_another_transaction()
