"""What the verifier says of a proposal, an approval, an override or a check that breaks its rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.histories import Entry, Log
from tests.audit.verdicts import Change, Row, Table, assert_judged, names, set_in

TABLE = Table()
PLACE = "Tel Asmar"
VOTERS = ("Amal", "Bren", "Cato")
CLAIM = dict.fromkeys(["text", "language", "translation", "url", "reporter"])


def agreed() -> Log:
    log = h.started()
    h.agreed(log, PLACE)
    return log


def voided() -> Log:
    """Proposed, voided by a dissent, proposed again, approved."""
    log = h.started()
    h.disputed(log, PLACE)
    return log


def proposed(log: Log, name: str, number: int = 1, version: int = 1, kind: str = "first") -> Entry:
    """A round in which all say the same, proposed."""
    h.open_round(log, name, number, kind)
    for who in VOTERS:
        h.assign(log, name, number, who)
    votes = [h.vote(log, name, number, who, "fair") for who in VOTERS]
    h.close(log, name, number, votes, "agreed", "fair", h.NONE)
    return h.propose(log, name, version, "fair", h.NONE, number, None, [])


def returned() -> Log:
    log = h.started()
    name = h.incident(log, PLACE)
    log.add("grade.returned", "Marj", name, {"of": proposed(log, name), "to": "round"}, reason="A witness asks.")
    return log


def overridden() -> Log:
    """Marj asks for another grade, Ilan seconds, Marj approves it."""
    log = h.started()
    name = h.incident(log, PLACE)
    proposal = proposed(log, name)
    body = {"of": proposal, "grade": "weak", "range": h.NONE}
    override = log.add("grade.overridden", "Marj", name, body, reason="Two links.")
    log.add("override.seconded", "Ilan", name, {"of": override, "dossier": h.dossier}, reason="I agree.")
    h.approve(log, name, proposal, override=override)
    return log


def for_later() -> Log:
    """An approval with a day on which the system publishes."""
    log = h.started()
    name = h.incident(log, PLACE)
    h.approve(log, name, proposed(log, name), not_before="2026-03-09")
    return log


def reopened() -> Log:
    log = agreed()
    name = str(log.find("round.opened").incident)
    log.add("grade.reopened", "Ilan", name, {"version": 1, "ground": "verdict"}, reason="New evidence.")
    h.approve(log, name, proposed(log, name, 2, 2, "again"), version=2, kind="verdict")
    return log


def absorbed() -> Log:
    """Another incident, entered by Dina, was taken in before the round."""
    log = h.started()
    other = h.incident(log, "Wadi Karsa")
    name = h.incident(log, PLACE)
    log.add("incident.merged", "Ilan", other, {"other": [name]}, reason="The same.")
    log.add("incident.absorbed", "Ilan", name, {"other": [other]}, reason="The same.")
    h.approve(log, name, proposed(log, name))
    return log


def rechecked() -> Log:
    """A published grade is looked at again, and it stands."""
    log = agreed()
    published = log.find("grade.published")
    name = str(published.incident)
    log.add("recheck.opened", "Ilan", name, {"version": 1, "cause": published}, reason="A reader wrote.")
    log.add("recheck.closed", "Ilan", name, {"version": 1, "outcome": "confirmed"}, reason="It holds.")
    return log


def corrected() -> Log:
    log = agreed()
    name = str(log.find("round.opened").incident)
    log.add("correction.published", "Marj", name, {"of": None, "version": 1}, text="A street was misspelt.")
    return log


def other_of(kind: str, place: int = 0, what: str = "round.closed") -> Change:
    """This event refers to one of another kind."""

    def change(log: Log) -> Entry:
        entry = log.find(kind, place)
        entry.body["of"] = log.find(what)
        return entry

    return change


# --- the proposal -------------------------------------------------------------------------------------------------


def claim_between(log: Log, before: Entry) -> None:
    log.insert(before, Entry("claim.received", "Dina", "reviewer", None, {"claim": "c-" + "a" * 16}, dict(CLAIM), salt="between"))


ACT = "a proposal is recorded in the act that closes a round or a settlement, or voids one"


@TABLE.broken(voided, "proposal", ACT)
def propose_in_another_act(log: Log) -> Entry:
    claim_between(log, log.find("proposal.voided"))
    return log.find("grade.proposed", 1)


@TABLE.broken(agreed, "proposal", "an agreed round is proposed in the act of its close")
def propose_an_agreed_round_later(log: Log) -> Entry:
    claim_between(log, log.find("vote.revealed", 2))
    return log.find("grade.proposed")


TABLE.add("the second version first", agreed, set_in("grade.proposed", version=2), "proposal", "its version is not the next, 1")
for version in (1, 3):
    TABLE.add(
        f"version {version} after the first", reopened, set_in("grade.proposed", 1, version=version), "proposal",
        "its version is not the next, 2",
    )  # fmt: skip

NOT_PENDING = "the proposal that it names is not pending"
for begun, kind in (
    (voided, "proposal.voided"), (returned, "grade.returned"), (overridden, "grade.overridden"), (agreed, "grade.approved"),
):  # fmt: skip
    TABLE.add(f"{kind} of another event", begun, other_of(kind), "proposal", NOT_PENDING)
TABLE.add("approve a proposal that was voided", voided, other_of("grade.approved", 0, "grade.proposed"), "proposal", NOT_PENDING)


@TABLE.broken(voided, "proposal", "a proposal is voided only when its dossier moved")
def void_where_nothing_moved(log: Log) -> Entry:
    log.drop(log.find("dissent.recorded"))
    return log.find("proposal.voided")


MOVED = "the dossier moved under a proposal that was not voided in the same act"


@TABLE.broken(returned, "proposal", MOVED)
def a_dossier_that_moves_last(log: Log) -> Entry:
    """Nothing of the incident follows that would show it."""
    back = log.find("grade.returned")
    log.drop(back)
    return h.source(log, str(back.incident), 3, "Edda")


@TABLE.broken(voided, "proposal", MOVED)
def void_in_another_act(log: Log) -> Entry:
    log.drop(log.find("proposal.voided"))
    claim_between(log, log.find("dissent.recorded"))
    return log.find("grade.proposed", 1)


@TABLE.broken(voided, "proposal", MOVED)
def void_in_a_later_act_than_the_one_that_moved_it(log: Log) -> Entry:
    claim_between(log, log.find("dissent.recorded"))
    return log.find("proposal.voided")


@TABLE.broken(returned, "settlement", "a grade goes back to settlement only where one decided")
def return_an_agreed_round_to_settlement(log: Log) -> Entry:
    log.find("grade.returned").body["to"] = "settlement"
    return log.find("grade.returned")


# --- who decides --------------------------------------------------------------------------------------------------


CARRIED = "the person was involved in an incident merged into this one"


@TABLE.broken(absorbed, "uninvolved", CARRIED)
def approve_what_absorbed_an_incident_of_ones_own(log: Log) -> Entry:
    entered = log.find("incident.opened")
    entered.who, entered.role = "Marj", "lead"
    return log.find("grade.approved")


@TABLE.broken(absorbed, "uninvolved", CARRIED)
def approve_what_absorbed_an_incident_described_by_oneself(log: Log) -> Entry:
    entered = log.find("incident.opened")
    sealed: dict[str, object] = {"facts": {}, "exact": None, "reason": "A better date."}
    log.insert(entered, Entry("incident.described", "Marj", "lead", entered.incident, {"material": True}, sealed, salt="described"))
    return log.find("grade.approved")


@TABLE.broken(overridden, "uninvolved", "the person entered this incident")
def override_what_one_entered(log: Log) -> Entry:
    entered = log.find("incident.opened")
    entered.who, entered.role = "Marj", "lead"
    return log.find("grade.overridden")


@TABLE.broken(overridden, "uninvolved", "the person entered this incident")
def second_what_one_entered(log: Log) -> Entry:
    entered = log.find("incident.opened")
    entered.who, entered.role = "Ilan", "lead"
    return log.find("override.seconded")


# --- the override -------------------------------------------------------------------------------------------------


TABLE.add("override with a grade of no codebook", overridden, set_in("grade.overridden", grade="certain"), "grade", "the codebook has no such grade")
TABLE.add(
    "override with the same grade", overridden, set_in("grade.overridden", grade="fair"), "override",
    "an override gives another grade than the one proposed, before the approval",
)  # fmt: skip
TABLE.add("second what is no override", overridden, other_of("override.seconded", 0, "grade.proposed"), "override", "there is no such override")


@TABLE.broken(overridden, "override", "there is no such override")
def second_before_it_is_asked(log: Log) -> Entry:
    seconded = log.find("override.seconded")
    log.drop(seconded)
    return log.insert(log.find("grade.proposed"), seconded)


@TABLE.broken(overridden, "override", "an override is approved by the lead who made it")
def approve_the_override_of_another(log: Log) -> Entry:
    log.find("grade.approved").who = log.find("grade.published").who = "Ilan"
    return log.find("grade.approved")


@TABLE.broken(overridden, "override", "the override that is approved was not seconded")
def approve_another_override(log: Log) -> Entry:
    log.find("grade.approved").body["override"] = log.find("override.seconded")
    return log.find("grade.approved")


@TABLE.broken(overridden, "override", "the override that is approved was not seconded")
def approve_what_was_asked_after_the_seconding(log: Log) -> Entry:
    first = log.find("grade.overridden")
    body = {**first.body, "grade": "contested"}
    later = log.insert(log.find("override.seconded"), Entry(first.type, "Marj", "lead", first.incident, body, {"reason": "No."}, salt="later"))
    log.find("grade.approved").body["override"] = later
    return log.find("grade.approved")


@TABLE.broken(overridden, "override", "an override is seconded by another lead")
def second_ones_own_override(log: Log) -> Entry:
    log.find("override.seconded").who = "Marj"
    return log.find("override.seconded")


@TABLE.broken(overridden, "digest", "its dossier digest is not that of the incident's events")
def second_a_dossier_that_has_moved(log: Log) -> Entry:
    seconded, proposal = log.find("override.seconded"), log.find("grade.proposed")
    seconded.body["dossier"] = lambda _log, _entry: proposal_of(proposal)
    moved = h.source(log, str(seconded.incident), 3, "Edda")
    log.drop(moved)
    log.insert(log.find("grade.overridden"), moved)
    return seconded


def proposal_of(proposal: Entry) -> str:
    """The dossier that was proposed."""
    return str(json.loads(proposal.line)["body"]["dossier"])


TABLE.add(
    "second another dossier", overridden, set_in("override.seconded", dossier=h.b64(h.sha(b"other"))), "override",
    "it seconds another dossier",
)  # fmt: skip
TABLE.add(
    "override with a range upside down", overridden, set_in("grade.overridden", range=h.bounds(3, 2)), "override",
    "its range is outside the envelope of all live votes",
)  # fmt: skip


# --- the approval -------------------------------------------------------------------------------------------------


@TABLE.broken(for_later, "approval", "a version has one approval")
def approve_twice(log: Log) -> Entry:
    approved = log.find("grade.approved")
    again = Entry(approved.type, "Ilan", "lead", approved.incident, dict(approved.body), dict(approved.sealed), salt="again")
    return log.insert(approved, again)


def reason(value: object) -> Change:
    def change(log: Log) -> Entry:
        log.find("grade.approved").sealed["reason"] = value
        return log.find("grade.approved")

    return change


for value in (" ", "", None, 7):
    TABLE.add(f"approve with the reason {value!r}", agreed, reason(value), "reasoned", "an approval carries a reason")
for day in ("2026-02-30", "2026-13-01", "0000-03-09"):
    TABLE.add(f"approve for {day}", for_later, set_in("grade.approved", not_before=day), "day", "not_before is no day")


@TABLE.broken(for_later, "published", "with a date the system publishes, not before it")
def publish_a_day_early(log: Log) -> Entry:
    log.find("grade.published").day = "2026-03-08"
    return log.find("grade.published")


@TABLE.broken(for_later, "published", "with a date the system publishes, not before it")
def publish_by_hand_what_was_for_later(log: Log) -> Entry:
    published = log.find("grade.published")
    published.who, published.role = "Marj", "lead"
    return published


@TABLE.broken(agreed, "published", "without a date the approver publishes, in the same act")
def publish_for_another_approver(log: Log) -> Entry:
    log.find("grade.published").who = "Ilan"
    return log.find("grade.published")


@TABLE.broken(agreed, "approval", "without a date an approval publishes in its own act")
def publish_in_another_act(log: Log) -> Entry:
    claim_between(log, log.find("grade.approved"))
    return log.find("grade.published")


# --- checks and corrections ---------------------------------------------------------------------------------------


CAUSE = "its cause is no event before it"


@TABLE.broken(rechecked, "reference", CAUSE)
def a_check_that_is_its_own_cause(log: Log) -> Entry:
    opened = log.find("recheck.opened")
    opened.body["cause"] = opened
    return opened


@TABLE.broken(rechecked, "reference", CAUSE)
def a_check_with_a_later_cause(log: Log) -> Entry:
    log.find("recheck.opened").body["cause"] = log.find("recheck.closed")
    return log.find("recheck.opened")


@TABLE.broken(rechecked, "recheck", "no recheck is open")
def end_a_check_that_was_not_opened(log: Log) -> Entry:
    log.drop(log.find("recheck.opened"))
    return log.find("recheck.closed")


@TABLE.broken(rechecked, "recheck", "no recheck is open")
def end_a_check_twice(log: Log) -> Entry:
    closed = log.find("recheck.closed")
    again = Entry(closed.type, "Ilan", "lead", closed.incident, dict(closed.body), dict(closed.sealed), salt="again")
    return log.insert(closed, again)


TABLE.add(
    "a check that ends reopened and reopens nothing", rechecked, set_in("recheck.closed", outcome="reopened"), "recheck",
    "a recheck with the outcome reopened reopens in the act",
)  # fmt: skip
for begun, kind in (
    (rechecked, "recheck.opened"), (rechecked, "recheck.closed"), (reopened, "grade.reopened"),
):  # fmt: skip
    TABLE.add(f"{kind} of another version", begun, set_in(kind, version=2), "version", "it does not name the version that stands")
TABLE.add(
    "a correction of a version to come", corrected, set_in("correction.published", version=2), "version",
    "it does not name a version that was published",
)  # fmt: skip


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_a_decision_that_breaks_its_rule(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)
