"""Bundles asked for in the browser: under which checkpoint, by whom, made by the worker, recorded once, kept a week."""

from __future__ import annotations

import base64
import errno
import hashlib
import stat
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select, update

from review import clock, config, jobs
from review.actions import bundles, bundling, checkpoints, log, people, restrictions, sources
from review.actions.accounts import account_write
from review.actions.uploads import Upload
from review.models import Bundle, Job, Notice, session
from review.queries import bundles as queries
from review.queries import exports as export_queries
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor
from tests import builders, trail
from tests.actions.taking import verified

FOR = {"recipient": "The tribunal", "purpose": "Case 4"}


def published(team: builders.Desk) -> int:
    """Publish the log as it is, ending in its heads; answers the size."""
    log.record_heads()
    checkpoints.publish_checkpoint()
    return trail.size()


def asked(actor: Actor, profile: str = "internal", ref: str | None = None) -> str:
    return bundles.ask(actor, profile=profile, ref=ref, **FOR)


def row(name: str) -> Bundle:
    session.rollback()
    return session.scalars(select(Bundle).where(Bundle.name == name)).one()


def stored() -> list[str]:
    return sorted(path.name for path in config.exports().glob("*"))


def made(actor: Actor, profile: str = "internal", ref: str | None = None) -> Bundle:
    name = asked(actor, profile, ref)
    builders.work()
    return row(name)


def path(name: str) -> Path:
    """Where the bundle of this name is kept."""
    return config.exports() / name


def recorded() -> list[trail.Leaf]:
    return [leaf for leaf in trail.leaves() if leaf.type == "export.made" and leaf.role != "system"]


@pytest.fixture
def logged(team: builders.Desk) -> builders.Desk:
    """A desk with a published incident and one that nobody has published, under a daily checkpoint."""
    builders.published(team)
    builders.with_sources(team, builders.opened(team, codes=("KV600",)))
    published(team)
    return team


def test_the_worker_makes_it_and_it_verifies(logged: builders.Desk) -> None:
    done = made(logged.auditor)
    assert (done.stage, done.read, done.problem) == ("done", done.size, None)
    content = path(done.name).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (done.octets, done.sha256)
    assert stat.S_IMODE(path(done.name).stat().st_mode) == 0o600
    assert stat.S_IMODE(config.exports().stat().st_mode) == 0o700
    assert verified(path(done.name)) == 0


def test_it_is_recorded_by_whoever_asked_after_its_checkpoint_and_the_row_keeps_no_copy(logged: builders.Desk) -> None:
    name = asked(logged.auditor, "court")
    assert recorded() == []
    assert (row(name).recipient, row(name).purpose) == ("The tribunal", "Case 4")
    builders.work()
    (event,) = recorded()
    assert event.body == {"profile": "court", "size": row(name).size}
    assert event.seq >= row(name).size
    assert (event.role, event.sealed["recipient"], event.sealed["purpose"]) == ("auditor", "The tribunal", "Case 4")
    assert (row(name).recipient, row(name).purpose) == (None, None)


def test_the_work_may_be_done_twice_and_is_recorded_once(logged: builders.Desk) -> None:
    done = made(logged.lead)
    before = path(done.name).read_bytes()
    for _time in range(2):
        bundling.make(done.name)
    with account_write():
        session.execute(update(Bundle).where(Bundle.name == done.name).values(stage="done"))
        bundles.have_made(done.name)
    builders.work()
    assert len(recorded()) == 1
    assert path(done.name).read_bytes() == before


def test_a_worker_that_finds_another_at_it_comes_again(logged: builders.Desk) -> None:
    name = asked(logged.lead)
    order = bundling._order(name)
    assert order is not None
    with bundling._alone(order) as mine:
        assert mine is not None
        builders.work()
        assert row(name).stage == "waiting"
        session.rollback()
        waits = session.scalars(select(Job).where(Job.key == f"bundle:{name}")).one()
        assert waits.done_at is None and waits.due_at > clock.now()
    later = clock.now() + bundling.ANOTHERS + timedelta(seconds=1)
    with clock.reading(lambda: later):
        jobs.run_due()
    assert row(name).stage == "done"
    assert len(recorded()) == 1


def test_the_same_checkpoint_and_profile_are_the_same_bytes(logged: builders.Desk) -> None:
    first, second = made(logged.lead), made(logged.auditor)
    assert (first.size, first.sha256) == (second.size, second.sha256)


def test_it_is_made_under_the_last_published_checkpoint_and_a_public_one_under_the_last_daily(
    logged: builders.Desk,
) -> None:
    daily = trail.size()
    builders.opened(logged, codes=("KV601",))
    checkpoints.publish_checkpoint()
    hourly = trail.size()
    builders.opened(logged, codes=("KV602",))
    assert hourly > daily
    assert row(asked(logged.lead, "internal")).size == hourly
    assert row(asked(logged.lead, "court")).size == hourly
    assert row(asked(logged.lead, "public")).size == daily
    assert row(asked(logged.lead, "internal", "KV600")).size == daily


def problem(act: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        act()
    return refusal.value.problems


NOON = datetime.fromisoformat("2031-03-24T12:20:00+00:00")


def test_without_a_checkpoint_it_says_when_there_will_be_one(team: builders.Desk) -> None:
    with clock.reading(lambda: NOON), pytest.raises(Invalid) as refusal:
        asked(team.lead)
    assert refusal.value.problems == {"profile": bundles.NO_CHECKPOINT}
    assert refusal.value.values["next"].isoformat() == "2031-03-24T13:00:00+00:00"
    with clock.reading(lambda: NOON), pytest.raises(Invalid) as refusal:
        asked(team.lead, "public")
    assert refusal.value.values["next"].isoformat() == "2031-03-25T00:00:00+00:00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"profile": "secret"}, "profile"),
        ({"recipient": " "}, "recipient"),
        ({"purpose": None}, "purpose"),
        ({"purpose": "x" * 8_001}, "purpose"),
        ({"ref": "KV999"}, "incident"),
    ],
)
def test_what_is_missing_is_asked_for(logged: builders.Desk, wrong: dict[str, str | None], field: str) -> None:
    given = {"profile": "internal", "ref": None, **FOR}
    assert list(problem(lambda: bundles.ask(logged.lead, **{**given, **wrong}))) == [field]
    bundles.ask(logged.lead, **given)


def test_an_incident_younger_than_the_daily_checkpoint_waits_for_the_next(logged: builders.Desk) -> None:
    builders.opened(logged, codes=("KV602",))
    checkpoints.publish_checkpoint()
    assert problem(lambda: asked(logged.lead, "court", "KV602")) == {"incident": bundles.NOT_UNDER_ONE}
    assert problem(lambda: asked(logged.lead, "public", "KV600")) == {"incident": bundles.NOT_PUBLIC}
    asked(logged.lead, "public", "KV412")


@pytest.mark.parametrize("profile", ["internal", "court", "public"])
def test_a_bundle_of_one_incident_verifies(logged: builders.Desk, profile: str) -> None:
    done = made(logged.lead, profile, "KV412")
    assert done.stage == "done", done.problem
    assert verified(path(done.name)) == 0
    with zipfile.ZipFile(path(done.name)) as packed:
        assert "data/incident.json" in packed.namelist()


def test_only_those_with_the_right_ask(logged: builders.Desk) -> None:
    with pytest.raises(Forbidden):
        asked(logged.spare)
    for actor in (logged.lead, logged.admin, logged.auditor):
        asked(actor)


def test_a_restricted_incident_is_there_for_those_named_alone(logged: builders.Desk) -> None:
    ref = restrictions.restrict_incident(logged.lead, "KV600", people=[], reason="A source is at risk.")
    assert problem(lambda: asked(logged.lead, "internal", ref)) == {"profile": bundles.SILENCED}
    published(logged)
    assert problem(lambda: asked(logged.leads[1], "internal", ref)) == {"incident": bundles.NO_INCIDENT}
    one, whole = made(logged.lead, "internal", ref), made(logged.lead, "internal")
    assert b"KV600" in shown(one)
    assert b"KV600" not in shown(whole)
    assert problem(lambda: asked(logged.lead, "public", ref)) == {"incident": bundles.NOT_PUBLIC}


def shown(bundle: Bundle) -> bytes:
    """What the bundle's disclosures say."""
    with zipfile.ZipFile(path(bundle.name)) as packed:
        texts = [orjson.loads(line)["d"] for line in packed.read("data/disclosures.jsonl").splitlines()]
    return b"\n".join(base64.urlsafe_b64decode(text + "==") for text in texts)


def test_what_was_restricted_since_is_given_to_nobody_and_its_file_goes(logged: builders.Desk) -> None:
    internal, public = made(logged.auditor), made(logged.auditor, "public")
    waiting = asked(logged.auditor, "court")
    restrictions.restrict_incident(logged.lead, "KV600", people=[], reason="A source is at risk.")
    with pytest.raises(NotFound):
        queries.own_file(logged.auditor, internal.name)
    # The public bundle tells nothing of it: that it stays tells nobody of the restriction.
    assert queries.own_file(logged.auditor, public.name).sha256 == public.sha256
    builders.work()
    assert stored() == [public.name]
    assert [(one.stage, one.there, one.told_no_more) for one in queries.asked_by(logged.auditor)] == [
        ("failed", False, True), ("done", True, False), ("done", False, True),
    ]  # fmt: skip
    assert row(waiting).problem == bundling.TOLD_NO_MORE


def test_nothing_is_made_under_a_checkpoint_older_than_a_restriction(logged: builders.Desk) -> None:
    restrictions.restrict_incident(logged.lead, "KV600", people=[], reason="A source is at risk.")
    assert problem(lambda: asked(logged.auditor)) == {"profile": bundles.SILENCED}
    asked(logged.auditor, "public")
    checkpoints.publish_checkpoint()
    asked(logged.auditor)


def test_a_bundle_is_for_whoever_asked_while_they_hold_the_right(logged: builders.Desk) -> None:
    done = made(logged.auditor)
    assert queries.own_file(logged.auditor, done.name).filename == f"assay-{done.size}-internal.zip"
    for other in (logged.lead, logged.admin):
        with pytest.raises(NotFound):
            queries.own_file(other, done.name)
        with pytest.raises(NotFound):
            bundles.discard(other, done.name)
    with pytest.raises(Forbidden):
        queries.own_file(Actor(logged.auditor.person, "reviewer", "Rafe Linnard"), done.name)


def test_who_may_export_no_more_gets_no_bundle(logged: builders.Desk) -> None:
    name = asked(logged.auditor)
    people.deactivate_person(logged.admin, logged.auditor.person or 0, reason="Left the partner.")
    builders.work()
    assert (row(name).stage, row(name).problem) == ("failed", bundling.NOT_ALLOWED)
    assert (recorded(), stored()) == ([], [])


def notices(actor: Actor) -> list[str]:
    session.rollback()
    return list(session.scalars(select(Notice.kind).where(Notice.person_id == actor.person).order_by(Notice.id)))


def test_whoever_asked_is_told_that_it_is_ready(logged: builders.Desk) -> None:
    made(logged.auditor)
    assert notices(logged.auditor) == ["bundle_ready"]


def test_a_full_disk_ends_in_a_sentence_and_can_be_tried_again(
    logged: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = asked(logged.lead)

    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(bundling, "export", full)
        builders.work()
    assert (row(name).stage, row(name).problem) == ("failed", bundling.DISK_FULL)
    assert (notices(logged.lead)[-1:], stored()) == (["bundle_stopped"], [])
    published(logged)
    bundles.ask_again(logged.lead, name)
    builders.work()
    assert (row(name).stage, row(name).size, row(name).problem) == ("done", trail.size() - 1, None)
    assert recorded()[-1].sealed["recipient"] == "The tribunal"
    with pytest.raises(NotFound):
        bundles.ask_again(logged.lead, name)


def test_a_kept_file_that_was_altered_ends_in_a_sentence(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    sources.capture_source(team.enterer, ref, 1, upload=Upload(b"What the page said.", "page.txt"))
    published(team)
    (kept,) = (one for one in (config.home() / "objects").rglob("*") if one.is_file())
    content = kept.read_bytes()
    kept.write_bytes(content[::-1])
    stopped = made(team.lead)
    assert (stopped.stage, stopped.problem) == ("failed", bundling.ALTERED)
    kept.write_bytes(content)
    assert made(team.lead).stage == "done"


def test_how_far_it_is_is_noted_and_a_bundle_let_go_of_is_not_made(
    logged: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundling, "TELLING", 0.0)
    name, noted = asked(logged.lead), []
    telling = bundling._Progress.__call__

    def tell(self: bundling._Progress, more: int) -> None:
        telling(self, more)
        noted.append(row(name).read)
        bundles.discard(logged.lead, name)

    monkeypatch.setattr(bundling._Progress, "__call__", tell)
    builders.work()
    assert noted == [trail.size()]
    assert (stored(), recorded()) == ([], [])


def test_after_a_week_it_goes(logged: builders.Desk) -> None:
    done = made(logged.lead)
    (config.exports() / "left-by-nobody.part").write_bytes(b"PK")
    (config.exports() / f"{done.name}.part").write_bytes(b"PK")
    last = done.at + timedelta(days=7)
    with clock.reading(lambda: last):
        bundles.sweep()
        assert stored() == sorted([done.name, f"{done.name}.part"])
    with clock.reading(lambda: last + timedelta(seconds=1)):
        bundles.sweep()
    assert (stored(), queries.asked_by(logged.lead)) == ([], ())


def test_the_page_tells_who_took_what_for_whom(logged: builders.Desk) -> None:
    made(logged.lead, "court")
    for viewer, by in ((logged.admin, "Ilse Marchetti"), (logged.auditor, None)):
        one = export_queries.export_page(viewer).made[0]
        assert (one.profile, one.role, one.by, one.recipient, one.purpose) == ("court", "lead", by, *FOR.values())
    with pytest.raises(Forbidden):
        export_queries.export_page(logged.spare)


def test_a_file_that_is_gone_is_said_to_be_gone(logged: builders.Desk) -> None:
    done = made(logged.lead)
    assert queries.bundle_page(logged.lead, done.name).there
    path(done.name).unlink()
    assert not queries.bundle_page(logged.lead, done.name).there
    with pytest.raises(NotFound):
        queries.own_file(logged.lead, done.name)
