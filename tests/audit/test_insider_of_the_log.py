"""An insider changes one thing about people, the log or its claims and sources, and signs again: caught as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_fails
from tests.audit.histories import Entry, Log
from tests.audit.insiders import Change, Changes

CHANGES = Changes()
caught_as = CHANGES.caught_as


# --- people -----------------------------------------------------------------------------------------------------------


@caught_as("role")
def act_in_a_role_not_held(log: Log) -> Entry:
    assigned = log.find("reviewer.assigned")
    assigned.who, assigned.role = "Finn", "lead"
    return assigned


@caught_as("role")
def act_in_a_role_without_the_right(log: Log) -> Entry:
    approved = log.find("grade.approved")
    approved.who, approved.role = "Finn", "reviewer"
    return approved


@caught_as("role")
def act_after_leaving(log: Log) -> Entry:
    before = log.find("log.heads")
    body = {"who": h.pseudonym("Cato", "log")}
    log.insert(before, Entry("person.deactivated", "Osei", "admin", None, body, {"name": "Cato"}, salt="x"))
    return log.find("vote.committed", 6)


@caught_as("person")
def act_under_two_names(log: Log) -> Entry:
    vote = log.find("vote.committed", 1)
    vote.who, vote.actor = "Amal", h.pseudonym("Bren", str(vote.incident))
    return vote


@caught_as("role")
def grant_oneself_a_role(log: Log) -> Entry:
    granted = log.find("role.granted")
    granted.who, granted.role = "Osei", "admin"
    return granted


# --- the log -----------------------------------------------------------------------------------------------------------


@caught_as("heads")
def lie_about_the_heads(log: Log) -> Entry:
    log.find("log.heads").body["root"] = h.b64(h.sha(b"other"))
    return log.find("log.heads")


@caught_as("sealed")
def seal_too_much(log: Log) -> Entry:
    log.find("settlement.opened").sealed["reason"] = "a hidden channel"
    return log.find("settlement.opened")


@caught_as("day")
def go_back_in_time(log: Log) -> Entry:
    log.find("grade.approved").day = "2026-02-28"
    return log.find("grade.approved")


@caught_as("day")
def leave_the_calendar(log: Log) -> Entry:
    for entry in log.entries:
        entry.day = "2026-02-30"
    return log.find("log.opened")


@caught_as("policy")
def set_a_policy_of_one(log: Log) -> Entry:
    log.find("policy.set").body["required"] = 1
    return log.find("policy.set")


@caught_as("policy")
def set_a_policy_of_a_half(log: Log) -> Entry:
    log.find("policy.set").body["share"] = [1, 2]
    return log.find("policy.set")


@caught_as("reference")
def group_a_claim_that_is_none(log: Log) -> Entry:
    log.find("claim.grouped").body["claim"] = 1
    return log.find("claim.grouped")


@caught_as("source")
def call_a_new_origin_immaterial(log: Log) -> Entry:
    log.find("source.attached", 1).body["material"] = False
    return log.find("source.attached", 1)


@caught_as("source")
def skip_a_source_number(log: Log) -> Entry:
    log.find("source.attached").body["source"] = 4
    return log.find("source.attached")


@pytest.mark.parametrize(("change", "check"), CHANGES, ids=CHANGES.names)
def test_an_insider_is_caught_and_the_event_named(tmp_path: Path, change: Change, check: str) -> None:
    log = h.everything()
    assert_fails(log, tmp_path, check, change(log))
