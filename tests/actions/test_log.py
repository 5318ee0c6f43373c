"""The log: heads as they may be shown, checkpoints that only ever go on, the clock, exports."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from review import clock
from review.actions import checkpoints, log, rounds
from review.actions.accounts import account_write
from review.audit import canonical
from review.audit.append import heads_root
from review.audit.heads import Heads
from review.audit.standing import HeadsTree
from review.audit.tree import Edge, root
from review.models import Checkpoint, Event, LogHead, session
from review.rules.errors import Forbidden, Invalid, ReadOnly
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def told() -> list[tuple[str, int, bytes]]:
    """The heads as a stranger computes them from the events alone."""
    heads = Heads()
    for line, leaf in session.execute(select(Event.line, Event.leaf).order_by(Event.seq)):
        event = json.loads(line)
        if event["incident"]:
            heads.take(event["type"], event["incident"], event["iseq"], bytes(leaf))
    return list(heads)


def test_an_open_round_freezes_its_incidents_head(people: builders.Desk) -> None:
    quiet = builders.opened(people)
    ref, number = builders.round_opened(people, builders.with_sources(people, builders.opened(people)))
    before = list(log.heads())
    builders.cast(people.voters[0], ref, number)
    builders.cast(people.voters[1], ref, number, builders.ballot("weak"))
    assert list(log.heads()) == before == told()
    assert [name for name, _count, _leaf in before] == [quiet, ref]


def test_after_the_close_the_head_is_the_chains_own(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    ((name, count, leaf),) = log.heads()
    row = builders.row(ref)
    assert (name, count, leaf) == (ref, row.count, bytes(row.last_leaf))
    assert list(log.heads()) == told()


def test_the_heads_leaf_fixes_their_root(people: builders.Desk) -> None:
    builders.agreed(people)
    builders.opened(people)
    expected = heads_root(told())
    seq = log.record_heads()
    body = json.loads(session.get(Event, seq).line)["body"]
    assert body == {"n": 2, "root": canonical.b64(expected[1])}


def test_the_same_size_is_published_once(people: builders.Desk) -> None:
    first = checkpoints.publish_checkpoint()
    assert checkpoints.publish_checkpoint() == first
    assert len(session.scalars(select(Checkpoint)).all()) == 1
    builders.opened(people)
    assert checkpoints.publish_checkpoint() != first


def test_an_empty_log_is_not_signed(desk: Flask) -> None:
    assert checkpoints.publish_checkpoint() is None


def test_nothing_that_does_not_continue_the_signed_log_is_signed(people: builders.Desk) -> None:
    checkpoints.publish_checkpoint()
    head = session.scalars(select(LogHead)).one()
    size, edge = head.size, list(head.edge)
    builders.opened(people)
    # A fork: the same length, another leaf.
    forged = Edge.from_list(size, edge)
    forged.append(b"\0" * 32)
    with account_write():
        session.execute(update(LogHead.__table__).values(edge=forged.to_list()))
    with pytest.raises(ReadOnly, match="inconsistent"):
        checkpoints.publish_checkpoint()
    # What is remembered of the last one was touched itself.
    with account_write():
        session.execute(update(LogHead.__table__).values(signed_root=canonical.b64(b"\2" * 32)))
    with pytest.raises(ReadOnly, match="inconsistent"):
        checkpoints.publish_checkpoint()
    # A log that was rolled back behind what was signed; the head itself goes back for nobody.
    ahead = Edge.from_list(size, edge)
    for _leaf in range(99):
        ahead.append(b"\1" * 32)
    remembered = {"signed_size": ahead.size, "signed_root": canonical.b64(ahead.root()), "signed_edge": ahead.to_list()}
    with account_write():
        session.execute(update(LogHead.__table__).values(remembered))
    with pytest.raises(ReadOnly, match="rolled-back"):
        checkpoints.publish_checkpoint()
    assert len(session.scalars(select(Checkpoint)).all()) == 1


def test_a_clock_that_steps_stops_writing_until_an_admin_accepts_it(people: builders.Desk) -> None:
    builders.opened(people)
    earlier = datetime.now(UTC) - timedelta(days=3)
    with clock.reading(lambda: earlier):
        with pytest.raises(ReadOnly, match="clock"):
            builders.opened(people)
        with pytest.raises(Forbidden):
            log.accept_clock(people.lead, reason="The clock was wrong.")
        with pytest.raises(Invalid):
            log.accept_clock(people.admin, reason="")
        log.accept_clock(people.admin, reason="The machine had run three days ahead.")
        builders.opened(people)
        with pytest.raises(Invalid):
            log.accept_clock(people.admin, reason="Again.")
    step = session.scalars(select(Event.line).where(Event.type == "clock.stepped")).one()
    assert json.loads(step)["body"]["to"] == clock.day(earlier)


def test_a_clock_one_day_behind_takes_no_day_back(people: builders.Desk) -> None:
    builders.opened(people)
    with clock.reading(lambda: datetime.now(UTC) - timedelta(days=1)):
        builders.opened(people)
    days = list(session.scalars(select(Event.day).order_by(Event.seq)))
    assert days == sorted(days)


def test_a_refusal_while_the_clock_is_wrong_is_still_a_refusal(people: builders.Desk) -> None:
    ref = builders.opened(people)
    later = datetime.now(UTC) + timedelta(days=30)
    with clock.reading(lambda: later), pytest.raises(Forbidden):
        rounds.open_round(people.spare, ref)


def test_an_export_is_recorded(people: builders.Desk) -> None:
    seq = log.record_export(people.auditor, profile="court", size=12, recipient="The chamber", purpose="Case 4")
    assert json.loads(session.get(Event, seq).line)["body"] == {"profile": "court", "size": 12}
    with pytest.raises(Forbidden):
        log.record_export(people.spare, profile="court", size=12)


def test_a_published_checkpoint_is_never_changed(people: builders.Desk) -> None:
    checkpoints.publish_checkpoint()
    with pytest.raises(DBAPIError, match="append-only"), account_write():
        session.execute(update(Checkpoint.__table__).values(text="other"))


def test_the_heads_kept_between_two_days_are_those_read_anew(people: builders.Desk) -> None:
    """The second day hashes only what moved: new incidents, votes, an open round, its close."""
    refs = [builders.opened(people, codes=(f"KV{number}",)) for number in range(5)]
    log.record_heads()
    for turn in range(4):
        builders.opened(people, codes=(f"NJ{turn}",))
        builders.with_sources(people, refs[turn])
        ref, number = builders.round_opened(people, refs[turn])
        builders.cast(people.voters[0], ref, number)
        if turn == 2:
            rounds.abandon_round(people.lead, ref, number, reason="Too early.")
        seq = log.record_heads()
        expected = heads_root(told())
        body = json.loads(session.get(Event, seq).line)["body"]
        assert body == {"n": expected[0], "root": canonical.b64(expected[1])}


def test_a_heads_tree_is_the_tree_over_the_same_leaves() -> None:
    standing, leaves = HeadsTree(), []
    for number in range(70):
        leaves.append(bytes([number]) * 32)
        standing.put(3 * number, leaves[-1])
        if number % 5 == 0:
            place = number // 2
            leaves[place] = bytes([200 - place]) * 32
            standing.put(3 * place, leaves[place])
        if number % 3 == 0:
            assert standing.root() == root(leaves)
    assert (len(standing), standing.root()) == (70, root(leaves))
    with pytest.raises(ValueError, match="began before"):
        standing.put(4, bytes(32))
