"""Verdicts on an incident's ways out, its merges and splits, and on the numbers of its sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit import histories as h
from tests.audit.histories import Entry, Log
from tests.audit.twins import Case, Forged, Steps, Table, abandon, assert_told_apart, before, panel

CASES = Table()


# --- exits -----------------------------------------------------------------------------------------------------------


def merged(log: Log, name: str, into: str) -> Entry:
    entry = log.add("incident.merged", "Marj", name, {"other": [into]}, reason="The same.")
    log.add("incident.absorbed", "Marj", into, {"other": [name]}, reason="The same.")
    return entry


def split(log: Log, name: str, part: str) -> Entry:
    entry = log.add("incident.split", "Marj", name, {"other": [part]}, reason="Two things.")
    log.add("incident.split", "Marj", part, {"other": [name]}, reason="Two things.")
    return entry


def left(log: Log, name: str, way: str) -> Entry:
    if way == "merged":
        return merged(log, name, h.incident(log, "Wadi Karsa"))
    if way == "split":
        return split(log, name, h.incident_id("Karsa"))
    return log.add(f"incident.{way}", "Marj", name, {}, reason="It has to be.")


@CASES.case("stage", "an exit abandons the open round before it", way="dismissed")
@CASES.case("stage", "an exit abandons the open round before it", way="withdrawn")
@CASES.case("stage", "an exit abandons the open round before it", way="merged")
@CASES.case("stage", "an exit abandons the open round before it", way="split")
def an_exit_from_an_open_round(log: Forged, way: str) -> Steps:
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    closed = abandon(log, name, 1)
    entry = left(log, name, way)
    yield None
    log.drop(closed)
    yield entry


def goes_on(log: Log, name: str, kind: str) -> Entry:
    """What may, or may not, be said of an incident that has left."""
    if kind == "position.recorded":
        return log.add(kind, "Marj", name, {"source": 1}, **dict.fromkeys(["party", "position", "conceded", "reason"]))
    if kind == "conflict.declared":
        return log.add(kind, "Amal", name, {}, ground="kin")
    if kind == "incident.dismissed":
        return log.add(kind, "Marj", name, {}, reason="It has to be.")
    return log.add(kind, "Dina", name, {"material": False}, facts={}, exact=None, reason="A better date.")


@CASES.case("stage", "position.recorded is not possible at the stage dismissed", way="dismissed", kind="position.recorded")
@CASES.case("stage", "conflict.declared is not possible at the stage withdrawn", way="withdrawn", kind="conflict.declared")
@CASES.case("stage", "incident.described is not possible at the stage merged", way="merged", kind="incident.described")
@CASES.case("stage", "incident.dismissed is not possible at the stage split", way="split", kind="incident.dismissed")
def a_thing_after_an_exit(log: Forged, way: str, kind: str) -> Steps:
    name = h.incident(log, "Tel Asmar")
    left(log, name, way)
    restored = log.add("incident.restored", "Marj", name, {}, reason="It was one.")
    entry = goes_on(log, name, kind)
    yield None
    log.drop(restored)
    yield entry


@CASES.case("stage", "incident.restored is not possible at the stage logged")
def an_incident_restored_that_never_left(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    way_out = left(log, name, "dismissed")
    entry = log.add("incident.restored", "Marj", name, {}, reason="It was one.")
    yield None
    log.drop(way_out)
    yield entry


@CASES.case("stage", "incident.split is not possible at the stage dismissed", also=("merge",))
def a_split_after_an_exit(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    entry = left(log, name, "split")
    yield None
    way_out = left(log, name, "dismissed")
    log.drop(way_out)
    log.insert(log.find("source.assessed"), way_out)
    yield entry


@CASES.case("stage", "grade.reopened is not possible at the stage dismissed")
def a_published_incident_comes_back_as_it_was(log: Forged) -> Steps:
    name = h.agreed(log)
    left(log, name, "dismissed")
    restored = log.add("incident.restored", "Marj", name, {}, reason="It was one.")
    entry = log.add("grade.reopened", "Ilan", name, {"version": 1, "ground": "verdict"}, reason="New evidence.")
    yield None
    log.drop(restored)
    yield entry


@CASES.case("stage", "a round of kind again is not possible at the stage settlement")
def a_settlement_ends_with_an_exit(log: Forged) -> Steps:
    """There is nothing to come back to: the incident is logged again, and may be judged anew."""
    name = panel(log)
    told = (("Amal", "fair"), ("Bren", "contested"), ("Cato", "discounted"))
    h.close(log, name, 1, [h.vote(log, name, 1, who, grade) for who, grade in told], "disputed")
    log.add("settlement.opened", None, name, {"round": 1})
    way = [left(log, name, "dismissed"), log.add("incident.restored", "Marj", name, {}, reason="It was one.")]
    entry = h.open_round(log, name, 2, "again")
    yield None
    for step in way:
        log.drop(step)
    yield entry


# --- merges and splits -----------------------------------------------------------------------------------------------


@CASES.case("merge", "an incident is merged into one other", into="none")
@CASES.case("merge", "an incident is merged into one other", into="two")
@CASES.case("merge", "an incident is merged into one other", into="itself")
def a_merge_into_no_one_other(log: Forged, into: str) -> Steps:
    """Each side tells the other, where there is one: only their number is wrong."""
    name, first, second = (h.incident(log, place) for place in ("Tel Asmar", "Wadi Karsa", "Karsa"))
    entry = merged(log, name, first)
    absorbed = log.find("incident.absorbed")
    yield None
    entry.body["other"] = {"none": [], "two": [first, second], "itself": [name]}[into]
    if into == "two":
        log.add("incident.absorbed", "Marj", second, {"other": [name]}, reason="The same.")
    else:
        log.drop(absorbed)
    yield entry


@CASES.case("merge", "the other side of a merge or split is missing", side="incident.merged", named="incident.absorbed")
@CASES.case("merge", "the other side of a merge or split is missing", side="incident.absorbed", named="incident.merged")
def a_merge_told_by_one_side(log: Forged, side: str, named: str) -> Steps:
    merged(log, h.incident(log, "Tel Asmar"), h.incident(log, "Wadi Karsa"))
    yield None
    log.drop(log.find(side))
    yield log.find(named)


@CASES.case("merge", "an incident absorbs others", of="none")
@CASES.case("merge", "an incident absorbs others", of="itself")
def what_absorbs_no_other(log: Forged, of: str) -> Steps:
    """No other side is missing: only what it says of their number is wrong."""
    name, first, second = (h.incident(log, place) for place in ("Tel Asmar", "Wadi Karsa", "Karsa"))
    merges = [merged(log, one, name) for one in (first, second)]
    entry, other = log.find("incident.absorbed"), log.find("incident.absorbed", 1)
    yield None
    entry.body["other"] = []
    for one in (other, *merges):
        log.drop(one)
    if of == "itself":
        entry.body["other"] = [name]
    yield entry


@CASES.case("merge", "what is split out is of one other", of="none")
@CASES.case("merge", "what is split out is of one other", of="two")
@CASES.case("merge", "what is split out is of one other", of="itself")
def what_is_split_out_of_no_one_other(log: Forged, of: str) -> Steps:
    name, other = h.incident(log, "Tel Asmar"), h.incident(log, "Wadi Karsa")
    part = h.incident_id("Karsa")
    first = split(log, name, part)
    entry = log.find("incident.split", 1)
    yield None
    entry.body["other"] = {"none": [], "two": [name, other], "itself": [part]}[of]
    if of == "two":
        before(log, entry, log.add("incident.split", "Marj", other, {"other": [part]}, reason="Two things."))
    else:
        first.type, first.body = "incident.dismissed", {}
    yield entry


@CASES.case("merge", "a split makes new incidents")
def a_split_into_nothing(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    entry = left(log, name, "split")
    yield None
    entry.body["other"] = []
    log.drop(log.find("incident.split", 1))
    yield entry


# --- sources ---------------------------------------------------------------------------------------------------------


def of_source(log: Log, name: str, kind: str, body: dict[str, Any]) -> Entry:
    seals = {
        "position.recorded": ("Marj", "party position conceded reason"),
        "source.captured": ("Dina", "file archive checked"),
        "source.opened": ("Amal", ""),
        "source.derived": ("Dina", "file tool"),
        "source.assessed": ("Amal", "role publishable credibility coherence note"),
        "source.grouped": ("Dina", "reason"),
        "source.withdrawn": ("Dina", "reason"),
    }
    who, names = seals[kind]
    return log.add(kind, who, name, body, **dict.fromkeys(names.split()))


NO_THIRD = "the incident has no source 3"


@CASES.case("reference", NO_THIRD, kind="position.recorded", body={"source": 2}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.captured", body={"source": 2}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.opened", body={"source": 2}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.assessed", body={"source": 2, "material": True}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.withdrawn", body={"source": 2}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.derived", body={"source": 2, "from": 1}, field="source")
@CASES.case("reference", NO_THIRD, kind="source.derived", body={"source": 1, "from": 2}, field="from")
def a_source_that_is_none(log: Forged, kind: str, body: dict[str, Any], field: str) -> Steps:
    entry = of_source(log, h.incident(log, "Tel Asmar"), kind, dict(body))
    yield None
    entry.body[field] = 3
    yield entry


@CASES.case("reference", "it groups a source that the incident has not", sources=[1, 3])
@CASES.case("reference", "it groups a source that the incident has not", sources=[3])
@CASES.case("reference", "it groups a source that the incident has not", sources=[])
@CASES.case("order", "its list of sources does not ascend", sources=[2, 1])
@CASES.case("order", "its list of sources does not ascend", sources=[1, 1])
def sources_grouped_that_are_none(log: Forged, sources: list[int]) -> Steps:
    entry = of_source(log, h.incident(log, "Tel Asmar"), "source.grouped", {"origin": 1, "sources": [1, 2]})
    yield None
    entry.body["sources"] = sources
    yield entry


@CASES.case("reference", "it groups a source that the incident has not")
def sources_grouped_where_there_is_none(log: Forged) -> Steps:
    name = h.incident_id("Karsa")
    log.add("incident.opened", "Dina", name, {"stream": "karsian-air-force"}, facts={}, exact=None)
    source = h.source(log, name, 1, "Dina")
    entry = of_source(log, name, "source.grouped", {"origin": 1, "sources": [1]})
    yield None
    log.drop(source)
    yield entry


@CASES.case("source", "its number is not the next, 3", number=4)
@CASES.case("source", "its number is not the next, 3", number=2)
def a_source_out_of_number(log: Forged, number: int) -> Steps:
    entry = h.source(log, h.incident(log, "Tel Asmar"), 3, "Dina")
    yield None
    entry.body["source"] = number
    yield entry


NEW_ORIGIN = "it is of a new origin and called immaterial: it moves the evidence"


@CASES.case("source", NEW_ORIGIN, lawful={"origin": 1}, unlawful={"origin": 3})
@CASES.case("source", NEW_ORIGIN, lawful={"kind": "note"}, unlawful={"kind": "video"})
def a_new_origin_called_immaterial(log: Forged, lawful: dict[str, Any], unlawful: dict[str, Any]) -> Steps:
    """An echo of another source, or a note, does not move the evidence."""
    entry = h.source(log, h.incident(log, "Tel Asmar"), 3, "Dina", material=False)
    entry.sealed.update({"origin": 3, "kind": "video", **lawful})
    yield None
    entry.sealed.update(unlawful)
    yield entry


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_may_not_leave_or_be_numbered_so(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)
