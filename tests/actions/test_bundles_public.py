"""What everybody may take: the public log once a day under the daily checkpoint, and one incident of it on demand."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from review import config, jobs
from review.actions import exits, public_bundles, restrictions
from review.models import Bundle, Checkpoint, session
from review.queries import bundles as queries
from review.rules.errors import NotFound
from tests import builders, trail
from tests.actions.taking import verified
from tests.clocks import Clock
from tests.slipping import slip
from tests.staffing import Filling, nothing


def next_day(time: Clock) -> None:
    """The night passes, and the worker with it."""
    time.at = time.at.replace(hour=0, minute=0) + timedelta(days=1, minutes=1)
    builders.work()


def _a_day_ago(team: builders.Desk, time: Clock | None) -> None:
    assert time is not None
    builders.published(team)
    builders.with_sources(team, builders.opened(team, codes=("KV600",)))
    next_day(time)


@pytest.fixture
def filling(request: pytest.FixtureRequest) -> Filling:
    return _a_day_ago if "world" in request.fixturenames else nothing


@pytest.fixture
def team(time: Clock, staffed: builders.Desk) -> builders.Desk:
    """The smallest desk, its log begun at noon of that day."""
    return staffed


@pytest.fixture
def world(team: builders.Desk) -> builders.Desk:
    """An incident published here and one that is not, a day ago; the night has passed."""
    return team


def test_an_act_beside_the_heads_of_the_day_costs_nobody_the_bundle_of_the_day(
    team: builders.Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders.published(team)
    slip(monkeypatch, lambda: builders.received(team))
    next_day(time)
    (whole,) = kept()
    assert (whole.stage, whole.size) == ("done", last_daily())
    assert verified(config.exports() / whole.name) == 0


def _publish(team: builders.Desk, code: str) -> None:
    ref = trail.row(code).name
    builders.approved(team, builders.agreed(team, ref))


def stored() -> list[str]:
    return sorted(path.name for path in config.exports().glob("*"))


def kept() -> list[Bundle]:
    session.rollback()
    return list(session.scalars(select(Bundle).where(Bundle.person_id.is_(None)).order_by(Bundle.id)))


def last_daily() -> int | None:
    session.rollback()
    return session.scalars(select(Checkpoint.size).where(Checkpoint.heads).order_by(Checkpoint.size.desc())).first()


def made_for_all() -> list[trail.Leaf]:
    return [leaf for leaf in trail.leaves() if leaf.type == "export.made" and leaf.role == "system"]


def test_the_public_bundle_is_made_under_the_daily_checkpoint_and_recorded_by_the_system(world: builders.Desk) -> None:
    (one,) = kept()
    assert (one.stage, one.profile, one.size) == ("done", "public", last_daily())
    (event,) = made_for_all()
    assert event.body == {"profile": "public", "size": one.size}
    assert event.seq >= one.size
    file = queries.public_file()
    assert file is not None and verified(file.path) == 0
    assert file.sha256 == one.sha256


def test_nothing_is_made_while_nothing_is_published(team: builders.Desk, time: Clock) -> None:
    builders.with_sources(team, builders.opened(team, codes=("KV600",)))
    next_day(time)
    assert (kept(), queries.public_file()) == ([], None)


def test_it_is_made_once_a_day_and_the_one_before_goes_when_the_new_one_is_there(world: builders.Desk, time: Clock) -> None:
    (one,) = kept()
    name, size = one.name, one.size
    time.at += timedelta(hours=3)
    builders.work()
    assert [one.name for one in kept()] == [name]
    builders.opened(world, codes=("KV601",))
    time.at = time.at.replace(hour=0) + timedelta(days=1)
    while last_daily() == size:
        jobs.run_due(limit=1)
    session.rollback()
    file = queries.public_file()
    assert file is not None and file.path.name == name, "until the new one is there"
    builders.work()
    (second,) = kept()
    assert second.size == last_daily() and second.size > size
    assert stored() == [second.name]


def test_a_public_bundle_whose_file_is_gone_is_made_anew(world: builders.Desk, time: Clock) -> None:
    """A restored desk has the rows and not the files."""
    (one,) = kept()
    (config.exports() / one.name).unlink()
    assert queries.public_file() is None
    time.at += timedelta(hours=1)
    builders.work()
    file = queries.public_file()
    assert file is not None and file.sha256 == one.sha256


def taken(ref: str) -> queries.Kept | None:
    """What somebody gets who asks, and once more when the worker has come by."""
    session.rollback()
    if queries.public_file_of(ref) is None:
        public_bundles.ask_for_incident(ref)
        builders.work()
    session.rollback()
    return queries.public_file_of(ref)


def test_one_incident_is_made_when_it_is_first_asked_for_under_the_same_checkpoint(world: builders.Desk) -> None:
    before = trail.size()
    file = taken("KV412")
    assert file is not None and verified(file.path) == 0
    assert file.filename == f"assay-{last_daily()}-public.zip"
    assert taken("KV412") == file
    assert trail.size() == before, "it is part of what is recorded already"


def test_what_is_not_published_has_no_bundle(world: builders.Desk) -> None:
    for ref in ("KV600", "KV999"):
        with pytest.raises(NotFound):
            queries.public_file_of(ref)


def test_what_was_published_today_waits_for_tomorrow(world: builders.Desk, time: Clock) -> None:
    _publish(world, "KV600")
    assert taken("KV600") is None
    next_day(time)
    assert taken("KV600") is not None


def test_strangers_wait_for_one_another(world: builders.Desk, time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(world, "KV600")
    next_day(time)
    monkeypatch.setattr(public_bundles, "MOST_WAITING", 1)
    for ref in ("KV412", "KV412", "KV600"):
        public_bundles.ask_for_incident(ref)
    assert [one.stage for one in kept()] == ["done", "waiting"]
    builders.work()
    assert taken("KV600") is not None


def test_the_oldest_makes_room(world: builders.Desk, time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(world, "KV600")
    next_day(time)
    monkeypatch.setattr(public_bundles, "MOST_KEPT", 1)
    first = taken("KV412")
    assert first is not None and taken("KV600") is not None
    assert len(kept()) == 2 and not first.path.exists()
    assert queries.public_file_of("KV412") is None


def test_yesterdays_bundles_of_one_incident_go_with_the_whole_one(world: builders.Desk, time: Clock) -> None:
    earlier = taken("KV412")
    builders.opened(world, codes=("KV601",))
    next_day(time)
    assert queries.public_file_of("KV412") is None
    assert earlier is not None and not earlier.path.exists()


def test_what_is_restricted_is_given_to_nobody_from_that_moment(world: builders.Desk, time: Clock) -> None:
    assert taken("KV412") is not None
    name = restrictions.restrict_incident(world.lead, "KV412", people=[], reason="A source is at risk.")
    assert queries.public_file() is None
    for ref in ("KV412", name):
        with pytest.raises(NotFound):
            queries.public_file_of(ref)
    builders.work()
    assert stored() == []
    # The next daily checkpoint says that it is mute; nothing else is published here, and a lift brings it back.
    next_day(time)
    file = queries.public_file()
    assert file is not None and verified(file.path) == 0


def test_a_restriction_of_what_is_not_public_takes_nothing_away(world: builders.Desk) -> None:
    before = queries.public_file()
    restrictions.restrict_incident(world.lead, "KV600", people=[], reason="A source is at risk.")
    builders.work()
    assert queries.public_file() == before is not None


def test_what_left_the_desk_can_still_be_checked(world: builders.Desk, time: Clock) -> None:
    exits.withdraw_incident(world.lead, "KV412", reason="The report was withdrawn.")
    next_day(time)
    file = taken("KV412")
    assert file is not None and verified(file.path) == 0
