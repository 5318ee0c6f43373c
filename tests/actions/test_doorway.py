"""The doorway: nothing of the record changes without its event, nor outside an act."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from sqlalchemy import func, select, update

from review.actions.act import Act, UnrecordedChange, acting
from review.actions.guard import OutsideTheDoorway
from review.audit.events.incidents import ConflictDeclared
from review.models import Event, Incident, LogHead, Stream, Vote, session
from review.rules.errors import Busy
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def a_column_of_the_incident(act: Act) -> None:
    act.incident.title = "Another"


def a_row(act: Act) -> None:
    session.get(Stream, builders.STREAM).name = "Another"  # type: ignore[union-attr]


def a_statement(act: Act) -> None:
    session.execute(update(Stream).values(name="Another"))


def a_new_incident(act: Act) -> None:
    act.create_incident()


def a_fact(act: Act) -> None:
    row = Vote(round=1, voter=act.who, evidence="", replaces=None)
    act.add(row, ConflictDeclared(ground="Never recorded."))


CHANGES = (a_column_of_the_incident, a_row, a_statement, a_new_incident, a_fact)


def counts() -> tuple[int | None, ...]:
    return tuple(session.scalar(select(func.count()).select_from(model)) for model in (Event, Incident, Vote))


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
def test_an_act_that_records_no_event_changes_nothing(people: builders.Desk, change: Callable[[Act], None]) -> None:
    ref = builders.opened(people)
    before = counts()
    with pytest.raises(UnrecordedChange), acting(people.spare, ref) as act:
        change(act)
    assert counts() == before
    assert builders.row(ref).title != "Another"
    assert session.get(Stream, builders.STREAM).name != "Another"  # type: ignore[union-attr]


@pytest.mark.parametrize("went_on", [False, True])
def test_an_act_that_waited_while_the_log_went_on_under_another_name_is_to_be_tried_again(
    people: builders.Desk, went_on: bool
) -> None:
    ref = builders.opened(people)
    before = counts()
    with pytest.raises(Busy) if went_on else nullcontext(), acting(people.spare, ref) as act:
        if went_on:
            act.connection.execute(update(LogHead.__table__).values(base=before[0]))
        act.record(ConflictDeclared(ground="A cousin lives there."))
    assert counts()[0] == before[0] + (0 if went_on else 1)


def test_of_two_incidents_each_must_have_its_event(people: builders.Desk) -> None:
    one, other = builders.opened(people, codes=("KV1",)), builders.opened(people, codes=("KV2",))
    with pytest.raises(UnrecordedChange), acting(people.spare, one, other) as act:
        first, second = act.held.values()
        act.record(ConflictDeclared(ground="My cousin."), held=first)
        second.row.title = "Another"


@pytest.mark.parametrize("change", [a_row, a_statement], ids=lambda one: one.__name__)
def test_outside_an_act_no_row_of_the_record_changes(people: builders.Desk, change: Callable[[None], None]) -> None:
    with pytest.raises(OutsideTheDoorway):
        change(None)
        session.flush()
    session.rollback()
