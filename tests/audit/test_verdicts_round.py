"""Verdicts on rounds: how they open and close, who is assigned and who answers how."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.histories import Log
from tests.audit.twins import (
    Case,
    Forged,
    Steps,
    Table,
    abandon,
    agree,
    answer,
    assert_told_apart,
    before,
    panel,
    votes,
)

CASES = Table()


# --- how a round opens -----------------------------------------------------------------------------------------------


@CASES.case("stage", "a round is open already")
def a_round_while_another_is_open(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    closed = abandon(log, name, 1)
    entry = h.open_round(log, name, 2, "again")
    yield None
    log.drop(closed)
    yield entry


@CASES.case("role", "a round is opened by a lead")
def a_round_opened_by_the_system(log: Forged) -> Steps:
    entry = h.open_round(log, h.incident(log, "Tel Asmar"), 1)
    yield None
    entry.who, entry.role = None, "system"
    yield entry


@CASES.case("round", "its number is not the next, 1", number=2)
def a_first_round_out_of_number(log: Forged, number: int) -> Steps:
    entry = h.open_round(log, h.incident(log, "Tel Asmar"), 1)
    yield None
    entry.body["round"] = number
    yield entry


@CASES.case("round", "its number is not the next, 2", kind="first", number=1)
@CASES.case("round", "its number is not the next, 2", kind="again", number=3)
def a_later_round_out_of_number(log: Forged, kind: str, number: int) -> Steps:
    """An abandoned round has had its number, and no result: the next may be a first one, or one again."""
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    abandon(log, name, 1)
    entry = h.open_round(log, name, 2, kind)
    yield None
    entry.body["round"] = number
    yield entry


@CASES.case("stream", "the stream is paused and opens no round", mode="paused", where="the incident")
@CASES.case("stream", "the stream is log-only and opens no round", mode="log-only", where="a part of it")
def a_round_while_its_stream_rests(log: Forged, mode: str, where: str) -> Steps:
    """The parts of a split incident are of its stream."""
    name, part = h.incident(log, "Tel Asmar"), h.incident_id("Karsa")
    if where == "a part of it":
        log.add("incident.split", "Marj", name, {"other": [part]}, reason="Two things.")
        log.add("incident.split", "Marj", part, {"other": [name]}, reason="Two things.")
        h.source(log, part, 1, "Bren")
        name = part
    for now in (mode, "active"):
        body = {"stream": "karsian-air-force", "mode": now}
        switched = log.add("stream.switched", "Marj", None, body, name=None, reason=None)
    entry = h.open_round(log, name, 1, who="Ilan")
    yield None
    log.drop(switched)
    yield entry


@CASES.case("reference", "the policy or the codebook that it refers to is not here", field="policy", other="codebook.defined")
@CASES.case("reference", "the policy or the codebook that it refers to is not here", field="codebook", other="policy.set")
def a_round_under_no_rules(log: Forged, field: str, other: str) -> Steps:
    entry = h.open_round(log, h.incident(log, "Tel Asmar"), 1)
    yield None
    entry.body[field] = log.find(other)
    yield entry


@CASES.case("round", "only a second round belongs to a settlement")
def a_first_round_of_a_settlement(log: Forged) -> Steps:
    entry = h.open_round(log, h.incident(log, "Tel Asmar"), 1)
    yield None
    entry.body["of"] = log.find("incident.opened")
    yield entry


def disputed(log: Log) -> str:
    """A first round without agreement, and the settlement that it opens."""
    name = panel(log)
    live = [h.vote(log, name, 1, who, grade) for who, grade in (("Amal", "fair"), ("Bren", "contested"), ("Cato", "discounted"))]
    h.close(log, name, 1, live, "disputed")
    log.add("settlement.opened", None, name, {"round": 1})
    return name


@CASES.case("settlement", "it does not belong to the open settlement", of=None)
@CASES.case("settlement", "it does not belong to the open settlement", of="round.closed")
def a_second_round_of_no_settlement(log: Forged, of: str | None) -> Steps:
    name = disputed(log)
    entry = h.open_round(log, name, 2, "second", log.find("settlement.opened"), None)
    yield None
    entry.body["of"] = log.find(of) if of else None
    yield entry


# --- which round is meant ----------------------------------------------------------------------------------------------

NOT_OPEN = "the round that it names is not open"


@CASES.case("round", NOT_OPEN, number=2)
def a_round_extended_that_is_none(log: Forged, number: int) -> Steps:
    entry = log.add("round.extended", "Marj", panel(log), {"round": 1}, reason="a holiday")
    yield None
    entry.body["round"] = number
    yield entry


@CASES.case("round", NOT_OPEN)
def a_round_extended_after_its_close(log: Forged) -> Steps:
    name = disputed(log)
    entry = before(log, log.find("round.closed"), log.add("round.extended", "Marj", name, {"round": 1}, reason="a holiday"))
    yield None
    log.drop(entry)
    log.entries.append(entry)
    yield entry


@CASES.case("round", NOT_OPEN, kind="reviewer.assigned")
@CASES.case("round", NOT_OPEN, kind="reviewer.released")
@CASES.case("round", NOT_OPEN, kind="reviewer.recused")
@CASES.case("round", NOT_OPEN, kind="reviewer.abstained")
def an_answer_to_another_round(log: Forged, kind: str) -> Steps:
    name = panel(log)
    entry = answer(log, name, kind.partition(".")[2], "Edda" if kind == "reviewer.assigned" else "Bren")
    abandon(log, name, 1)
    yield None
    entry.body["round"] = 2
    yield entry


@CASES.case("round", NOT_OPEN)
def a_close_of_another_round(log: Forged) -> Steps:
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    entry = abandon(log, name, 1)
    yield None
    entry.body["round"] = 2
    yield entry


# --- who is assigned, and by whom ---------------------------------------------------------------------------------------


def alone(log: Log) -> str:
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    return name


@CASES.case("assigned", "a reviewer assigns nobody but themselves")
def a_reviewer_assigns_another(log: Forged) -> Steps:
    name = alone(log)
    entry = h.assign(log, name, 1, "Amal", "Amal")
    abandon(log, name, 1)
    yield None
    entry.body["who"] = h.pseudonym("Bren", name)
    yield entry


@CASES.case("role", "people are assigned by a lead or by taking the next")
def the_system_assigns_in_a_first_round(log: Forged) -> Steps:
    name = alone(log)
    entry = h.assign(log, name, 1, "Amal")
    abandon(log, name, 1)
    yield None
    entry.who, entry.role = None, "system"
    yield entry


@CASES.case("conflict", "who declared a conflict is not assigned")
def who_declared_a_conflict_is_assigned(log: Forged) -> Steps:
    name = alone(log)
    log.add("conflict.declared", "Amal", name, {}, ground="kin")
    lifted = log.add("conflict.lifted", "Amal", name, {}, ground="a mistake")
    entry = h.assign(log, name, 1, "Amal")
    abandon(log, name, 1)
    yield None
    log.drop(lifted)
    yield entry


RECUSED = "an assignment cancels a release, and nothing else"
NOT_RELEASED = "only who is assigned and has no vote is released"
NOT_ANSWERED = "only who is assigned and has no vote answers so"


@CASES.case("assigned", RECUSED, way="assigned released assigned", place=1, instead="recused")
@CASES.case("assigned", NOT_RELEASED, way="assigned released", place=0, instead=None)
@CASES.case("assigned", NOT_RELEASED, way="assigned released assigned released", place=2, instead=None)
@CASES.case("assigned", NOT_RELEASED, way="assigned abstained released", place=1, instead="recused")
@CASES.case("assigned", NOT_ANSWERED, way="assigned recused", place=0, instead=None)
@CASES.case("assigned", NOT_ANSWERED, way="assigned abstained", place=0, instead=None)
@CASES.case("assigned", NOT_ANSWERED, way="assigned released assigned recused", place=2, instead=None)
@CASES.case("assigned", NOT_ANSWERED, way="assigned released assigned abstained", place=2, instead=None)
@CASES.case("assigned", NOT_ANSWERED, way="assigned abstained recused", place=1, instead="recused")
@CASES.case("assigned", NOT_ANSWERED, way="assigned abstained recused", place=2, instead="abstained")
def an_answer_out_of_turn(log: Forged, way: str, place: int, instead: str | None) -> Steps:
    """One step of a lawful way left out, or another one in its place: the last one no longer follows."""
    name = alone(log)
    steps = [answer(log, name, verb, "Bren") for verb in way.split()]
    abandon(log, name, 1)
    yield None
    left_out = steps[place]
    if instead is not None:
        steps[place] = before(log, left_out, answer(log, name, instead, "Bren"))
    log.drop(left_out)
    yield steps[-1]


@CASES.case("assigned", NOT_RELEASED, verb="released")
@CASES.case("assigned", NOT_ANSWERED, verb="recused")
@CASES.case("assigned", NOT_ANSWERED, verb="abstained")
def an_answer_of_who_has_voted(log: Forged, verb: str) -> Steps:
    """Edda has not voted, Bren has: their vote goes first."""
    name = panel(log)
    answer(log, name, "assigned", "Edda")
    live = votes(log, name)
    entry = answer(log, name, verb, "Edda")
    who = ["Edda"]
    agree(log, name, live, 1, **{verb: lambda _log, _entry: [h.pseudonym(who[0], name)]})
    yield None
    who[0] = "Bren"
    if "who" in entry.body:
        entry.body["who"] = h.pseudonym("Bren", name)
    else:
        entry.who = "Bren"
    yield entry


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_a_round_may_not_say(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)
