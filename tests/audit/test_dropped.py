"""What a profile shows, it shows: a detail that is left out of a bundle without a redaction is missed."""

from __future__ import annotations

import io
import zipfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from sqlalchemy import select

from review.actions import redactions
from review.audit import profiles, verify
from review.models import Event, session
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked
from tests.actions.test_commands import flask
from tests.audit.checking import checks, failures
from tests.audit.histories import write_bag
from tests.audit.test_one_incident import one
from tests.audit.whole import bundle, signed, sqlite_desk, vkey

Line = bytes
Members = dict[str, bytes]
DISCLOSURES = "data/disclosures.jsonl"
# What a public bundle of the sample tells: nothing of these may be missing for want of such an event.
IN_PUBLIC = {
    ("dissent.recorded", "text"), ("grade.approved", "reason"), ("grade.overridden", "reason"), ("incident.opened", "facts"),
    ("incident.imported", "facts"), ("position.recorded", "position"), ("settlement.closed", "rationale"),
    ("settlement.closed", "replies"), ("source.attached", "publishable"), ("source.attached", "url"),
    ("source.captured", "file"), ("stream.defined", "name"), ("vote.committed", "grade"), ("vote.committed", "range"),
}  # fmt: skip
IN_COURT = IN_PUBLIC | {
    ("claim.received", "text"), ("incident.opened", "at"), ("incident.opened", "exact"), ("vote.committed", "rationale"),
    ("vote.committed", "at"), ("settlement.argued", "text"), ("policy.set", "times"),
}  # fmt: skip
KINDS = {"internal": IN_COURT | {("claim.received", "reporter"), ("source.attached", "note")}, "court": IN_COURT, "public": IN_PUBLIC}


class Sample(NamedTuple):
    """The members of the demo's bundle in each profile, of the whole log and of one incident, and its key."""

    whole: dict[str, Members]
    alone: dict[str, Members]
    key: str


@pytest.fixture(scope="module")
def sample(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The demo, once for all tests of this file; they read it and leave it."""
    with sqlite_desk(tmp_path_factory.mktemp("sample") / "home", sqlite_template) as app:
        assert flask(app, "demo").exit_code == 0
        checkpoint = signed()
        line = session.scalars(select(Event.line).where(Event.type == "dissent.recorded").order_by(Event.seq)).first()
        incident = verify.parse(bytes(line or b""))["incident"]
        whole = {name: members(bundle(checkpoint, name)) for name in profiles.NAMES}
        alone = {name: members(one(checkpoint, incident, name)) for name in profiles.NAMES}
        yield Sample(whole, alone, vkey())


def members(packed: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(packed)) as held:
        return {name: held.read(name) for name in held.namelist() if name.startswith("data/")}


def by_kind(held: Members) -> dict[tuple[str, str], list[Line]]:
    """The lines of every detail that the bundle tells, by the type of its event and its name."""
    types = {event["seq"]: event["type"] for event in map(verify.parse, held["data/events.jsonl"].splitlines())}
    kinds: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in held[DISCLOSURES].splitlines(keepends=True):
        told = verify.parse(line)
        name, _value = verify.read_disclosure(verify.decode_disclosure(told["d"].encode()))
        kinds[types[told["seq"]], name].append(line)
    return kinds


def without(held: Members, lines: Collection[Line]) -> Members:
    """The bundle that tells all but these."""
    gone = set(lines)
    kept = b"".join(line for line in held[DISCLOSURES].splitlines(keepends=True) if line not in gone)
    return {**held, DISCLOSURES: kept}


def found(held: Members, folder: Path, sample: Sample, profile: str) -> list[str]:
    """What the verifier names; every manifest is made anew, of a day of the test's own."""
    named = failures(write_bag(folder / "bundle.zip", held, profile=profile), key=sample.key)
    return [line for line in named if "Bagging-Date" not in line]


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_the_bundles_hold_and_tell_what_the_profile_shows(sample: Sample, tmp_path: Path, profile: str) -> None:
    assert found(sample.whole[profile], tmp_path, sample, profile) == []
    assert found(sample.alone[profile], tmp_path, sample, profile) == []
    kinds = by_kind(sample.whole[profile])
    assert KINDS[profile] - set(kinds) == set()
    assert all(profiles.shows(type_, name, profile) != "no" for type_, name in kinds)


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_a_detail_of_the_log_that_is_left_out_is_missed(sample: Sample, tmp_path: Path, profile: str) -> None:
    held = sample.whole[profile]
    kinds = by_kind(held)
    for kind in sorted(KINDS[profile]):
        lines = kinds[kind]
        assert "disclosure" in checks(found(without(held, lines), tmp_path, sample, profile)), kind
        assert "disclosure" in checks(found(without(held, lines[-1:]), tmp_path, sample, profile)), kind


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_every_detail_of_one_incident_that_is_left_out_is_missed(sample: Sample, tmp_path: Path, profile: str) -> None:
    held = sample.alone[profile]
    unnoticed = set()
    for kind, lines in by_kind(held).items():
        ways = (lines, lines[:1])
        unnoticed |= {kind for way in ways if not found(without(held, way), tmp_path, sample, profile)}
    # Who left is told by an event of the log, and that is not in such a bundle.
    assert {(type_, name) for type_, name in unnoticed if name != "person"} == set()
    assert not unnoticed or profile == "internal"


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_nothing_but_the_events_does_not_hold(sample: Sample, tmp_path: Path, profile: str) -> None:
    for held in (sample.whole[profile], sample.alone[profile]):
        assert "disclosure" in checks(found({**held, DISCLOSURES: b""}, tmp_path, sample, profile))


def test_a_source_that_is_taken_from_the_public_with_its_mark_is_missed(sample: Sample, tmp_path: Path) -> None:
    held = sample.whole["public"]
    kinds = by_kind(held)
    of_sources = [line for kind, lines in kinds.items() if kind[0].startswith("source.") for line in lines]
    assert "disclosure" in checks(found(without(held, of_sources), tmp_path, sample, "public"))
    but_marks = [line for line in of_sources if line not in kinds["source.attached", "publishable"]]
    assert "disclosure" in checks(found(without(held, but_marks), tmp_path, sample, "public"))


class Removed(NamedTuple):
    """A desk where an approval's reason and the facts were removed: its bundles, and what is gone."""

    members: dict[str, Members]
    key: str
    approval: int


@pytest.fixture(scope="module")
def removed(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Removed]:
    with sqlite_desk(tmp_path_factory.mktemp("removed") / "home", sqlite_template) as app:
        team = builders.desk(app)
        ref = builders.published(team)
        approval = next(one.approval.seq for one in builders.view(ref).proposals if one.approval)
        attached = session.scalars(select(Event.seq).where(Event.type == "source.attached").order_by(Event.seq)).first()
        session.rollback()
        details = [Named(approval, "reason"), Named(attached or 0, "url"), Named(attached or 0, "note")]
        name = asked(team, ref, *details)
        redactions.second_redaction(team.leads[1], name, reason="Read.")
        checkpoint = signed()
        yield Removed({one: members(bundle(checkpoint, one)) for one in profiles.NAMES}, vkey(), approval)


@pytest.mark.parametrize("profile", profiles.NAMES)
def test_what_a_redaction_covers_may_be_missing_and_nothing_beside_it(removed: Removed, tmp_path: Path, profile: str) -> None:
    held = removed.members[profile]
    path = write_bag(tmp_path / "bundle.zip", held, profile=profile)
    assert [line for line in failures(path, key=removed.key) if "Bagging-Date" not in line] == []
    kinds = by_kind(held)
    assert ("grade.approved", "reason") not in kinds
    # The note went with it, which a court never saw: for each such detail one more may be missing, and no second.
    gone = [line for name in ("title", "publisher") for line in kinds["source.attached", name]]
    path = write_bag(tmp_path / "bundle.zip", without(held, gone), profile=profile)
    assert "disclosure" in checks(failures(path, key=removed.key))
