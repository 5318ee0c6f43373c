"""Bundles over a joint: with a version that waits, with a removal, of one incident; and what an insider hides behind it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from review.audit.export import NotExported
from review.rules.errors import Refused
from tests.audit import histories as h
from tests.audit.checking import failures, run
from tests.audit.continuing import Continued, Members, withheld
from tests.audit.forge import ADA, LIO, MUN, RIA, SEN, TIV, ULF, UNKNOWN, WIM

CUT = "its tail was cut or altered"
CLAIM = "c-" + "a" * 16


@pytest.fixture
def log() -> Continued:
    return Continued()


def told(members: Members, folder: Path, key: str) -> list[str]:
    return failures(h.write_zip(folder / "bundle.zip", members), key=key)


def words(members: Members, folder: Path, key: str) -> list[str]:
    found = run(h.write_zip(folder / "bundle.zip", members), key=key)
    return [*verify.unprovable(found), *verify.elsewhere(found)]


def of(name: str, *, since: int = 0) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["incident"] == name and event["seq"] >= since


def published(log: Continued, number: int = 1) -> str:
    name = log.incident(number, RIA)
    log.agree(name)
    log.approve(name)
    return name


def reopened(log: Continued, name: str) -> None:
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason="A new statement.")


def imported(log: Continued) -> str:
    name = "i-" + "c" * 16
    log.add("incident.imported", ADA, name, stream="karsia-air", source="csv", facts={}, row={"code": "KS001"})
    log.add("grade.imported", ADA, name, grade="weak", range=UNKNOWN, codebook=log.book)
    log.source(name)
    return name


# --- what holds -----------------------------------------------------------------------------------------------------


def nothing(log: Continued, name: str) -> None:
    """Nobody was asked yet."""


def an_open_round(log: Continued, name: str) -> None:
    log.open_round(name)


def a_sealed_vote(log: Continued, name: str) -> None:
    log.open_round(name)
    log.vote(name, SEN)


def a_proposal(log: Continued, name: str) -> None:
    log.agree(name, grade="confirmed")


def a_settlement(log: Continued, name: str) -> None:
    settlement = log.dispute(name)
    log.add("settlement.argued", SEN, name, settlement=settlement, text="The crater points the other way.")


FLIGHTS = (nothing, an_open_round, a_sealed_vote, a_proposal, a_settlement)
BEHIND: dict[str, Callable[[Continued, str], object]] = {
    "nothing more": nothing,
    "a correction": lambda log, name: log.add("correction.published", LIO, name, of=None, version=1, text="The next street."),
    "a withdrawal": lambda log, name: log.add("incident.withdrawn", LIO, name, reason="It was another village."),
    "a round again": lambda log, name: (reopened(log, name), log.open_round(name, (TIV, ULF, WIM))),
    "a version": lambda log, name: (reopened(log, name), log.agree(name), log.approve(name)),
}


@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("flight", FLIGHTS)
def test_a_version_under_way_at_a_joint_holds_in_each_profile(
    log: Continued, tmp_path: Path, flight: Callable[[Continued, str], None], behind: str
) -> None:
    name = published(log)
    reopened(log, name)
    flight(log, name)
    log.go_on()
    BEHIND[behind](log, name)
    for profile in ("internal", "court", "public"):
        assert told(log.members(tmp_path, profile), tmp_path, log.vkey) == [], profile


@pytest.mark.parametrize("behind", ["nothing more", "a withdrawal"])
@pytest.mark.parametrize("flight", FLIGHTS)
def test_an_imported_grade_under_way_at_a_joint_holds_in_each_profile(
    log: Continued, tmp_path: Path, flight: Callable[[Continued, str], None], behind: str
) -> None:
    name = imported(log)
    flight(log, name)
    log.go_on()
    log.open_round(name, (TIV, ULF, WIM))
    log.abandon(name)
    BEHIND[behind](log, name)
    for profile in ("internal", "court", "public"):
        assert told(log.members(tmp_path, profile), tmp_path, log.vkey) == [], profile


@pytest.mark.parametrize("profile", ["internal", "court", "public"])
@pytest.mark.parametrize("place", ["before the joint", "behind it"])
def test_what_was_removed_is_accounted_for_over_a_joint(log: Continued, tmp_path: Path, place: str, profile: str) -> None:
    name = published(log)
    approved = log.rows[-2].seq
    if place == "before the joint":
        log.redacted(approved, "reason", MUN, LIO.in_(name))
    log.go_on()
    if place == "behind it":
        reopened(log, name)
        log.redacted(log.rows[-1].seq, "reason", LIO, MUN.in_(name))
    assert told(log.members(tmp_path, profile), tmp_path, log.vkey) == []


def test_what_the_log_before_holds_cannot_be_removed_behind_the_joint(log: Continued) -> None:
    """A line names entries of its own log alone, so that nothing could say what is missing there."""
    name = published(log)
    approved = log.rows[-2].seq
    log.go_on()
    with pytest.raises(Refused):
        log.redacted(approved, "reason", MUN, LIO.in_(name))


@pytest.mark.parametrize("profile", ["internal", "court", "public"])
def test_one_incident_of_a_continued_log_holds_and_says_what_it_cannot_show(
    log: Continued, tmp_path: Path, profile: str
) -> None:
    published(log)
    log.go_on()
    claim = log.add("claim.received", RIA, claim_=CLAIM, claim=CLAIM, text="Seven of one family.")
    name = log.incident(2, RIA)
    log.add("claim.grouped", RIA, name, claim=claim)
    log.agree(name)
    log.approve(name)
    members = log.members(tmp_path, profile, name)
    assert told(members, tmp_path, log.vkey) == []
    assert any("nothing of this incident stands in the log that was continued" in line for line in words(members, tmp_path, log.vkey))


def test_one_incident_that_began_before_the_joint_is_told_by_the_whole_log_alone(log: Continued, tmp_path: Path) -> None:
    name = published(log)
    log.go_on()
    with pytest.raises(NotExported):
        log.members(tmp_path, "internal", name)


# --- what an insider hides behind a joint ---------------------------------------------------------------------------


def test_a_version_is_not_hidden_as_the_tail_of_a_round_that_fell(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    a_sealed_vote(log, name)
    log.go_on()
    log.agree(name)
    log.approve(name)
    members = log.members(tmp_path)
    assert told(members, tmp_path, log.vkey) == []
    found = told(withheld(members, of(name)), tmp_path, log.vkey)
    assert any(line.startswith("FAIL heads") and CUT in line for line in found), found


def test_a_conflict_is_not_hidden_beside_the_votes_of_a_round_that_fell(log: Continued, tmp_path: Path) -> None:
    """The lead declared it behind the joint, and approved all the same."""
    name = log.incident(1, RIA)
    a_sealed_vote(log, name)
    log.go_on()
    log.add("conflict.declared", LIO, name, ground="kin")
    declared = log.rows[-1].seq - log.base
    log.agree(name)
    log.approve(name)
    members = log.members(tmp_path)
    assert [line.split()[1] for line in told(members, tmp_path, log.vkey)] == ["conflict"]
    found = told(withheld(members, lambda event: event["seq"] == declared), tmp_path, log.vkey)
    assert any(line.startswith(f"FAIL chain seq {declared + 1}: ") for line in found), found


def test_a_report_without_heads_behind_a_joint_says_so(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    a_sealed_vote(log, name)
    log.heads()
    log.go_on()
    members = log.members(tmp_path, fixed=False)
    assert told(members, tmp_path, log.vkey) == []
    assert "that no incident lost its end: no log.heads fixes what they hold" in words(members, tmp_path, log.vkey)


def test_a_number_of_the_log_before_is_not_taken_again(log: Continued, tmp_path: Path) -> None:
    """Rounds, sources and claims go on counting over the joint."""
    name = published(log)
    log.go_on()
    log.add("claim.received", RIA, claim_=CLAIM, claim=CLAIM, text="Seven.")
    log.add("claim.received", RIA, claim_=CLAIM, claim=CLAIM, text="Seven.")
    log.add("source.attached", WIM, name, source=1, material=True, role="supports_harm", publishable=True)
    found = told(log.members(tmp_path), tmp_path, log.vkey)
    assert {line.split()[1] for line in found} == {"claim", "source"}
