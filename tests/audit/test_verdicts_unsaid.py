"""What may be left out where something is hidden, and what may not: each tolerance has its own reason, or none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.histories import Entry
from tests.audit.test_verdicts_log import moved, received
from tests.audit.twins import Case, Forged, Steps, Table, assert_told_apart

CASES = Table()
ALL = ("at", "person", "text", "language", "translation", "url", "reporter")
WORDLESS = "a claim of a shown incident is without its words"


def hidden(log: Forged, place: str, claims: Iterable[Entry] = ()) -> str:
    """A restricted incident with these claims: no line of it is shown, nor of the claims that only it holds."""
    name = h.incident(log, place)
    own = log.find("claim.received", len([one for one in log.entries if one.type == "claim.received"]) - 1)
    for claim in claims:
        moved(log, "grouped", claim, name, claim)
    log.add("incident.restricted", "Marj", name, {"on": True}, reason="A source is at risk.", people=None)
    log.unseen |= {entry for entry in log.entries if entry.incident == name} | {own}
    return name


def wordless(claim: Entry) -> Entry:
    claim.hide = ALL
    return claim


# --- a claim without its words ---------------------------------------------------------------------------------------


def taken_away(log: Forged) -> tuple[str, Entry, Entry]:
    """A claim that stood in a shown incident and went into a hidden one: its line is shown, and no word of it."""
    name, claim = h.incident(log, "Tel Asmar"), received(log, "a")
    moved(log, "grouped", claim, name, claim)
    taken = moved(log, "ungrouped", claim, name, claim)
    hidden(log, "Karsa", [wordless(claim)])
    return name, claim, taken


@CASES.case("disclosure", WORDLESS, way="")
@CASES.case("disclosure", WORDLESS, way="dismissed")
@CASES.case("disclosure", WORDLESS, way="withdrawn")
@CASES.case("disclosure", WORDLESS, way="duplicated")
@CASES.case("disclosure", WORDLESS, way="dismissed restored")
def a_claim_that_never_stood_in_a_shown_incident(log: Forged, way: str) -> Steps:
    """One that only waits, or was set aside, would be shown with its words, or not at all."""
    taken_away(log)
    other, claim = received(log, "c"), received(log, "b")
    for verb in way.split():
        moved(log, verb, claim, "", other)
    log.end()
    yield None
    yield wordless(claim)


@CASES.case("disclosure", WORDLESS)
def a_claim_that_was_set_aside_after_it_was_taken_out(log: Forged) -> Steps:
    _, claim, _ = taken_away(log)
    log.end()
    yield None
    log.entries.remove(ended := log.entries[-1])
    kept = [one for one in log.entries if one.type == "claim.grouped" and one.body["claim"] is claim][-1]
    log.drop(kept)
    moved(log, "dismissed", claim, "", claim)
    log.entries.append(ended)
    yield claim


@CASES.case("disclosure", WORDLESS)
def a_claim_taken_out_after_all_that_is_hidden(log: Forged) -> Steps:
    """Nothing is withheld behind its leaving: it went nowhere."""
    name, claim = h.incident(log, "Tel Asmar"), received(log, "a")
    moved(log, "grouped", claim, name, claim)
    taken = moved(log, "ungrouped", claim, name, claim)
    hidden(log, "Karsa", [wordless(claim)])
    log.end()
    yield None
    log.drop(taken)
    log.drop([one for one in log.entries if one.type == "claim.grouped" and one.body["claim"] is claim][-1])
    log.entries.insert(-1, taken)
    yield claim


@CASES.case("disclosure", WORDLESS)
def a_claim_that_stands_in_a_shown_incident(log: Forged) -> Steps:
    _, claim, taken = taken_away(log)
    log.end()
    yield None
    log.drop(taken)
    yield claim


# --- a claim that was not seen to leave ------------------------------------------------------------------------------


def regrouped(log: Forged) -> tuple[Entry, list[str], Entry]:
    """Behind the opening of a round a claim was taken out, and went into another incident."""
    names = [h.incident(log, place) for place in ("Tel Asmar", "Wadi Karsa", "Karsa")]
    claim = received(log, "a")
    moved(log, "grouped", claim, names[0], claim)
    h.open_round(log, names[0], 1)
    taken = moved(log, "ungrouped", claim, names[0], claim)
    log.unseen.add(taken)
    return claim, names, taken


@CASES.case("claim", "a claim that is grouped cannot become grouped", into=1)
@CASES.case("claim", "a claim that is grouped cannot become grouped", into=2)
def a_claim_in_two_shown_incidents(log: Forged, into: int) -> Steps:
    """One incident of an open round may have let it go; the next one, which is shown whole, has not."""
    claim, names, _ = regrouped(log)
    moved(log, "grouped", claim, names[1], claim)
    back = moved(log, "ungrouped", claim, names[1], claim)
    again = moved(log, "grouped", claim, names[into], claim)
    log.end()
    yield None
    log.drop(back)
    yield again


@CASES.case("claim", "a claim that is grouped cannot become grouped", verb="grouped")
@CASES.case("claim", "a claim that is grouped cannot become dismissed", verb="dismissed")
def a_claim_that_left_without_a_trace(log: Forged, verb: str) -> Steps:
    """Nothing is withheld between the opening of the round and what became of it."""
    claim, names, taken = regrouped(log)
    again = moved(log, verb, claim, names[1], claim)
    log.end()
    yield None
    log.drop(taken)
    yield again


# --- the other side of a merge ----------------------------------------------------------------------------------------


MISSING = "the other side of a merge or split is missing"


@CASES.case("merge", MISSING)
def a_merge_into_what_is_nowhere(log: Forged) -> Steps:
    """An incident that is hidden has a head all the same."""
    name, into = h.incident(log, "Tel Asmar"), hidden(log, "Karsa")
    entry = log.add("incident.merged", "Marj", name, {"other": [into]}, reason="The same.")
    log.unseen.add(log.add("incident.absorbed", "Marj", into, {"other": [name]}, reason="The same."))
    log.end()
    yield None
    entry.body["other"] = [h.incident_id("nowhere")]
    yield entry


def absorbed_behind_an_opening(log: Forged) -> tuple[Entry, Entry, Entry]:
    name, into = h.incident(log, "Tel Asmar"), h.incident(log, "Karsa")
    opened = h.open_round(log, into, 1)
    merged = log.add("incident.merged", "Marj", name, {"other": [into]}, reason="The same.")
    absorbed = log.add("incident.absorbed", "Marj", into, {"other": [name]}, reason="The same.")
    log.unseen.add(absorbed)
    log.end()
    return opened, merged, absorbed


@CASES.case("merge", MISSING)
def a_merge_before_the_round_was_opened(log: Forged) -> Steps:
    """What stands before the opening is shown."""
    opened, merged, absorbed = absorbed_behind_an_opening(log)
    yield None
    log.drop(absorbed)
    log.drop(opened)
    log.entries.insert(-1, opened)
    yield merged


@CASES.case("merge", MISSING)
def absorbed_and_never_merged(log: Forged) -> Steps:
    """The one that was merged is shown whole: its own side does not wait for the other's round."""
    name, into = h.incident(log, "Tel Asmar"), h.incident(log, "Karsa")
    merged = log.add("incident.merged", "Marj", name, {"other": [into]}, reason="The same.")
    absorbed = log.add("incident.absorbed", "Marj", into, {"other": [name]}, reason="The same.")
    h.open_round(log, into, 1)
    log.unseen.add(log.add("conflict.declared", "Amal", into, {}, ground="kin"))
    log.end()
    yield None
    log.drop(merged)
    yield absorbed


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_is_left_out_without_a_reason(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)
