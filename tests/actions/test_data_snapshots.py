"""Snapshots of the open data: what follows from the public bundle, kept where something changed, gone with words that
were removed."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from review import config
from review.actions import approvals, claims, data_snapshots, erasing, incidents, redactions, restrictions
from review.actions.accounts import account_write
from review.audit import recompute
from review.models import DataSnapshot, session
from review.models.bundles import public_bundle
from review.queries.data_snapshots import Snapshot, snapshots
from review.rules.redaction import Named
from review.store import objects
from tests import builders
from tests.actions.erased import asked, found
from tests.clocks import Clock
from tests.staffing import Filling
from tests.web.sitting import browser

PROGRAM = Path(recompute.__file__)


def next_day(time: Clock) -> None:
    """The night passes, and the worker with it."""
    time.at = time.at.replace(hour=0, minute=0) + timedelta(days=1, minutes=1)
    builders.work()


def _a_day_ago(team: builders.Desk, time: Clock | None) -> str:
    assert time is not None
    ref = builders.published(team)
    next_day(time)
    return ref


@pytest.fixture
def filling() -> Filling:
    return _a_day_ago


@pytest.fixture
def team(time: Clock, staffed: builders.Desk) -> builders.Desk:
    return staffed


def kept() -> list[Snapshot]:
    session.rollback()
    told = list(snapshots())
    session.rollback()
    return told


def digest(one: Snapshot, name: str = "determinations.jsonl") -> str:
    return next(file.sha256 for file in one.files if file.name == name)


def test_a_stranger_makes_a_snapshot_anew_from_the_bundle_alone(team: builders.Desk, tmp_path: Path) -> None:
    (one,) = kept()
    bundle = public_bundle(session)
    assert bundle is not None and bundle.size == one.size and one.versions == 1
    command = [sys.executable, "-I", "-S", str(PROGRAM), str(config.exports() / bundle.name), str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == digest(one) == hashlib.sha256((tmp_path / "out").read_bytes()).hexdigest()
    anybody = browser(team.app)
    for file in one.files:
        answer = anybody.get(f"/data/snapshots/{one.size}/{file.name}")
        assert answer.status_code == 200 and hashlib.sha256(answer.data).hexdigest() == file.sha256
        # With nothing published since, the files of now are those of the snapshot.
        assert anybody.get(f"/data/{file.name}").data == answer.data, file.name
    page = anybody.get(f"/data/snapshots/{one.size}").get_data(as_text=True)
    assert all(file.sha256 in page for file in one.files)
    assert f"/data/snapshots/{one.size}" in anybody.get("/data").get_data(as_text=True)
    assert found() == []


def test_one_is_kept_where_something_public_changed_and_stays_as_it_was(team: builders.Desk, time: Clock) -> None:
    (first,) = kept()
    claims.receive_claim(team.enterer, text="canaryclaim", language="en")
    next_day(time)
    assert kept() == [first]
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV600",))))
    builders.approved(team, ref)
    next_day(time)
    second, again = kept()
    assert again == first and second.versions == 2
    lines = browser(team.app).get(f"/data/snapshots/{first.size}/determinations.jsonl").get_data(as_text=True)
    assert len(lines.splitlines()) == 1 and "canaryclaim" not in lines and json.loads(lines)["standing"] is True


def test_removed_words_take_every_snapshot_that_holds_them(team: builders.Desk, time: Clock, filled: str) -> None:
    (one,) = kept()
    incidents.describe_incident(team.enterer, filled, facts=builders.facts(summary=None), reason="It names a child.")
    seq = builders.row(filled).first_seq or 0
    redactions.second_redaction(team.leads[1], asked(team, filled, Named(seq, "facts")), reason="I have read it.")
    anybody = browser(team.app)
    path = f"/data/snapshots/{one.size}"
    # At once, and not only when the worker has removed the bytes.
    for address in (path, f"{path}/determinations.jsonl"):
        answer = anybody.get(address)
        assert answer.status_code == 410 and "grain store" not in answer.get_data(as_text=True)
        assert filled in answer.get_data(as_text=True) and "removed for good" in answer.get_data(as_text=True)
    builders.work()
    assert not objects().exists(digest(one)) and found() == []
    assert anybody.get(path).status_code == 410
    live = anybody.get("/data/determinations.jsonl").get_data(as_text=True)
    assert "grain store" not in live and json.loads(live)["facts_removed"] is True
    next_day(time)
    assert [told.given for told in kept()] == [True, False]


def test_a_restricted_incident_takes_it_for_as_long_as_it_lasts(team: builders.Desk, filled: str) -> None:
    (one,) = kept()
    restrictions.restrict_incident(team.lead, filled, people=[], reason="A family is in danger.")
    anybody = browser(team.app)
    for address in (f"/data/snapshots/{one.size}", f"/data/snapshots/{one.size}/record.csv"):
        answer = anybody.get(address)
        assert answer.status_code == 410 and filled not in answer.get_data(as_text=True)
    builders.work()
    restrictions.lift_restriction(team.lead, filled, reason="Out of danger.")
    assert kept() == [one]
    assert anybody.get(f"/data/snapshots/{one.size}/record.csv").status_code == 200
    assert anybody.get("/data/snapshots/7").status_code == anybody.get(f"/data/snapshots/{one.size}/x.csv").status_code == 404


def test_one_that_was_made_without_a_restricted_incident_tells_nothing_of_it(
    team: builders.Desk, time: Clock, filled: str
) -> None:
    hidden = builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV600",))))
    builders.approved(team, hidden)
    restrictions.restrict_incident(team.lead, hidden, people=[], reason="A family is in danger.")
    builders.approved(team, builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV700",)))))
    next_day(time)
    latest, first = kept()
    assert first.given and latest.given and latest.versions == 2
    restrictions.restrict_incident(team.lead, filled, people=[], reason="A family is in danger.")
    assert [one.given for one in kept()] == [False, False]


def test_a_file_that_a_stranger_sent_in_as_well_stays_in_the_snapshot_when_theirs_is_erased(team: builders.Desk) -> None:
    (one,) = kept()
    dictionary = digest(one, "dictionary.json")
    erasing.discard(dictionary)
    assert objects().exists(dictionary)
    with account_write():
        session.execute(update(DataSnapshot.__table__).values(gone_on="2031-03-26"))
    erasing.discard(dictionary)
    assert not objects().exists(dictionary)


def test_a_file_that_is_let_go_of_while_the_next_snapshot_is_made_of_it_is_kept(
    team: builders.Desk, time: Clock, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dictionary, keep = digest(kept()[0], "dictionary.json"), data_snapshots._keep

    def after_the_worker(*given: Any) -> None:
        with account_write():
            session.execute(update(DataSnapshot.__table__).values(gone_on="2031-03-26"))
        erasing.discard(dictionary)
        keep(*given)

    monkeypatch.setattr(data_snapshots, "_keep", after_the_worker)
    builders.approved(team, builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV700",)))))
    next_day(time)
    assert len(kept()) == 2
    assert objects().exists(dictionary)


def test_one_restricted_again_after_it_was_told_takes_it(team: builders.Desk, time: Clock, filled: str) -> None:
    restrictions.restrict_incident(team.lead, filled, people=[], reason="A family is in danger.")
    restrictions.lift_restriction(team.lead, filled, reason="Out of danger.")
    builders.approved(team, builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV700",)))))
    next_day(time)
    assert [one.given for one in kept()] == [True, True]
    restrictions.restrict_incident(team.lead, filled, people=[], reason="Again in danger.")
    assert [one.given for one in kept()] == [False, False]


def test_the_words_of_an_earlier_version_take_both(team: builders.Desk, time: Clock, filled: str) -> None:
    incidents.describe_incident(team.enterer, filled, facts=builders.facts(summary="Other words."), reason="A witness.")
    approvals.reopen(team.lead, filled, ground="verdict", reason="S3 is new.", seen=builders.row(filled).digest)
    builders.agreed(team, filled)
    builders.approved(team, filled, by=team.leads[1])
    next_day(time)
    assert [one.given for one in kept()] == [True, True]
    seq = builders.row(filled).first_seq or 0
    redactions.second_redaction(team.leads[1], asked(team, filled, Named(seq, "facts")), reason="I have read it.")
    assert [one.given for one in kept()] == [False, False]


def test_removing_what_it_does_not_hold_leaves_it(team: builders.Desk, filled: str) -> None:
    facts = builders.facts(summary="A child.")
    later = incidents.describe_incident(team.enterer, filled, facts=facts, reason="A witness.")
    incidents.describe_incident(team.enterer, filled, facts=builders.facts(summary=None), reason="It names a child.")
    redactions.second_redaction(team.leads[1], asked(team, filled, Named(later, "facts")), reason="I have read it.")
    assert [one.given for one in kept()] == [True]


def test_removing_the_exact_place_leaves_it(team: builders.Desk, filled: str) -> None:
    first = builders.row(filled).first_seq or 0
    redactions.second_redaction(team.leads[1], asked(team, filled, Named(first, "exact")), reason="I have read it.")
    assert [one.given for one in kept()] == [True]
