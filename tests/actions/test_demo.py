"""`flask demo`: a sample of everything on an empty desk, checked by the same means as a desk of real people."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from review import config
from review.actions import second_factors, signing_in
from review.audit import keys, profiles
from review.cli import sample
from review.models import Claim, Incident, Job, Stream, Submission, SubmissionTaken, session
from review.rules.workflow import STAGES
from tests import trail
from tests.actions.test_commands import flask
from tests.audit.checking import failures
from tests.builders import Desk

# What a newcomer should meet at least once.
TOLD = {
    "grade.overridden", "override.seconded", "incident.merged", "incident.absorbed", "incident.split",
    "incident.dismissed", "incident.withdrawn", "incident.restricted", "incident.imported", "recheck.opened",
    "grade.reopened", "grade.returned", "reviewer.released", "conflict.declared", "vote.excluded",
    "settlement.argued", "settler.appointed", "settlement.closed", "dissent.recorded", "claim.duplicated",
    "claim.dismissed", "claim.withdrawn", "source.captured", "source.assessed", "position.recorded",
    "stream.switched", "correction.received",
}  # fmt: skip


@pytest.fixture
def filled(desk: Flask) -> list[list[str]]:
    """The sample on an empty desk; what the command printed, line by line."""
    done = flask(desk, "demo")
    assert done.exit_code == 0, done.output
    return [line.split(" ") for line in done.stdout.splitlines()]


def test_everybody_is_printed_and_can_sign_in(filled: list[list[str]]) -> None:
    assert [line[:2] for line in filled] == [[role, email] for role, email, _name in sample.PEOPLE]
    _role, email, password = filled[1]
    assert not second_factors.asked()
    assert signing_in.sign_in(email, password)


def test_the_sample_holds_everything_and_all_of_it_can_be_checked(desk: Flask, filled: list[list[str]], tmp_path: Path) -> None:
    assert filled
    stages = Counter(session.scalars(select(Incident.stage)))
    assert set(stages) == set(STAGES)
    assert stages.total() >= 20
    assert TOLD - set(trail.types()) == set()
    assert set(session.scalars(select(Stream.mode))) == {"active", "log-only", "paused"}
    assert session.scalar(select(func.count()).where(Claim.stage == "received")) >= 12
    asked = session.execute(select(Submission.version, Submission.state).where(Submission.kind == "correction"))
    assert sorted(map(tuple, asked)) == [(0, "accepted"), (1, "accepted"), (1, "waiting")]
    assert session.scalars(select(SubmissionTaken.way)).all() == ["telephone"]
    assert session.scalars(select(Job.kind).where(Job.problem.is_not(None))).all() == []
    checked = flask(desk, "audit", "fsck")
    assert checked.exit_code == 0, checked.output
    vkey = str(keys.load(config.home()).verifier(config.origin()))
    for profile in profiles.NAMES:
        bundle = tmp_path / f"{profile}.zip"
        assert flask(desk, "audit", "export", str(bundle), "--profile", profile).exit_code == 0
        assert failures(bundle, key=vkey) == []


def test_no_round_that_is_open_shows_how_anybody_voted(filled: list[list[str]]) -> None:
    waiting = session.scalars(select(Incident.name).where(Incident.code.in_(["KV421", "NJ123"]))).all()
    assert len(waiting) == 2 and filled
    for name in waiting:
        rounds = trail.dossier(name)
        assert [vote.seq for vote in rounds.votes if vote.round == rounds.round.number and vote.ballot] == []


def test_a_desk_with_somebody_on_it_is_left_alone(team: Desk) -> None:
    before = trail.size()
    refused = flask(team.app, "demo")
    assert refused.exit_code == 1 and "not empty" in refused.output
    assert not re.search(r"@assay\.invalid", refused.output)
    assert trail.size() == before
