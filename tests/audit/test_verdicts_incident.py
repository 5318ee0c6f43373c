"""Verdicts on an incident's own record: its chain, its people, its exits, its sources, positions and conflicts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from review.audit import verify
from tests.audit import histories as h
from tests.audit.histories import Entry, Log
from tests.audit.twins import Case, Forged, Steps, Table, abandon, agree, assert_told_apart, imported, panel, votes

CASES = Table()
SOME = h.b64(bytes(32))


def opened_source(log: Log, name: str, who: str = "Amal") -> Entry:
    return log.add("source.opened", who, name, {"source": 1})


# --- the chain -----------------------------------------------------------------------------------------------------


@CASES.case("chain", "its place in its incident is 5, after 6 events", iseq=5)
@CASES.case("chain", "its place in its incident is 1, after 6 events", iseq=1)
def a_place_taken_twice(log: Forged, iseq: int) -> Steps:
    entry = opened_source(log, h.incident(log, "Tel Asmar"))
    log.said[entry] = {"iseq": 6}
    yield None
    log.said[entry] = {"iseq": iseq}
    yield entry


@CASES.case("chain", "its place in its incident is 0, after 6 events")
def a_second_beginning(log: Forged) -> Steps:
    entry = opened_source(log, h.incident(log, "Tel Asmar"))
    yield None
    log.said[entry] = {"iseq": 0, "prev": None}
    yield entry


@CASES.case("chain", "4 events of its incident have no room before it")
def more_withheld_than_there_is_room_for(log: Forged) -> Steps:
    """The three assignments of an open round are mute: three leaves, so three events."""
    name = panel(log)
    entry = log.add("round.extended", "Marj", name, {"round": 1}, reason="a holiday")
    log.said[entry] = {"iseq": 10}
    yield None
    log.said[entry] = {"iseq": 11}
    yield entry


@CASES.case("withheld", "1 events of its incident before it are withheld without a reason", count=1)
@CASES.case("withheld", "2 events of its incident before it are withheld without a reason", count=2)
def withheld_without_a_reason(log: Forged, count: int) -> Steps:
    name = h.incident(log, "Tel Asmar")
    hidden = [opened_source(log, name) for _ in range(count)]
    entry = opened_source(log, name)
    yield None
    log.unseen = set(hidden)
    yield entry


@CASES.case("stage", "correction.received cannot be the first event of an incident")
def an_incident_that_nobody_opened(log: Forged) -> Steps:
    name = h.incident_id("Tel Asmar")
    opened = log.add("incident.opened", "Dina", name, {"stream": "karsian-air-force"}, facts={}, exact=None)
    entry = log.add("correction.received", "Amal", name, {}, text="It was Monday.", reporter=None)
    yield None
    log.drop(opened)
    yield entry


@CASES.case("stage", "incident.opened cannot be the first event of an incident", also=("chain", "withheld"))
def an_incident_that_begins_later(log: Forged) -> Steps:
    body = {"stream": "karsian-air-force"}
    opened = log.add("incident.opened", "Dina", h.incident_id("Tel Asmar"), body, facts={}, exact=None)
    log.said[opened] = {"iseq": 0}
    yield None
    log.said[opened] = {"iseq": 1, "prev": SOME}
    yield opened


@CASES.case("stage", "incident.opened can only be the first event of an incident", kind="incident.opened", who="Dina")
@CASES.case("stage", "incident.imported can only be the first event of an incident", kind="incident.imported", who="Osei")
def an_incident_opened_twice(log: Forged, kind: str, who: str) -> Steps:
    name = h.incident(log, "Tel Asmar")
    body = {"stream": "karsian-air-force", "source": "csv"}
    sealed: dict[str, Any] = {"facts": {}, "exact": None, "row": {}}
    if kind == "incident.opened":
        del body["source"], sealed["row"]
    entry = log.add(kind, who, h.incident_id("Wadi Karsa"), body, **sealed)
    yield None
    entry.incident = name
    yield entry


@CASES.case("stream", "the stream is not defined", kind="incident.opened")
@CASES.case("stream", "the stream is not defined", kind="incident.imported")
def an_incident_in_no_stream(log: Forged, kind: str) -> Steps:
    entry = imported(log) if kind == "incident.imported" else log.find(kind, _opened(log))
    yield None
    entry.body["stream"] = "another-force"
    yield entry


def _opened(log: Log) -> int:
    h.incident(log, "Tel Asmar")
    return 0


# --- who stands behind it ------------------------------------------------------------------------------------------


@CASES.case("person", "a person is named for an act of system")
def a_person_behind_the_system(log: Forged) -> Steps:
    h.incident(log, "Tel Asmar")
    captured = log.find("source.captured")
    yield None
    captured.sealed["person"] = h.pseudonym("Dina", "log")
    yield captured


@CASES.case("person", "no person stands behind the actor")
def nobody_behind_a_name(log: Forged) -> Steps:
    h.incident(log, "Tel Asmar")
    assessed = log.find("source.assessed")
    yield None
    assessed.sealed["person"] = None
    yield assessed


@CASES.case("person", "one name in an incident stands for two people")
def one_name_for_two_people(log: Forged) -> Steps:
    h.incident(log, "Tel Asmar")
    assessed = log.find("source.assessed")
    yield None
    assessed.sealed["person"] = h.pseudonym("Bren", "log")
    yield assessed


@CASES.case("person", "one person acts under two names in one incident")
def two_names_for_one_person(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    entry = opened_source(log, name, "Bren")
    yield None
    entry.sealed["person"] = h.pseudonym("Amal", "log")
    yield entry


# --- what moves under a proposal -------------------------------------------------------------------------------------

MOVED = "the dossier moved under a proposal that was not voided in the same act"


def proposed(log: Log) -> str:
    name = panel(log)
    agree(log, name, votes(log, name))
    return name


@CASES.case("proposal", MOVED)
def evidence_under_a_standing_proposal(log: Forged) -> Steps:
    name = proposed(log)
    h.source(log, name, 3, "Dina")
    voided = log.add("proposal.voided", "Dina", name, {"of": log.find("grade.proposed")}, reason="A new source.")
    log.add("backup.made", None, None, {"size": 9})
    entry = opened_source(log, name)
    log.add("backup.made", None, None, {"size": 9})
    opened_source(log, name)
    yield None
    log.drop(voided)
    yield entry


@CASES.case("proposal", MOVED)
def evidence_that_nothing_follows(log: Forged) -> Steps:
    """Two sources of one act are voided once, after the second."""
    name = proposed(log)
    h.source(log, name, 3, "Dina")
    last = h.source(log, name, 4, "Dina")
    voided = log.add("proposal.voided", "Dina", name, {"of": log.find("grade.proposed")}, reason="New sources.")
    yield None
    log.drop(voided)
    yield last


@CASES.case("proposal", MOVED)
def evidence_before_an_exit(log: Forged) -> Steps:
    """What leaves the desk takes its proposal along: there is nothing to void."""
    name = proposed(log)
    last = h.source(log, name, 3, "Dina")
    way_out = log.add("incident.dismissed", "Marj", name, {}, reason="It has to be.")
    yield None
    log.drop(way_out)
    yield last


# --- descriptions ----------------------------------------------------------------------------------------------------


def described(log: Log, name: str, who: str, *, material: bool = True) -> Entry:
    return log.add("incident.described", who, name, {"material": material}, facts={}, exact=None, reason="A better date.")


@CASES.case("involved", "who has voted may not describe the incident materially")
def a_voter_describes(log: Forged) -> Steps:
    entry = described(log, h.agreed(log), "Amal", material=False)
    yield None
    entry.body["material"] = True
    yield entry


@CASES.case("involved", "who has voted may not describe the incident materially", who="Cato")
def another_than_a_voter_describes(log: Forged, who: str) -> Steps:
    entry = described(log, h.agreed(log), "Finn")
    yield None
    entry.who = who
    yield entry


@CASES.case("involved", "who is assigned may not describe the incident materially", answer="reviewer.recused", kept=False)
@CASES.case("involved", "who is assigned may not describe the incident materially", answer="reviewer.abstained", kept=True)
def a_reviewer_describes(log: Forged, answer: str, kept: bool) -> Steps:
    """Who recused themselves may; who is assigned, or abstained, may not."""
    name = panel(log)
    recused = log.add("reviewer.recused", "Bren", name, {"round": 1}, reason="kin")
    entry = described(log, name, "Bren")
    abandon(log, name, 1)
    yield None
    recused.type = answer
    if not kept:
        log.drop(recused)
    yield entry


# --- imports ---------------------------------------------------------------------------------------------------------


def graded(log: Log, name: str | None) -> Entry:
    body = {"grade": "weak", "range": h.bounds(1, 1), "codebook": log.find("codebook.defined")}
    return log.add("grade.imported", "Osei", name, body)


ONCE = "a grade is imported once, into an imported incident without rounds"


@CASES.case("stage", ONCE, also=("published",))
def a_grade_imported_where_nothing_was(log: Forged) -> Steps:
    entry = graded(log, imported(log).incident)
    name = h.incident(log, "Tel Asmar")
    yield None
    before = log.find("incident.opened")
    log.drop(entry)
    entry.incident = name
    log.insert(before, entry)
    yield entry


@CASES.case("stage", ONCE, also=("published",))
def a_grade_imported_twice(log: Forged) -> Steps:
    name = imported(log).incident
    graded(log, name)
    yield None
    yield graded(log, name)


@CASES.case("stage", ONCE, also=("published",))
def a_grade_imported_after_a_round(log: Forged) -> Steps:
    name = imported(log).incident or ""
    entry = graded(log, name)
    h.source(log, name, 1, "Bren")
    h.open_round(log, name, 1)
    abandon(log, name, 1)
    yield None
    log.drop(entry)
    log.entries.append(entry)
    yield entry


@CASES.case("reference", "the codebook that it refers to is not here")
def a_grade_of_no_codebook(log: Forged) -> Steps:
    entry = graded(log, imported(log).incident)
    yield None
    entry.body["codebook"] = log.find("policy.set")
    yield entry


@CASES.case("grade", "the codebook has no such grade")
def a_grade_that_is_none(log: Forged) -> Steps:
    entry = graded(log, imported(log).incident)
    yield None
    entry.body["grade"] = "certain"
    yield entry


# --- claims, positions, conflicts --------------------------------------------------------------------------------------


@CASES.case("claim", "the claim is not grouped here", holds="another claim")
@CASES.case("claim", "the claim is not grouped here", holds="no claim")
def a_claim_taken_from_another_incident(log: Forged, holds: str) -> Steps:
    name = h.incident(log, "Tel Asmar")
    other = h.incident(log, "Wadi Karsa") if holds == "another claim" else imported(log).incident
    entry = log.add("claim.ungrouped", "Dina", name, {"claim": log.find("claim.received")}, reason=None)
    yield None
    entry.incident = other
    yield entry


@CASES.case("claim", "the claim is not grouped here")
def a_claim_taken_twice(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    claim = {"claim": log.find("claim.received")}
    log.add("claim.ungrouped", "Dina", name, claim, reason=None)
    grouped = log.add("claim.grouped", "Dina", name, claim, reason=None)
    entry = log.add("claim.ungrouped", "Dina", name, claim, reason=None)
    yield None
    log.drop(grouped)
    yield entry


def position(log: Log, who: str | None, name: str | None, source: int | None = None) -> Entry:
    sealed = dict.fromkeys(["party", "position", "conceded", "reason"])
    return log.add("position.recorded", who, name, {"source": source}, **sealed)


@CASES.case("role", "an official position is recorded by a lead", who="Osei")
@CASES.case("role", "an official position is recorded by a lead", who=None)
def a_position_recorded_by_another(log: Forged, who: str | None) -> Steps:
    entry = position(log, "Marj", h.incident(log, "Tel Asmar"))
    yield None
    entry.who, entry.role = who, h.PEOPLE.get(who or "", "system")
    yield entry


@CASES.case("role", "an official position is recorded by a lead")
def a_position_imported_where_nothing_was(log: Forged) -> Steps:
    entry = position(log, "Osei", imported(log).incident)
    name = h.incident(log, "Tel Asmar")
    log.drop(entry)
    log.entries.append(entry)
    yield None
    entry.incident = name
    yield entry


@CASES.case("conflict", "no conflict was declared that could be lifted", kept=False)
@CASES.case("conflict", "no conflict was declared that could be lifted", kept=True)
def a_conflict_lifted_that_nobody_has(log: Forged, kept: bool) -> Steps:
    """Never declared; or declared by somebody else."""
    name = h.incident(log, "Tel Asmar")
    declared = log.add("conflict.declared", "Amal", name, {}, ground="kin")
    entry = log.add("conflict.lifted", "Amal", name, {}, ground="a mistake")
    yield None
    declared.who = "Bren"
    if not kept:
        log.drop(declared)
    yield entry


@CASES.case("conflict", "no conflict was declared that could be lifted")
def a_conflict_lifted_twice(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    declared = [log.add(f"conflict.{word}", "Amal", name, {}, ground="kin") for word in ("declared", "lifted", "declared")]
    entry = log.add("conflict.lifted", "Amal", name, {}, ground="kin")
    yield None
    log.drop(declared[2])
    yield entry


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_an_incident_may_not_say(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)


def fed(events: list[Any]) -> list[str]:
    replay = verify.Replay(verify.Failures(), bundle=False)
    for event in events:
        replay.feed(event, {})
    return [str(failure) for failure in replay.failures.all]


def test_the_complete_log_has_no_gaps() -> None:
    """Where nothing is muted, a missing event is no gap with a reason: the next one is out of its place."""
    log = Forged()
    panel(log)
    log.build()
    lines = [json.loads(entry.line) for entry in log.entries]
    missing = log.find("reviewer.assigned", 1).seq
    assert fed(lines) == []
    assert fed(lines[:missing] + lines[missing + 1 :]) == [
        f"FAIL chain seq {missing + 1}: its place in its incident is 9, after 8 events"
    ]
