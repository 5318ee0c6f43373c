"""Verdicts on the votes of a round: who votes, who withdraws, and the lists of its close."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.audit import histories as h
from tests.audit.histories import Entry, Log
from tests.audit.twins import FAIR, Case, Forged, Steps, Table, agree, answer, assert_told_apart, before, panel, votes

CASES = Table()


# --- who votes, and who withdraws ----------------------------------------------------------------------------------------


@CASES.case("conflict", "who declared a conflict cannot vote")
def who_declared_a_conflict_votes(log: Forged) -> Steps:
    name = panel(log)
    log.add("conflict.declared", "Amal", name, {}, ground="kin")
    lifted = log.add("conflict.lifted", "Amal", name, {}, ground="a mistake")
    live = votes(log, name)
    agree(log, name, live)
    yield None
    log.drop(lifted)
    yield live[0]


@CASES.case("assigned", "the voter is not assigned in this round", way="assigned", place=0)
@CASES.case("assigned", "the voter is not assigned in this round", way="assigned released assigned", place=2)
def a_vote_of_who_is_not_assigned(log: Forged, way: str, place: int) -> Steps:
    name = panel(log)
    steps = [answer(log, name, verb, "Edda") for verb in way.split()]
    live = [*votes(log, name), h.vote(log, name, 1, "Edda", "fair", FAIR)]
    agree(log, name, live)
    yield None
    log.drop(steps[place])
    yield live[-1]


@CASES.case("assigned", "the voter is not assigned in this round")
def a_vote_of_who_recused_themselves(log: Forged) -> Steps:
    """Who abstained may still vote."""
    name = panel(log)
    answer(log, name, "assigned", "Edda")
    abstained = answer(log, name, "abstained", "Edda")
    live = [*votes(log, name), h.vote(log, name, 1, "Edda", "fair", FAIR)]
    agree(log, name, live)
    yield None
    abstained.type = "reviewer.recused"
    yield live[-1]


OWN = "a person withdraws their own live vote of the open round"


def withdrawn(log: Log, name: str, who: str, vote: Entry) -> Entry:
    return log.add("vote.withdrawn", who, name, {"of": vote}, reason="I read S1 again.")


@CASES.case("vote", OWN, of="another's")
@CASES.case("vote", OWN, of="none")
@CASES.case("vote", OWN, of="withdrawn")
@CASES.case("vote", OWN, of="replaced")
def a_withdrawal_of_no_own_live_vote(log: Forged, of: str) -> Steps:
    name = panel(log)
    answer(log, name, "assigned", "Edda")
    replaced = h.vote(log, name, 1, "Edda", "weak")
    vote = h.vote(log, name, 1, "Edda", "fair", replaces=replaced)
    first = withdrawn(log, name, "Edda", vote)
    live = votes(log, name)
    agree(log, name, live, superseded=[replaced], withdrawn=[vote])
    yield None
    told = {"another's": live[0], "none": log.find("round.opened"), "withdrawn": vote, "replaced": replaced}[of]
    entry = Entry("vote.withdrawn", "Edda", "reviewer", name, {"of": told}, {"reason": "So."}, salt="w")
    yield before(log, first if of == "replaced" else log.find("round.closed"), entry)


@CASES.case("assigned", "only who is assigned and has no vote answers so", also=("close", "disclosure", "proposal", "reveal"))
def a_recusal_before_the_vote_is_withdrawn(log: Forged) -> Steps:
    name = panel(log)
    answer(log, name, "assigned", "Edda")
    vote = h.vote(log, name, 1, "Edda", "fair", FAIR)
    first = withdrawn(log, name, "Edda", vote)
    entry = answer(log, name, "recused", "Edda")
    agree(log, name, votes(log, name), withdrawn=[vote], recused=[h.pseudonym("Edda", name)])
    yield None
    log.drop(first)
    yield entry


# --- how a round closes --------------------------------------------------------------------------------------------------


def twice(log: Log, name: str, field: str) -> tuple[list[Entry], list[Any]]:
    """Edda and Finn do what the list tells of; their live votes, and the list."""
    pair = ("Edda", "Finn")
    for who in pair:
        answer(log, name, "assigned", who)
    if field in ("abstained", "recused", "released"):
        for who in pair:
            answer(log, name, field, who)
        return [], sorted(h.pseudonym(who, name) for who in pair)
    cast: list[Any] = [h.vote(log, name, 1, who, "fair", FAIR) for who in pair]
    if field == "superseded":
        return [h.vote(log, name, 1, who, "fair", FAIR, replaces=vote) for who, vote in zip(pair, cast, strict=True)], cast
    for who, vote in zip(pair, cast, strict=True):
        if field == "withdrawn":
            withdrawn(log, name, who, vote)
        else:
            log.add("vote.excluded", "Ilan", name, {"of": vote, "ground": "conflict"}, reason="kin")
    return [], cast


@CASES.case("order", "its list of superseded does not ascend", also=("close",), field="superseded")
@CASES.case("order", "its list of withdrawn does not ascend", also=("close",), field="withdrawn")
@CASES.case("order", "its list of excluded does not ascend", also=("close",), field="excluded")
@CASES.case("order", "its list of abstained does not ascend", also=("close",), field="abstained")
@CASES.case("order", "its list of recused does not ascend", also=("close",), field="recused")
@CASES.case("order", "its list of released does not ascend", also=("close",), field="released")
def a_list_of_the_close_out_of_order(log: Forged, field: str) -> Steps:
    name = panel(log)
    live, listed = twice(log, name, field)
    closed = agree(log, name, [*live, *votes(log, name)], 1, **{field: listed})
    yield None
    closed.body[field] = listed[::-1]
    yield closed


@CASES.case("order", "its list of commits does not ascend", also=("close",))
def the_votes_of_the_close_out_of_order(log: Forged) -> Steps:
    name = panel(log)
    closed = agree(log, name, votes(log, name))
    yield None
    closed.body["commits"] = closed.body["commits"][::-1]
    yield closed


@pytest.mark.parametrize("case", CASES, ids=CASES.names)
def test_what_a_vote_may_not_say(tmp_path: Path, case: Case) -> None:
    assert_told_apart(case, tmp_path)
