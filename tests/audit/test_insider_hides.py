"""What an insider with the key leaves out of a bundle, or writes into a log, trusting that nobody can miss it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from tests.audit import histories as h
from tests.audit.checking import checks, failures, run
from tests.audit.continuing import Continued, Members, untold, withheld
from tests.audit.forge import ADA, LIO, MUN, RIA, SEN, TIV, ULF, WIM, Someone
from tests.audit.removing import _leaving as somebody_leaves

BECAUSE = "The desk agreed on it."


@pytest.fixture
def log() -> Continued:
    return Continued()


def told(members: Members, folder: Path, key: str) -> list[str]:
    return failures(h.write_zip(folder / "bundle.zip", members), key=key)


def at(seq: int) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["seq"] == seq


def ended(log: Continued) -> str:
    """An incident whose settlement ended with an exit, and that came back."""
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    log.add("settlement.argued", SEN, name, settlement=settlement, text="The crater points the other way.")
    log.add("incident.withdrawn", LIO, name, reason=BECAUSE)
    log.add("incident.restored", LIO, name, reason=BECAUSE)
    return name


def test_a_conflict_is_not_hidden_behind_a_settlement_that_ended(log: Continued, tmp_path: Path) -> None:
    name = ended(log)
    declared = log.add("conflict.declared", LIO, name, ground="kin")
    log.agree(name)
    log.approve(name)
    members = log.members(tmp_path)
    assert checks(told(members, tmp_path, log.vkey)) == {"conflict"}
    found = told(withheld(members, at(declared)), tmp_path, log.vkey)
    assert any(line.startswith(f"FAIL withheld seq {declared + 1}: 1 events of its incident") for line in found), found


def test_a_version_is_not_hidden_behind_a_settlement_that_ended(log: Continued, tmp_path: Path) -> None:
    name = ended(log)
    restored = log.rows[-1].seq
    log.agree(name)
    log.approve(name)
    members = log.members(tmp_path)
    assert told(members, tmp_path, log.vkey) == []
    hidden = withheld(members, lambda event: event["incident"] == name and event["seq"] > restored)
    found = told(hidden, tmp_path, log.vkey)
    assert any(line.startswith(f"FAIL heads seq {restored}:") for line in found), found


def test_a_conflict_is_not_hidden_before_a_correction_of_a_version_that_is_shown(log: Continued, tmp_path: Path) -> None:
    """Behind a reopening a correction may stand alone while its version waits; this version is public."""
    name = log.incident(1, RIA)
    log.agree(name)
    log.approve(name)
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    declared = log.add("conflict.declared", LIO, name, ground="kin")
    log.add("correction.published", MUN, name, of=None, version=1, text="The next street.")
    log.agree(name, grade="confirmed")
    log.approve(name)
    members = log.members(tmp_path, "public")
    assert checks(told(members, tmp_path, log.vkey)) == {"conflict"}
    found = told(withheld(members, at(declared)), tmp_path, log.vkey)
    assert found == [
        f"FAIL withheld seq {declared + 2}: its version is shown, and what stood behind the beginning of it is not"
    ]


def approved_by_who_is_no_lead(log: Continued, name: str) -> list[int]:
    """A reviewer who took no part approves as a lead."""
    log.agree(name)
    log.approve(name, Someone("Wim", "lead"))
    return [row.seq for row in log.rows[-2:]]


def test_who_acts_is_not_hidden_as_one_of_those_who_left_before(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    somebody_leaves(log)
    acts = approved_by_who_is_no_lead(log, name)
    members = log.members(tmp_path)
    assert checks(told(members, tmp_path, log.vkey)) == {"role"}
    found = told(untold(members, lambda seq, detail: seq in acts and detail == "person"), tmp_path, log.vkey)
    assert found == [f"FAIL person seq {acts[-1]}: it withholds who acted, and nobody who left for good stands behind it"]


def test_who_acts_is_not_hidden_in_one_place_and_named_in_another(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.agree(name)
    voted = next(row.seq for row in log.rows if row.type == "vote.committed")
    assigned = log.add("source.assessed", SEN, name, source=1, material=False, role="supports_harm", publishable=True)
    somebody_leaves(log)
    members = log.members(tmp_path)
    found = told(untold(members, lambda seq, detail: seq == voted and detail == "person"), tmp_path, log.vkey)
    assert assigned > voted
    assert any(line.startswith(f"FAIL person seq {voted}: it withholds who acted") for line in found), found


def test_more_people_are_not_hidden_than_left(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.agree(name)
    votes = [row.seq for row in log.rows if row.type == "vote.committed"]
    somebody_leaves(log)
    members = log.members(tmp_path)
    found = told(untold(members, lambda seq, detail: seq in votes and detail == "person"), tmp_path, log.vkey)
    assert [line.split()[3] for line in found if " person seq " in line] == [f"{seq}:" for seq in votes[1:]]


def test_nobodys_name_is_hidden_who_did_not_leave(log: Continued, tmp_path: Path) -> None:
    somebody_leaves(log)
    joined = next(row.seq for row in log.rows if row.type == "person.joined")
    members = log.members(tmp_path)
    found = told(untold(members, lambda seq, detail: (seq, detail) == (joined, "name")), tmp_path, log.vkey)
    assert found == [f"FAIL person seq {joined}: it withholds who acted, and nobody who left for good stands behind it"]


def test_who_acts_on_the_log_is_not_hidden_who_did_not_leave(log: Continued, tmp_path: Path) -> None:
    log.add("stream.defined", ADA, stream="karsia-sea", mode="active", name="Karsian Navy")
    defined = log.rows[-1].seq
    somebody_leaves(log)
    members = log.members(tmp_path)
    found = told(untold(members, lambda seq, detail: (seq, detail) == (defined, "person")), tmp_path, log.vkey)
    assert [line.split()[1:4] for line in found] == [["person", "seq", f"{defined}:"]]


# --- what is written into the log itself: the verifier and the replay see it alike ----------------------------------


def judged(log: Continued) -> list[tuple[str, list[str]]]:
    """The checks that fail: in the whole log by the verifier, and by the replay."""
    mine = sorted({failure.check for failure in log.failures.all})
    return [("verify", mine), ("replay", sorted(set(log.replayed().names)))]


def test_a_merge_is_one_act(log: Continued) -> None:
    """Between the two sides the other incident could be approved by whoever took part in the first."""
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    log.append.at = "2026-03-01T11:00:00.000Z"
    log.add("incident.absorbed", LIO, other, other=[one], reason=BECAUSE)
    log.verifier.finish()
    assert judged(log) == [("verify", ["merge"]), ("replay", ["merge"])]


def test_a_merge_of_two_days_is_seen_where_no_time_is_told(log: Continued, tmp_path: Path) -> None:
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    for name in (one, other):
        log.agree(name)
        log.approve(name)
    log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    log.append.day, log.append.at = "2026-03-02", "2026-03-02T09:00:00.000Z"
    absorbed = log.add("incident.absorbed", LIO, other, other=[one], reason=BECAUSE)
    log.add("recheck.opened", None, other, version=1, cause=absorbed)
    found = told(log.members(tmp_path, "public"), tmp_path, log.vkey)
    assert found == [f"FAIL merge seq {absorbed}: the two sides of a merge or split stand in two acts"]


@pytest.mark.parametrize("moment", ["2026-03-02T09:00:00.000Z", "2026-02-27T09:00:00.000Z"])
def test_a_time_is_of_its_day(log: Continued, moment: str) -> None:
    log.append.at = moment
    log.incident(1, RIA)
    assert judged(log) == [("verify", ["day"]), ("replay", ["day"])]


def test_a_time_of_the_day_before_may_stand_where_a_clock_was_set_right(log: Continued) -> None:
    log.append.at = "2026-02-28T23:30:00.000Z"
    log.incident(1, RIA)
    assert judged(log) == [("verify", []), ("replay", [])]


@pytest.mark.parametrize("reason", [None, " "])
def test_a_return_an_override_and_a_reopening_carry_a_reason(log: Continued, reason: str | None) -> None:
    name = log.incident(1, RIA)
    log.agree(name)
    proposal = log.dossier(name).proposal
    assert proposal is not None
    log.add("grade.overridden", LIO, name, of=proposal.seq, grade="weak", range=proposal.casualties.as_dict(), reason=reason)
    log.add("grade.returned", MUN, name, of=proposal.seq, to="round", reason=reason)
    assert judged(log) == [("verify", ["reasoned"]), ("replay", ["reasoned"])]
    assert [failure.seq for failure in log.failures.all] == [row.seq for row in log.rows[-2:]]


@pytest.mark.parametrize("asker", [SEN, Someone("Nobody", "lead")], ids=["a reviewer", "nobody"])
def test_a_redaction_of_the_log_is_asked_for_by_a_lead(log: Continued, asker: Someone) -> None:
    claim = log.add("claim.received", RIA, claim_="c-" + "a" * 16, claim="c-" + "a" * 16, text="Seven.")
    log.redacted(claim, "text", ADA, asker.in_("log"))
    assert judged(log) == [("verify", ["redaction"]), ("replay", ["redaction"])]


def disputed_twice(log: Continued, panel: tuple[Someone, ...] = (SEN, TIV, ULF)) -> tuple[str, int]:
    """A settlement whose second vote did not decide either."""
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    log.open_round(name, panel, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        log.vote(name, person, grade)
    log.close(name)
    return name, settlement


@pytest.mark.parametrize("declared", [False, True])
def test_a_settler_with_a_conflict_declared_since_does_not_settle(log: Continued, declared: bool) -> None:
    name, settlement = disputed_twice(log)
    log.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason=BECAUSE)
    if declared:
        log.add("conflict.declared", WIM, name, ground="kin")
    log.settle(name)
    found = [("verify", ["conflict"]), ("replay", ["uninvolved"])]
    assert judged(log) == (found if declared else [("verify", []), ("replay", [])])


@pytest.mark.parametrize("enterer", [WIM, SEN], ids=["somebody else", "the voter"])
def test_who_entered_what_was_absorbed_does_not_vote(log: Continued, enterer: Someone) -> None:
    one, other = log.incident(1, enterer), log.incident(2, RIA)
    log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    log.add("incident.absorbed", LIO, other, other=[one], reason=BECAUSE)
    log.open_round(other)
    log.vote(other, SEN)
    found = [("verify", ["involved"]), ("replay", ["not-entered"])]
    assert judged(log) == (found if enterer is SEN else [("verify", []), ("replay", [])])


def test_a_second_vote_is_for_the_people_of_the_disputed_one(log: Continued) -> None:
    disputed_twice(log, (SEN, TIV, ULF, WIM))
    assert judged(log) == [("verify", ["assigned"]), ("replay", ["eligible"])]


# --- what no bundle can show is said --------------------------------------------------------------------------------


def words(members: Members, folder: Path, key: str) -> list[str]:
    found = run(h.write_zip(folder / "bundle.zip", members), key=key)
    assert [str(failure) for failure in found.failures.all] == []
    return verify.unprovable(found)


def test_the_report_counts_the_incidents_of_which_nothing_is_shown(log: Continued, tmp_path: Path) -> None:
    for number in (1, 2):
        name = log.incident(number, RIA)
    log.agree(name)
    log.approve(name)
    told = words(log.members(tmp_path, "public"), tmp_path, log.vkey)
    assert "what 1 incidents hold of which nothing is shown, nor whether one is withheld that should be shown" in told
    assert not any("of which nothing is shown" in line for line in words(log.members(tmp_path), tmp_path, log.vkey))


def test_the_report_says_that_any_event_may_be_among_what_is_withheld(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    told = words(log.members(tmp_path), tmp_path, log.vkey)
    assert any(line.startswith("what the 3 withheld leaves say: any event may be among them") for line in told), told


def test_the_report_says_that_votes_of_an_abandoned_round_name_nobody(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    log.vote(name, SEN)
    log.abandon(name)
    log.agree(name, (TIV, ULF, SEN))
    log.approve(name)
    told = words(log.members(tmp_path), tmp_path, log.vkey)
    assert "who voted in 1 rounds that were given up or fell: their votes stay sealed for ever" in told


def test_the_report_says_where_who_was_absorbed_is_not_told(log: Continued, tmp_path: Path) -> None:
    one, other = log.incident(1, SEN), log.incident(2, RIA)
    log.add("incident.merged", LIO, one, other=[other], reason=BECAUSE)
    log.add("incident.absorbed", LIO, other, other=[one], reason=BECAUSE)
    log.agree(other, (TIV, ULF, WIM))
    log.approve(other)
    said = "that nobody who decided had taken part in what was merged into an incident: who did is not told here"
    assert said in words(log.members(tmp_path, "public"), tmp_path, log.vkey)
    assert said in words(log.members(tmp_path, "internal", other), tmp_path, log.vkey)
    assert said not in words(log.members(tmp_path), tmp_path, log.vkey)


def test_the_report_says_how_far_the_heads_reach(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    fixed = log.heads()
    log.open_round(name)
    told = words(log.members(tmp_path, fixed=False), tmp_path, log.vkey)
    assert f"that no incident lost its end behind event {fixed}, the last log.heads" in told
    assert not any("lost its end" in line for line in words(log.members(tmp_path), tmp_path, log.vkey))


def test_the_report_counts_the_files_that_are_not_there(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    file = {"sha256": "0" * 64, "size": 7, "media": "image/png"}
    log.add("source.captured", RIA, name, source=1, file=file, archive=None, checked=None)
    told = words(log.members(tmp_path), tmp_path, log.vkey)
    assert "what 1 recorded files hold that are not in this bundle" in told
