"""What an insider with the key keeps out of a bundle behind what may be open or wait: convicted, or said not to be proven.

And what an honest desk keeps back in the same places, and is not accused of.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from review.rules.policy import Policy
from review.rules.settlement import settled_by_ladder
from tests.audit import histories as h
from tests.audit.checking import run
from tests.audit.continuing import Continued, Members, withheld
from tests.audit.forge import ADA, LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM

BECAUSE = "The desk agreed on it."
PANEL = (TIV, ULF, WIM)


@pytest.fixture
def log() -> Continued:
    return Continued()


def told(members: Members, folder: Path, key: str) -> list[str]:
    found = run(h.write_zip(folder / "bundle.zip", members), key=key)
    return [str(failure) for failure in found.failures.all]


def report(members: Members, folder: Path, key: str) -> list[str]:
    """What a bundle that holds says it does not prove."""
    found = run(h.write_zip(folder / "bundle.zip", members), key=key)
    assert [str(failure) for failure in found.failures.all] == []
    return [*verify.unprovable(found), *verify.elsewhere(found)]


def seqs(*gone: int) -> Callable[[dict[str, Any]], bool]:
    return lambda event: event["seq"] in gone


def revoked(log: Continued) -> int:
    return log.add("role.revoked", ADA, who=SEN.in_("log"), role="reviewer", reason=BECAUSE)


# --- a right that was taken back, while a round is open ---------------------------------------------------------------


def test_a_right_taken_back_is_not_hidden_before_everything_that_is_open(log: Continued, tmp_path: Path) -> None:
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    log.open_round(one, PANEL)
    log.vote(one, TIV)
    log.abandon(one)
    taken = revoked(log)
    log.open_round(other, PANEL)
    log.vote(other, TIV)
    members = log.members(tmp_path)
    assert told(members, tmp_path, log.vkey) == []
    found = told(withheld(members, seqs(taken)), tmp_path, log.vkey)
    assert found == [f"FAIL withheld seq {taken}: leaves are withheld without a reason"]


@pytest.mark.parametrize("votes", [0, 1])
@pytest.mark.parametrize("hidden", [1, 2])
def test_one_leaf_alone_is_not_hidden_behind_the_last_heads(log: Continued, tmp_path: Path, votes: int, hidden: int) -> None:
    """Two may be an incident that was opened and restricted since; the votes of a round that was given up are none."""
    name = log.incident(1, RIA)
    log.heads()
    log.open_round(name, PANEL)
    for _ in range(votes):
        log.vote(name, TIV)
    log.abandon(name)
    gone = [revoked(log), log.add("person.deactivated", ADA, who=SEN.in_("log"), name="Sen")][:hidden]
    found = told(withheld(log.members(tmp_path, fixed=False), seqs(*gone)), tmp_path, log.vkey)
    assert found == ([f"FAIL withheld seq {gone[0]}: leaves are withheld without a reason"] if hidden == 1 else [])


def test_a_right_taken_back_is_not_hidden_behind_a_joint(log: Continued, tmp_path: Path) -> None:
    """What fell with the log before may be withheld there, and nothing of it behind."""
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    log.vote(name, TIV)
    log.go_on()
    taken = revoked(log)
    members = log.members(tmp_path)
    assert told(members, tmp_path, log.vkey) == []
    found = told(withheld(members, lambda event: event["seq"] == taken - log.base), tmp_path, log.vkey)
    assert found == [f"FAIL withheld seq {taken - log.base}: leaves are withheld without a reason"]


def test_the_report_says_which_bundle_shows_a_right_taken_back_behind_an_opening(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    taken = revoked(log)
    said = "that no right was taken back among what is withheld: a bundle made when nothing is open any more shows it"
    kept = withheld(log.members(tmp_path), seqs(taken))
    words = report(kept, tmp_path, log.vkey)
    assert said in words
    assert any(line.startswith(f"that the open rounds of {name} have not been closed: a bundle made when they are") for line in words)
    log.abandon(name)
    closed = log.members(tmp_path)
    assert not any(line == said or "open rounds" in line for line in report(closed, tmp_path, log.vkey))
    assert told(withheld(closed, seqs(taken)), tmp_path, log.vkey) == [
        f"FAIL withheld seq {taken}: leaves are withheld without a reason"
    ]


# --- among the votes of a round that was given up -----------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "votes"), [("internal", 1), ("internal", 2), ("court", 2), ("public", 2)])
def test_a_conflict_is_not_hidden_among_the_votes_of_an_abandoned_round(
    log: Continued, tmp_path: Path, profile: str, votes: int
) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    log.vote(name, TIV)
    declared = log.add("conflict.declared", LIO, name, ground="kin")
    if votes == 2:
        log.vote(name, TIV)
    closed = log.abandon(name)
    log.agree(name, PANEL)
    log.approve(name, LIO)
    members = log.members(tmp_path, profile)
    assert {line.split()[1] for line in told(members, tmp_path, log.vkey)} == {"conflict"}
    found = told(withheld(members, seqs(declared)), tmp_path, log.vkey)
    sentence = "what is withheld of the abandoned round is not the votes that its close lists"
    assert found == [f"FAIL withheld seq {closed}: {sentence}"]


@pytest.mark.parametrize("listed", ["shown", "before it", "twice", "of another round", "of an open round"])
def test_an_abandoned_round_lists_its_own_votes(log: Continued, tmp_path: Path, listed: str) -> None:
    one, other = log.incident(1, RIA), log.incident(2, RIA)
    log.open_round(other, PANEL)
    theirs = log.vote(other, TIV)
    if listed != "of an open round":
        log.abandon(other)
    log.open_round(one, PANEL)
    votes = [log.vote(one, person) for person in PANEL]
    wrong = {"shown": votes[0] - 1, "before it": 0, "twice": votes[1]}.get(listed, theirs)
    lists = log.giving_up(one)
    closed = log.add("round.closed", LIO, one, reason=BECAUSE, **lists | {"superseded": sorted([wrong, *votes[1:]])})
    found = told(log.members(tmp_path), tmp_path, log.vkey)
    assert f"FAIL withheld seq {closed}: what is withheld of the abandoned round is not the votes that its close lists" in found


def test_the_dossier_is_known_behind_an_abandoned_round_without_exclusions(log: Continued, tmp_path: Path) -> None:
    """What is withheld of it are votes, and those move no dossier."""
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    log.vote(name, TIV)
    log.abandon(name)
    log.open_round(name, PANEL)
    for person in PANEL:
        log.vote(name, person)
    log.close(name)
    proposed = log.propose(name, dossier="A" * 43 + "=")
    found = told(log.members(tmp_path), tmp_path, log.vkey)
    assert found == [f"FAIL digest seq {proposed}: its dossier digest is not that of the incident's events"]


# --- a settlement that was closed, and is shown as open ------------------------------------------------------------------


def argued(log: Continued) -> tuple[str, int]:
    name = log.incident(1, RIA)
    settlement = log.dispute(name)
    log.add("settlement.argued", SEN, name, settlement=settlement, text="The crater points the other way.")
    return name, settlement


def disputed_twice(log: Continued) -> tuple[str, int]:
    name, settlement = argued(log)
    log.open_round(name, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        log.vote(name, person, grade)
    log.close(name)
    return name, log.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason=BECAUSE)


def test_the_end_of_a_settlement_is_not_hidden_behind_its_second_vote(log: Continued, tmp_path: Path) -> None:
    """Only arguments are mute, and there are none any more."""
    name, appointed = disputed_twice(log)
    log.settle(name)
    log.approve(name)
    members = log.members(tmp_path)
    assert told(members, tmp_path, log.vkey) == []
    mute = [row.seq for row in log.rows if row.type == "settlement.argued"]
    kept = withheld(members, lambda event: event["incident"] == name and event["seq"] > appointed or event["seq"] in mute)
    found = [line.split(":")[0] for line in told(kept, tmp_path, log.vkey)]
    assert found == [f"FAIL heads seq {appointed}", f"FAIL withheld seq {appointed + 1}"]


@pytest.mark.parametrize("second", ["disputed", "agreed"])
def test_an_argument_is_not_hidden_from_who_settles(log: Continued, tmp_path: Path, second: str) -> None:
    """Arguments are mute until the settlement is closed, and then each of a minority is answered."""
    if second == "disputed":
        name, _ = disputed_twice(log)
        closed = log.settle(name, answers=[], replies=None) - 1
    else:
        name, settlement = argued(log)
        log.open_round(name, kind="second", of=settlement)
        for person in (SEN, TIV, ULF):
            log.vote(name, person, "weak")
        log.close(name)
        body = {"settlement": settlement, "by": "second_vote", "grade": "weak", "second": 2, "answers": []}
        closed = log.add("settlement.closed", MACHINE, name, **body, range={"killed": [1, 2], "injured": [None, None]})
        log.propose(name)
    mute = [row.seq for row in log.rows if row.type == "settlement.argued"]
    found = told(withheld(log.members(tmp_path), seqs(*mute)), tmp_path, log.vkey)
    assert found == [f"FAIL withheld seq {closed}: arguments of a settlement that is closed are withheld"]


def test_a_conflict_is_not_hidden_as_an_argument_behind_the_second_vote(log: Continued, tmp_path: Path) -> None:
    name, _ = disputed_twice(log)
    declared = log.add("conflict.declared", WIM, name, ground="kin")
    log.add("source.opened", MUN, name, source=1)
    found = told(withheld(log.members(tmp_path), seqs(declared)), tmp_path, log.vkey)
    assert f"FAIL withheld seq {declared + 1}: 1 events of its incident before it are withheld without a reason" in found


def test_the_report_names_a_settlement_that_may_have_ended(log: Continued, tmp_path: Path) -> None:
    name, _ = disputed_twice(log)
    log.settle(name)
    opened = [row.seq for row in log.rows if row.type == "settlement.opened"]
    members = log.members(tmp_path)
    kept = withheld(members, lambda event: event["incident"] == name and event["seq"] > opened[0])
    words = report(kept, tmp_path, log.vkey)
    assert f"that no settlement of {name} has ended: a bundle made when it is closed shows what is withheld of it, arguments too" in words
    assert not any("has ended" in line for line in report(members, tmp_path, log.vkey))


# --- a version that is published, and is shown as one that waits -----------------------------------------------------------


def test_the_report_names_an_incident_of_which_a_version_may_be_kept_back(log: Continued, tmp_path: Path) -> None:
    name = log.incident(1, RIA)
    log.agree(name)
    log.approve(name)
    reopened = log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    log.agree(name, PANEL, grade="confirmed")
    log.approve(name)
    said = (
        f"that no later version of {name} is published and kept back, and no source was taken back in it: "
        "an internal or a court bundle of this checkpoint shows it"
    )
    public = log.members(tmp_path, "public")
    assert said not in report(public, tmp_path, log.vkey)
    kept = withheld(public, lambda event: event["incident"] == name and event["seq"] > reopened)
    assert said in report(kept, tmp_path, log.vkey)


@pytest.mark.parametrize("behind", ["recheck.opened", "correction.published"])
def test_a_version_is_not_kept_back_before_what_names_it(log: Continued, tmp_path: Path, behind: str) -> None:
    name = log.incident(1, RIA)
    log.agree(name)
    log.approve(name)
    reopened = log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    log.agree(name, PANEL, grade="confirmed")
    published = log.approve(name)
    values = {"cause": published, "reason": BECAUSE} if behind == "recheck.opened" else {"of": None, "text": "The mill."}
    names_it = log.add(behind, LIO, name, version=2, **values)
    kept = withheld(log.members(tmp_path, "public"), lambda event: event["incident"] == name and reopened < event["seq"] < names_it)
    what = "the version that stands" if behind == "recheck.opened" else "a version that was published"
    assert f"FAIL version seq {names_it}: it does not name {what}" in told(kept, tmp_path, log.vkey)


# --- heads that leave something out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 1, 3])
def test_heads_behind_what_is_withheld_leave_no_incident_out(log: Continued, tmp_path: Path, n: int) -> None:
    one = log.incident(1, RIA)
    log.incident(2, RIA)
    log.open_round(one, PANEL)
    log.vote(one, TIV)
    fixed = log.heads() if n == 2 else log.add("log.heads", n=n, root="A" * 43 + "=")
    members = log.members(tmp_path)
    found = {2: [], 1: [f"FAIL heads seq {fixed}: it counts 1 incidents, and 2 began before it"]}
    last = log.rows[-1].seq
    assert told(members, tmp_path, log.vkey) == found.get(n, [f"FAIL heads seq {last}: it counts 2 incidents, and 3 began before it"])
    if n == 2:
        said = "that 1 log.heads before the last one are true: they fix what was withheld then"
        assert said in report(members, tmp_path, log.vkey)


# --- what is said of what nobody can know ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["dismissed", "given up"])
def test_the_report_says_what_was_argued_in_vain(log: Continued, tmp_path: Path, way: str) -> None:
    name, settlement = argued(log)
    if way == "dismissed":
        log.add("incident.dismissed", LIO, name, reason=BECAUSE)
    else:
        log.open_round(name, kind="second", of=settlement)
        log.abandon(name)
    words = report(log.members(tmp_path), tmp_path, log.vkey)
    assert "what was argued in 1 settlements that ended without a result: it stays sealed for ever" in words


def test_the_report_says_that_settlers_who_did_nothing_are_names(log: Continued, tmp_path: Path) -> None:
    name, _ = disputed_twice(log)
    settlement = log.dossier(name).settlement
    assert settlement is not None
    log.add("settler.appointed", LIO, name, settlement=settlement.seq, who=MUN.in_(name), reason=BECAUSE)
    settled = settled_by_ladder(log.dossier(name))
    log.add(
        "settlement.closed", MACHINE, name, settlement=settlement.seq, by="ladder", grade=settled.grade,
        range=settled.casualties.as_dict(), second=None, answers=list(settled.answers),
    )  # fmt: skip
    log.propose(name)
    words = report(log.members(tmp_path), tmp_path, log.vkey)
    assert "that those who were asked to settle 1 settlements, and did not, are people of this desk" in words


def test_the_report_says_what_another_bundle_would_prove(log: Continued, tmp_path: Path) -> None:
    looser = replace(Policy(), max_distance=2)
    log.add("policy.set", ADA, **looser.as_body(), times=dict(looser.times))
    name = log.incident(1, RIA)
    policies = dict(log.policies)
    log.policies.pop(max(log.policies))
    log.open_round(name)
    log.policies.update(policies)
    for person in (SEN, TIV, ULF):
        log.vote(name, person)
    log.close(name)
    log.propose(name)
    log.approve(name)
    whole = run(h.write_zip(tmp_path / "whole.zip", log.members(tmp_path)), key=log.vkey)
    assert "1 rounds were opened under another policy than the latest" in verify.proven(whole)
    one = "that the streams were open, and which policy was the latest: a bundle of the whole log shows it"
    roles = "that the roles were held: an internal bundle of the whole log shows it, and who came and left"
    assert one in report(log.members(tmp_path, "internal", name), tmp_path, log.vkey)
    for profile in ("public", "court"):
        assert roles in report(log.members(tmp_path, profile), tmp_path, log.vkey)
    beside = "what the files for people say (view, schema, keys, README.txt): they were not compared with the events"
    assert beside in verify.unprovable(whole)
    assert verify.elsewhere(whole) == []
