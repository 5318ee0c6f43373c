"""`flask audit fsck` while others write: it compares one moment of the database with itself."""

from __future__ import annotations

from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import event

from review.actions import claims
from review.extensions import db
from review.models import session
from tests import builders, trail
from tests.actions.test_commands import flask


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def test_an_act_behind_its_back_is_no_difference(people: builders.Desk, desk: Flask) -> None:
    size = trail.size()
    writers: list[Thread] = []
    acts: list[int] = []
    session.rollback()

    def act() -> None:
        with desk.app_context():
            acts.append(claims.receive_claim(people.enterer, text="What was heard meanwhile.", language="en"))
            session.remove()

    def behind(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        # The log was read to its end, and what it led to is compared now.
        if "FROM claim" in statement and not writers:
            writers.append(Thread(target=act))
            writers[0].start()
            writers[0].join()

    event.listen(db.engine, "before_cursor_execute", behind)
    done = flask(desk, "audit", "fsck")
    event.remove(db.engine, "before_cursor_execute", behind)
    assert done.exit_code == 0, done.output
    assert acts == [size] and trail.size() == size + 1
