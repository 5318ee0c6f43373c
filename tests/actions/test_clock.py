"""The clock of the machine, set back and forward: what the log follows, what it refuses, and what waits meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from review import clock, config, jobs, store
from review.actions import checkpoints, log
from review.audit import fsck, keys
from review.models import Checkpoint, Event, Job, UserSession, session
from review.queries import health
from review.rules import clocks as rule
from review.rules.errors import Forbidden, Invalid, ReadOnly
from tests import builders, clocks, trail
from tests.audit.whole import bundle, checked, signed, vkey

TEN_YEARS = timedelta(days=3653)
REASON = "Looked at against a radio clock."


@pytest.fixture
def team(time: clocks.Clock, staffed: builders.Desk) -> builders.Desk:
    """The smallest desk at noon of a Monday."""
    return staffed


def days() -> list[str]:
    return list(session.scalars(select(Event.day).order_by(Event.seq)))


def stands() -> int:
    """That nothing is written: how long the log stays."""
    session.rollback()
    return trail.size()


@pytest.mark.parametrize("by", [timedelta(days=-1), timedelta(days=1), timedelta(days=7)], ids=["-1", "+1", "+7"])
def test_a_day_back_and_a_week_ahead_are_followed_and_no_day_goes_back(
    team: builders.Desk, time: clocks.Clock, by: timedelta
) -> None:
    before = clock.today()
    time.at += by
    builders.opened(team)
    assert days() == sorted(days())
    assert days()[-1] == max(before, clock.today())
    assert health.clock() is None


@pytest.mark.parametrize("by", [timedelta(days=-2), timedelta(days=8), TEN_YEARS, -TEN_YEARS], ids=["-2", "+8", "+10 years", "-10 years"])
def test_a_step_further_than_that_stops_all_writing_and_no_reading(
    team: builders.Desk, time: clocks.Clock, by: timedelta
) -> None:
    ref, last, size = builders.published(team), clock.today(), trail.size()
    time.at += by
    with pytest.raises(ReadOnly) as refused:
        builders.opened(team)
    assert (refused.value.key, refused.value.values) == ("clock", {"last": last, "now": clock.today()})
    with pytest.raises(ReadOnly):
        builders.received(team)
    assert stands() == size
    assert builders.view(ref).stage == "published"
    assert team.app.test_client().get("/incidents").status_code == 200
    assert (health.clock() or rule.Step("", "")).values == refused.value.values
    time.at -= by
    builders.opened(team)
    assert health.clock() is None


def test_ten_years_ahead_nothing_is_due_and_nothing_is_forgotten(team: builders.Desk, time: clocks.Clock) -> None:
    """What a wrong clock would close, remind of or sweep away is not undone by setting it right."""
    ref, number = builders.round_opened(team)
    builders.work()
    size, pending = trail.size(), [(job.id, job.due_at) for job in session.scalars(select(Job).order_by(Job.id))]
    sessions = len(session.scalars(select(UserSession)).all())
    time.at += TEN_YEARS
    assert jobs.run_due() == 0
    assert stands() == size
    assert [(job.id, job.due_at) for job in session.scalars(select(Job).order_by(Job.id))] == pending
    assert len(session.scalars(select(UserSession)).all()) == sessions
    time.at -= TEN_YEARS
    assert (builders.view(ref).open_round or object()).number == number  # type: ignore[attr-defined]
    builders.cast_all(team, ref, number, "fair", "fair", "fair")
    time.goes(hours=1)
    assert builders.view(ref).stage == "approval"


def test_what_stands_can_be_signed_and_exported_meanwhile(
    team: builders.Desk, time: clocks.Clock, tmp_path: Path
) -> None:
    builders.published(team)
    time.at += TEN_YEARS
    checkpoint = checkpoints.publish_checkpoint()
    assert checkpoint == checkpoints.publish_checkpoint()
    assert checked(bundle(checkpoint or ""), tmp_path, vkey()).returncode == 0
    with pytest.raises(ReadOnly):
        log.record_heads()


@pytest.mark.parametrize("who", ["lead", "auditor", "spare"])
def test_only_an_admin_accepts_and_only_with_a_reason(team: builders.Desk, time: clocks.Clock, who: str) -> None:
    time.at += TEN_YEARS
    size = trail.size()
    with pytest.raises(Forbidden):
        log.accept_clock(getattr(team, who), reason=REASON)
    with pytest.raises(Invalid):
        log.accept_clock(team.admin, reason=" ")
    assert stands() == size
    log.accept_clock(team.admin, reason=REASON)
    assert stands() == size + 1


def test_ten_years_ahead_accepted_and_set_right_again(
    team: builders.Desk, time: clocks.Clock, tmp_path: Path
) -> None:
    builders.published(team)
    right = clock.today()
    time.at += TEN_YEARS
    log.accept_clock(team.admin, reason=REASON)
    ahead = trail.last()
    assert (ahead.type, ahead.role, ahead.body) == ("clock.stepped", "admin", {"from": right, "to": clock.today()})
    assert ahead.sealed["reason"] == REASON
    wrong = clock.today()
    builders.opened(team)
    checkpoints.publish_checkpoint()
    time.at -= TEN_YEARS
    with pytest.raises(ReadOnly) as refused:
        builders.opened(team)
    assert refused.value.values == {"last": wrong, "now": right}
    log.accept_clock(team.admin, reason="It had run ten years ahead since this morning.")
    assert trail.last().body == {"from": wrong, "to": right}
    builders.published(team)
    builders.work()
    said = checked(bundle(signed()), tmp_path, vkey())
    assert (said.returncode, said.stderr) == (0, ""), said.stdout
    found = days()
    back = [seq for seq in range(1, len(found)) if found[seq] < found[seq - 1]]
    assert [leaf.type for leaf in trail.leaves() if leaf.seq in back] == ["clock.stepped"]
    sizes = session.execute(select(Checkpoint.size, Checkpoint.published_at).order_by(Checkpoint.size)).all()
    assert [size for size, _at in sizes] == sorted(size for size, _at in sizes)
    assert list(fsck.check(session, keys.load(config.home()), store.objects())) == []


def test_a_clock_that_is_right_has_nothing_to_accept(team: builders.Desk, time: clocks.Clock) -> None:
    builders.opened(team)
    with pytest.raises(Invalid):
        log.accept_clock(team.admin, reason=REASON)
    time.at += TEN_YEARS
    log.accept_clock(team.admin, reason=REASON)
    with pytest.raises(Invalid):
        log.accept_clock(team.admin, reason=REASON)


def test_the_sentence_is_the_same_at_the_command_and_says_what_to_type(
    team: builders.Desk, time: clocks.Clock, tmp_path: Path
) -> None:
    time.at += TEN_YEARS
    values = {"last": "2031-03-24", "now": clock.today()}
    run = team.app.test_cli_runner().invoke
    refused = run(args=["audit", "export", str(tmp_path / "bundle.zip")])
    assert (refused.exit_code, refused.output) == (1, f"Error: {rule.STOPPED % values}\n")
    said = run(args=["doctor"])
    assert f"FAILURE  Clock: {rule.STOPPED % values}" in said.output
    session.rollback()
    accepted = run(args=["audit", "clock", "--accept", "--as", "tamsin@desk.invalid"])
    assert (accepted.exit_code, accepted.output) == (0, "The clock is accepted.\n")
    assert "Clock" not in run(args=["doctor"]).output
