"""An insider changes one thing, recomputes every hash and signs again: the replay catches it and names the event."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_fails
from tests.audit.histories import Entry, Log
from tests.audit.insiders import Change, Changes

CHANGES = Changes()
caught_as = CHANGES.caught_as


def attached(log: Log, after: Entry) -> Entry:
    """A third source, slipped in after this entry."""
    names = ["link", "url", "title", "publisher", "kind", "language", "published", "role", "origin", "note", "publishable"]
    body = {"source": 3, "material": True}
    return log.insert(after, Entry("source.attached", "Bren", "reviewer", after.incident, body, dict.fromkeys(names), salt="s"))


# --- votes ------------------------------------------------------------------------------------------------------


@caught_as("close")
def drop_a_vote_at_the_close(log: Log) -> Entry:
    closed = log.find("round.closed")
    closed.body["commits"] = closed.body["commits"][:2]
    log.drop(log.find("vote.revealed"))
    return closed


@caught_as("close")
def call_a_live_vote_superseded(log: Log) -> Entry:
    closed = log.find("round.closed")
    closed.body["superseded"] = [*closed.body["superseded"], closed.body["commits"].pop()]
    log.drop(log.find("vote.revealed"))
    return closed


@caught_as("reveal")
def change_a_vote_at_the_reveal(log: Log) -> Entry:
    revealed = log.find("vote.revealed")
    told = (("grade", "fair"), ("range", h.NONE))
    revealed.body["disclosures"] = [h.b64url(h.jcs([h.b64url(b"\x01" * 32), name, value])) for name, value in told]
    return revealed


@caught_as("reveal")
def reveal_another_vote(log: Log) -> Entry:
    first, second = log.find("vote.revealed"), log.find("vote.revealed", 1)
    first.body["disclosures"] = second.body["disclosures"]
    return first


@caught_as("reveal")
def leave_a_vote_unrevealed(log: Log) -> Entry:
    log.drop(log.find("vote.revealed"))
    return log.find("grade.proposed")


@caught_as("assigned")
def vote_without_assignment(log: Log) -> Entry:
    log.drop(log.find("reviewer.assigned"))
    return log.find("vote.committed")


@caught_as("involved")
def vote_as_who_entered(log: Log) -> Entry:
    log.find("incident.opened").who = "Amal"
    return log.find("reviewer.assigned")


@caught_as("vote")
def vote_twice(log: Log) -> Entry:
    log.find("vote.committed", 2).body["replaces"] = None
    return log.find("vote.committed", 2)


@caught_as("grade")
def vote_for_a_grade_that_is_none(log: Log) -> Entry:
    log.find("vote.committed", 1).sealed["grade"] = "certain"
    return log.find("vote.committed", 1)


@caught_as("range")
def vote_upside_down(log: Log) -> Entry:
    log.find("vote.committed", 1).sealed["range"] = h.bounds(5, 2)
    return log.find("vote.committed", 1)


@caught_as("reasoned")
def vote_without_a_reason(log: Log) -> Entry:
    log.find("vote.committed", 1).sealed["rationale"] = " "
    return log.find("vote.committed", 1)


@caught_as("digest")
def pin_other_evidence(log: Log) -> Entry:
    log.find("vote.committed").body["evidence"] = h.b64(h.sha(b"other"))
    return log.find("vote.committed")


# --- the round and its result ------------------------------------------------------------------------------------


@caught_as("tally")
def another_result(log: Log) -> Entry:
    log.find("round.closed").body["grade"] = log.find("grade.proposed").body["grade"] = "weak"
    return log.find("round.closed")


@caught_as("tally")
def another_range(log: Log) -> Entry:
    log.find("round.closed").body["range"] = log.find("grade.proposed").body["range"] = h.bounds(2, 9)
    return log.find("round.closed")


@caught_as("tally")
def call_a_dispute_agreed(log: Log) -> Entry:
    closed = log.find("round.closed", 1)
    closed.body.update(result="agreed", grade="fair", range=h.bounds(2, 5))
    return closed


@caught_as("quorum")
def close_below_quorum(log: Log) -> Entry:
    closed = log.find("round.closed")
    for commit in closed.body["commits"][1:]:
        log.drop(commit)
    closed.body["commits"] = closed.body["commits"][:1]
    log.drop(log.find("vote.revealed"))
    log.drop(log.find("vote.revealed"))
    return closed


@caught_as("stream")
def open_a_round_where_nothing_is_graded(log: Log) -> Entry:
    log.find("stream.defined").body["mode"] = "log-only"
    return log.find("round.opened")


@caught_as("reference")
def refer_to_no_policy(log: Log) -> Entry:
    log.find("round.opened").body["policy"] = 0
    return log.find("round.opened")


# --- settlement and dissent -----------------------------------------------------------------------------------------


@caught_as("settlement")
def settle_for_a_grade_nobody_held(log: Log) -> Entry:
    for entry in (log.find("settlement.closed"), log.find("grade.proposed", 1), log.find("grade.proposed", 2)):
        entry.body["grade"] = "weak"
    return log.find("settlement.closed")


@caught_as("settlement")
def settle_without_answering(log: Log) -> Entry:
    closed = log.find("settlement.closed")
    closed.body["answers"], closed.sealed["replies"] = [], {}
    return closed


@caught_as("settlement")
def settle_with_a_reply_missing(log: Log) -> Entry:
    log.find("settlement.closed").sealed["replies"] = {}
    return log.find("settlement.closed")


@caught_as("uninvolved")
def settle_as_a_voter(log: Log) -> Entry:
    appointed = log.find("settler.appointed")
    appointed.body["who"] = h.pseudonym("Cato", str(appointed.incident))
    log.find("settlement.closed").who = "Cato"
    return appointed


@caught_as("settlement")
def settle_unappointed(log: Log) -> Entry:
    log.find("settlement.closed").who = "Finn"
    return log.find("settlement.closed")


@caught_as("settlement")
def settle_with_another_range(log: Log) -> Entry:
    log.find("settlement.closed").body["range"] = h.bounds(0, 9)
    return log.find("settlement.closed")


@caught_as("settlement")
def appoint_before_the_second_vote(log: Log) -> Entry:
    appointed = log.find("settler.appointed")
    log.drop(appointed)
    return log.insert(log.find("settlement.opened"), appointed)


@caught_as("dissent")
def dissent_for_somebody_else(log: Log) -> Entry:
    log.find("dissent.recorded").who = "Amal"
    return log.find("dissent.recorded")


@caught_as("minority")
def forget_the_minority(log: Log) -> Entry:
    log.find("grade.proposed").body["minority"] = []
    return log.find("grade.proposed")


# --- approval and publication -----------------------------------------------------------------------------------------


@caught_as("proposal")
def propose_another_grade(log: Log) -> Entry:
    log.find("grade.proposed").body["grade"] = "confirmed"
    return log.find("grade.proposed")


@caught_as("uninvolved")
def approve_as_who_voted(log: Log) -> Entry:
    log.find("grade.approved").who = log.find("grade.published").who = "Amal"
    return log.find("grade.approved")


@caught_as("uninvolved")
def approve_as_who_entered(log: Log) -> Entry:
    opened = log.find("incident.opened")
    opened.who, opened.role = "Marj", "lead"
    return log.find("grade.approved")


@caught_as("uninvolved")
def approve_after_describing_materially(log: Log) -> Entry:
    opened = log.find("incident.opened")
    sealed = {"facts": {}, "exact": None, "reason": "A better date."}
    log.insert(opened, Entry("incident.described", "Marj", "lead", opened.incident, {"material": True}, sealed, salt="d"))
    return log.find("grade.approved")


@caught_as("uninvolved")
def approve_after_settling(log: Log) -> Entry:
    appointed, closed = log.find("settler.appointed"), log.find("settlement.closed")
    appointed.body["who"] = h.pseudonym("Ilan", str(appointed.incident))
    closed.who, closed.role = "Ilan", "lead"
    log.find("grade.approved", 1).who = log.find("grade.published", 1).who = "Ilan"
    return log.find("grade.approved", 1)


@caught_as("conflict")
def approve_with_a_conflict(log: Log) -> Entry:
    opened = log.find("round.opened")
    log.insert(opened, Entry("conflict.declared", "Marj", "lead", opened.incident, {}, {"ground": "kin"}, salt="c"))
    return log.find("grade.approved")


@caught_as("approval")
def approve_another_dossier(log: Log) -> Entry:
    log.find("grade.approved", 1).body["dossier"] = h.b64(h.sha(b"older"))
    return log.find("grade.approved", 1)


@caught_as("approval")
def approve_a_stale_dossier(log: Log) -> Entry:
    attached(log, log.find("grade.proposed"))
    return log.find("grade.approved")


@caught_as("stale")
def hide_what_was_not_considered(log: Log) -> Entry:
    attached(log, log.find("round.closed").body["commits"][-1])
    return log.find("grade.approved")


@caught_as("published")
def publish_unapproved(log: Log) -> Entry:
    log.drop(log.find("grade.approved"))
    log.find("grade.published").body["of"] = log.find("grade.proposed")
    return log.find("grade.published")


@caught_as("published")
def publish_another_version(log: Log) -> Entry:
    log.find("grade.published").body["version"] = 2
    return log.find("grade.published")


@caught_as("published")
def publish_as_a_later_kind(log: Log) -> Entry:
    log.find("grade.published").body["kind"] = "minor"
    return log.find("grade.published")


@pytest.mark.parametrize(("change", "check"), CHANGES, ids=CHANGES.names)
def test_an_insider_is_caught_and_the_event_named(tmp_path: Path, change: Change, check: str) -> None:
    log = h.everything()
    assert_fails(log, tmp_path, check, change(log))
