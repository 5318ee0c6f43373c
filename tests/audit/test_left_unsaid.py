"""Claims that went from shown incidents into hidden ones, in bundles of the export itself: they hold, in each profile."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from review.audit.export import export
from review.store import Store
from tests.audit import histories as h
from tests.audit.checking import failures
from tests.audit.forge import LIO, RIA, VKEY, Forge

WORDS = "Seven of one family were in the cellar."


@pytest.fixture
def log() -> Forge:
    forge = Forge()
    forge.open_log()
    return forge


def claim(log: Forge) -> int:
    return log.add("claim.received", RIA, claim_="c-" + "a" * 16, claim="c-" + "a" * 16, text=WORDS)


def moved(log: Forge, verb: str, name: str, seq: int) -> None:
    log.add(f"claim.{verb}", RIA, name, claim=seq, reason="It speaks of it.")


def restricted(log: Forge, number: int) -> str:
    name = log.incident(number, RIA)
    log.add("incident.restricted", LIO, name, on=True, people=[LIO.in_("log")], reason="A source is at risk.")
    return name


def members(log: Forge, folder: Path, profile: str) -> dict[str, bytes]:
    log.heads()
    out, spool = BytesIO(), folder / f"spool-{profile}"
    spool.mkdir()
    export(log, log.publish(), out, objects=Store((folder / "objects").as_uri()), spool=spool, profile=profile)
    with zipfile.ZipFile(out) as held:
        return {name: held.read(name) for name in held.namelist()}


def shown(members: dict[str, bytes]) -> set[int]:
    return {json.loads(line)["seq"] for line in members["data/events.jsonl"].splitlines()}


@pytest.mark.parametrize("profile", ["internal", "court", "public"])
@pytest.mark.parametrize("behind", ["before the round", "behind its opening", "wholly behind it"])
def test_a_claim_that_went_into_a_restricted_incident_is_told_nowhere(log: Forge, tmp_path: Path, behind: str, profile: str) -> None:
    """Its line stands where a shown event refers to it, and nowhere else; its words nowhere."""
    seq, name = claim(log), log.incident(1, RIA)
    if behind == "wholly behind it":
        log.open_round(name)
    moved(log, "grouped", name, seq)
    if behind == "behind its opening":
        log.open_round(name)
    moved(log, "ungrouped", name, seq)
    moved(log, "grouped", restricted(log, 2), seq)
    if behind == "before the round":
        log.open_round(name)
    made = members(log, tmp_path, profile)
    assert (seq in shown(made)) is (profile != "public" and behind != "wholly behind it")
    assert failures(h.write_zip(tmp_path / "bundle.zip", made), key=VKEY) == []


@pytest.mark.parametrize("profile", ["internal", "court"])
def test_a_merge_of_what_is_restricted_later_holds(log: Forge, tmp_path: Path, profile: str) -> None:
    name, into = log.incident(1, RIA), log.incident(2, RIA)
    log.add("incident.merged", LIO, name, other=[into], reason="The same.")
    log.add("incident.absorbed", LIO, into, other=[name], reason="The same.")
    log.add("incident.restricted", LIO, into, on=True, people=[LIO.in_("log")], reason="A source is at risk.")
    assert failures(h.write_zip(tmp_path / "bundle.zip", members(log, tmp_path, profile)), key=VKEY) == []
