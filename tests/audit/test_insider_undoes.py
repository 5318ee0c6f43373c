"""What an insider with the key does to a result that does not suit: votes again, moves the evidence, loses a vote.

Each history is lawful but for one step; the verifier and the replay say the same of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from review.audit import verify
from review.rules import settlement
from tests.audit import histories as h
from tests.audit.checking import run
from tests.audit.continuing import Continued
from tests.audit.foreign_records import later
from tests.audit.forge import LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM
from tests.audit.test_insider_writes import BECAUSE, FACTS, XAN, judged, published


@pytest.fixture
def log() -> Continued:
    return Continued()


# --- settlements ------------------------------------------------------------------------------------------------------


def second_vote(log: Continued, *grades: str) -> tuple[str, int]:
    """An incident whose disputed round was followed by a second vote, and its settlement."""
    name = log.incident(1, RIA)
    opened = log.dispute(name)
    log.open_round(name, kind="second", of=opened)
    for person, grade in zip((SEN, TIV, ULF), grades, strict=True):
        log.vote(name, person, grade)
    log.close(name)
    return name, opened


def settled(log: Continued, name: str, by: str, grade: str, second: int | None = None) -> int:
    """The system closes the settlement, and proposes what came of it."""
    dossier = log.dossier(name)
    under_way = settlement.the_settlement(dossier)
    casualties = settlement.casualties_for(dossier, under_way, grade).as_dict()
    seq = log.add(
        "settlement.closed", MACHINE, name, settlement=under_way.seq, by=by, grade=grade, range=casualties, second=second,
        answers=[], rationale=None, replies=None,
    )  # fmt: skip
    log.propose(name)
    return seq


def returned(log: Continued, name: str) -> None:
    proposal = log.dossier(name).proposal
    assert proposal is not None
    later(log)
    log.add("grade.returned", LIO, name, of=proposal.seq, to="settlement", reason=BECAUSE)


@pytest.mark.parametrize("again", [False, True])
def test_a_second_vote_settles_once(log: Continued, again: bool) -> None:
    """Else the system would undo what a lead returned, and no new settler would look at it."""
    name, _ = second_vote(log, "weak", "weak", "weak")
    settled(log, name, "second_vote", "weak", 2)
    returned(log, name)
    if again:
        seq = settled(log, name, "second_vote", "weak", 2)
    assert judged(log) == (([f"settlement {seq}"],) * 2 if again else ([], []))


@pytest.mark.parametrize("new", [False, True])
def test_what_is_returned_to_settlement_goes_to_a_new_settler(log: Continued, new: bool) -> None:
    """The ladder does not end by those who had settled, or had been followed by another, before it was returned."""
    name, opened = second_vote(log, "confirmed", "weak", "discounted")
    for person in (WIM, MUN):
        log.add("settler.appointed", LIO, name, settlement=opened, who=person.in_(name), reason=BECAUSE)
    log.settle(name, MUN)
    returned(log, name)
    if new:
        log.add("settler.appointed", LIO, name, settlement=opened, who=XAN.in_(name), reason=BECAUSE)
    seq = settled(log, name, "ladder", "no_consensus")
    assert judged(log) == (([], []) if new else ([f"settlement {seq}"],) * 2)


@pytest.mark.parametrize("settlers", [1, 2])
def test_the_ladder_ends_after_a_second_settler(log: Continued, settlers: int) -> None:
    name, opened = second_vote(log, "confirmed", "weak", "discounted")
    for person in (WIM, MUN)[:settlers]:
        log.add("settler.appointed", LIO, name, settlement=opened, who=person.in_(name), reason=BECAUSE)
    seq = settled(log, name, "ladder", "no_consensus")
    assert judged(log) == (([], []) if settlers == 2 else ([f"settlement {seq}"],) * 2)


# --- proposals and versions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [False, True])
def test_a_proposal_is_made_anew_in_the_act_that_voids_it(log: Continued, late: bool) -> None:
    """Afterwards the incident needs a round, whatever stands before the proposal."""
    name = log.incident(1, RIA)
    log.agree(name)
    proposal = log.dossier(name).proposal
    assert proposal is not None
    later(log)
    log.source(name)
    log.add("proposal.voided", MACHINE, name, of=proposal.seq)
    if late:
        later(log)
    log.add("source.captured", MACHINE, name, source=1)
    seq = log.propose(name)
    assert judged(log) == (([f"proposal {seq}"],) * 2 if late else ([], []))


@pytest.mark.parametrize("anew", [False, True])
def test_the_report_tells_of_a_result_that_was_set_aside(log: Continued, tmp_path: Path, anew: bool) -> None:
    """A desk that votes again until it likes what comes of it breaks no rule that a stranger could check, and is told of."""
    name = log.incident(1, RIA)
    log.agree(name)
    proposal = log.dossier(name).proposal
    assert proposal is not None
    later(log)
    log.source(name)
    log.add("proposal.voided", MACHINE, name, of=proposal.seq)
    if anew:
        log.add("grade.returned", LIO, name, of=log.propose(name), to="round", reason=BECAUSE)
    log.agree(name, grade="weak")
    found = run(h.write_zip(tmp_path / "bundle.zip", log.members(tmp_path)), key=log.vkey)
    assert [str(failure) for failure in found.failures.all] == []
    said = "1 rounds were opened where a proposal was voided and the votes still bore its grade"
    assert (said in verify.proven(found)) is not anew


@pytest.mark.parametrize("rechecked", [True, False])
@pytest.mark.parametrize("given_up", ["by a lead", "by an exit"])
def test_a_version_that_stands_again_loses_no_vote_in_silence(log: Continued, given_up: str, rechecked: bool) -> None:
    """The next version was under way and was given up: what bears the present one are its own votes, as before."""
    name = published(log)
    log.add("grade.reopened", MUN, name, version=1, ground="verdict", reason=BECAUSE)
    if given_up == "by an exit":
        log.dispute(name)
        for kind in ("incident.dismissed", "incident.restored"):
            log.add(kind, LIO, name, reason=BECAUSE)
    else:
        log.open_round(name)
        log.abandon(name)
    later(log)
    cause = log.add("vote.excluded", LIO, name, of=log.dossier(name).votes[0].seq, ground="identity", reason=BECAUSE)
    if rechecked:
        log.add("recheck.opened", MACHINE, name, version=1, cause=cause)
    later(log)
    seq = log.source(name)
    assert judged(log) == (([], []) if rechecked else ([f"exclusion {seq}"], [f"act {seq}"]))


# --- evidence, and people ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["disputes", "supports_harm"])
def test_a_role_is_not_changed_by_way_of_none(log: Continued, role: str) -> None:
    """Of two steps that are called immaterial, one changed it."""
    name = log.incident(1, RIA)
    log.source(name, role="disputes")
    for told in (None, role):
        seq = log.add("source.assessed", RIA, name, source=2, material=False, role=told)
    assert judged(log) == (([], []) if role == "disputes" else ([f"material {seq}"],) * 2)


@pytest.mark.parametrize("day", ["2026-02-01", "2026-02-02"])
def test_facts_are_not_changed_by_way_of_some_that_are_removed(log: Continued, tmp_path: Path, day: str) -> None:
    name = log.incident(1, RIA)
    log.add("incident.described", WIM, name, material=True, facts=dict(FACTS), reason=BECAUSE)
    between = log.add("incident.described", WIM, name, material=False, facts=dict(FACTS), reason=BECAUSE)
    log.redacted(between, "facts", LIO, MUN.in_(name))
    seq = log.add("incident.described", WIM, name, material=False, facts=FACTS | {"date": day}, reason=BECAUSE)
    assert bundled(log, tmp_path) == ([] if day == FACTS["date"] else [f"material {seq}"])


@pytest.mark.parametrize("material", [True, False])
def test_a_round_that_was_given_up_hides_no_new_origin(log: Continued, tmp_path: Path, material: bool) -> None:
    """Only its votes are withheld: every source is told."""
    name = log.incident(1, RIA)
    log.open_round(name)
    log.vote(name, SEN)
    log.abandon(name)
    seq = log.source(name, kind="post", material=material)
    assert bundled(log, tmp_path) == ([] if material else [f"source {seq}"])


@pytest.mark.parametrize("name", ["exact", "person"])
def test_who_acted_goes_when_they_leave_and_by_no_redaction(log: Continued, tmp_path: Path, name: str) -> None:
    """Else an act of somebody who had no right to it is told without them."""
    incident = published(log)
    seq = next(row.seq for row in log.rows if row.incident == incident)
    log.redacted(seq, name, LIO, MUN.in_(incident))
    assert bundled(log, tmp_path) == ([] if name == "exact" else [f"person {seq}"])


def bundled(log: Continued, folder: Path) -> list[str]:
    """The checks that fail in a bundle of the log, which withholds what is mute."""
    found = run(h.write_zip(folder / "bundle.zip", log.members(folder)), key=log.vkey)
    return [f"{failure.check} {failure.seq}" for failure in found.failures.all]
