"""What the verifier says of a settlement, its ladder and its dissents where a rung is skipped or a word is false."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_holds
from tests.audit.histories import Entry, Log
from tests.audit.verdicts import Begun, Change, Row, Table, assert_judged, assert_told, names, set_in

TABLE = Table()
PLACE = "Wadi Karsa"
VOTERS = ("Amal", "Bren", "Cato")
FIRST = (("fair", h.bounds(2, 5)), ("contested", h.bounds(1, 9)), ("discounted", h.bounds(0, 0)))
AGREED = (("fair", h.bounds(2, 5)), ("fair", h.bounds(1, None)), ("weak", h.bounds(0, 9)))
CLAIM = dict.fromkeys(["text", "language", "translation", "url", "reporter"])


def disputed() -> Log:
    log = h.started()
    h.disputed(log, PLACE)
    return log


def voted(log: Log, name: str, number: int, ballots: tuple[tuple[str, object], ...], by: str | None) -> list[Entry]:
    """Everybody is assigned and votes."""
    people = (*VOTERS, "Finn")[: len(ballots)]
    for who in people:
        h.assign(log, name, number, who, by)
    return [h.vote(log, name, number, who, *ballot) for who, ballot in zip(people, ballots, strict=True)]


def contested(log: Log) -> tuple[str, Entry]:
    """A disputed round, an open settlement, an argument by Amal; the second round is open."""
    name = h.incident(log, PLACE)
    h.open_round(log, name, 1)
    h.close(log, name, 1, voted(log, name, 1, FIRST, "Marj"), "disputed")
    settlement = log.add("settlement.opened", None, name, {"round": 1})
    log.add("settlement.argued", "Amal", name, {"settlement": settlement}, text="Amal argues.")
    h.open_round(log, name, 2, "second", settlement, None)
    return name, settlement


def settled(log: Log, name: str, settlement: Entry, minority: list[Entry], **body: object) -> None:
    """The settlement closes as told, is proposed and approved."""
    told = {"settlement": settlement, "second": None, "answers": [], **body}
    who = "Edda" if told["by"] == "settler" else None
    replies = {one: "It was heard." for one in told["answers"]} if who else None  # type: ignore[attr-defined]
    log.add("settlement.closed", who, name, told, rationale="They weigh more." if who else None, replies=replies)
    proposal = h.propose(log, name, 1, str(told["grade"]), told["range"], 2, settlement, minority)
    h.approve(log, name, proposal)


def by_second_vote() -> Log:
    log = h.started()
    name, settlement = contested(log)
    cast = voted(log, name, 2, AGREED, None)
    h.close(log, name, 2, cast, "agreed", "fair", h.bounds(1, 5))
    settled(log, name, settlement, [cast[2]], by="second_vote", grade="fair", range=h.bounds(1, 5), second=2)
    return log


def appoint(log: Log, settlement: Entry, who: str) -> Entry:
    name = str(settlement.incident)
    return log.add("settler.appointed", "Marj", name, {"settlement": settlement, "who": h.pseudonym(who, name)}, reason=None)


def by_ladder() -> Log:
    """Two settlers did not come to an end."""
    log = h.started()
    name, settlement = contested(log)
    cast = voted(log, name, 2, FIRST, None)
    h.close(log, name, 2, cast, "disputed")
    appoint(log, settlement, "Edda")
    appoint(log, settlement, "Finn")
    settled(log, name, settlement, cast, by="ladder", grade="no_consensus", range=h.bounds(0, 9))
    return log


def returned() -> Log:
    """An agreed round is given back, and another one agrees; nothing was ever settled."""
    log = h.started()
    name = h.incident(log, PLACE)
    h.open_round(log, name, 1)
    cast = voted(log, name, 1, (("fair", h.NONE),) * 3, "Marj")
    h.close(log, name, 1, cast, "agreed", "fair", h.NONE)
    proposal = h.propose(log, name, 1, "fair", h.NONE, 1, None, [])
    log.add("grade.returned", "Marj", name, {"of": proposal, "to": "round"}, reason="A witness asks.")
    return log


def argued(log: Log, who: str, settlement: Entry) -> Entry:
    name = str(log.find("round.opened").incident)
    return Entry("settlement.argued", who, "reviewer", name, {"settlement": settlement}, {"text": "It is so."}, salt="argued")


def behind(log: Log, entry: Entry) -> None:
    """What follows stands behind another event of the incident, which is named for it, and one of the log."""
    between = Entry("correction.received", None, "system", entry.incident, {}, {"text": "No.", "reporter": None}, salt="c")
    log.insert(log.insert(entry, between), claim())


def claim() -> Entry:
    return Entry("claim.received", "Dina", "reviewer", None, {"claim": "c-" + "a" * 16}, dict(CLAIM), salt="d")


# --- the open settlement ------------------------------------------------------------------------------------------


NOT_OPEN = "the settlement that it names is not open"


@TABLE.broken(disputed, "settlement", NOT_OPEN)
def argue_in_another_settlement(log: Log) -> Entry:
    log.find("settlement.argued").body["settlement"] = log.find("round.closed")
    return log.find("settlement.argued")


@TABLE.broken(disputed, "settlement", NOT_OPEN)
def argue_after_the_close(log: Log) -> Entry:
    closed = log.find("settlement.closed")
    return log.insert(closed, argued(log, "Amal", log.find("settlement.opened")))


@TABLE.broken(returned, "settlement", NOT_OPEN)
def argue_where_nothing_was_settled(log: Log) -> Entry:
    back = log.find("grade.returned")
    back.body["to"] = "settlement"
    return log.insert(back, argued(log, "Amal", log.find("round.closed")))


@TABLE.broken(disputed, "settlement", NOT_OPEN)
def appoint_to_another_settlement(log: Log) -> Entry:
    log.find("settler.appointed").body["settlement"] = log.find("round.closed")
    return log.find("settler.appointed")


@TABLE.broken(disputed, "settlement", NOT_OPEN)
def close_another_settlement(log: Log) -> Entry:
    log.find("settlement.closed").body["settlement"] = log.find("round.closed")
    return log.find("settlement.closed")


@TABLE.broken(disputed, "settlement", "a settlement opens in the act that closes a disputed round")
def open_a_settlement_of_another_round(log: Log) -> Entry:
    log.find("settlement.opened").body["round"] = 2
    return log.find("settlement.opened")


OPENS = "a settlement opens in the act that closes a disputed round"


@TABLE.broken(returned, "settlement", OPENS)
def open_a_settlement_of_an_agreed_round(log: Log) -> Entry:
    last = log.find("vote.revealed", 2)
    return log.insert(last, Entry("settlement.opened", None, "system", last.incident, {"round": 1}, salt="opened"))


@TABLE.broken(disputed, "settlement", OPENS)
def open_a_settlement_later(log: Log) -> Entry:
    behind(log, log.find("vote.revealed", 2))
    return log.find("settlement.opened")


# --- the second vote ----------------------------------------------------------------------------------------------


def closing(**changes: object) -> Change:
    return set_in("settlement.closed", **changes)


AMOUNTS = "it is not what the second vote amounts to"
for name, change in {
    "a grade of its minority": closing(grade="weak"),
    "another range": closing(range=h.bounds(1, 9)),
    "no second round": closing(second=None),
    "the first round": closing(second=1),
}.items():
    TABLE.add(f"a second vote with {name}", by_second_vote, change, "settlement", AMOUNTS)
TABLE.add("a second vote that was disputed", disputed, closing(by="second_vote", second=2), "settlement", AMOUNTS)


@TABLE.broken(by_second_vote, "settlement", AMOUNTS)
def a_second_vote_closed_by_a_lead(log: Log) -> Entry:
    closed = log.find("settlement.closed")
    closed.who, closed.role = "Marj", "lead"
    return closed


@TABLE.broken(by_second_vote, "settlement", "a second vote settles in the act of its close")
def a_second_vote_that_settles_later(log: Log) -> Entry:
    behind(log, log.find("vote.revealed", 5))
    return log.find("settlement.closed")


@TABLE.broken(by_second_vote, "settlement", "an agreed second vote closes the settlement")
def an_agreed_second_vote_that_settles_nothing(log: Log) -> Entry:
    log.drop(log.find("settlement.closed"))
    return log.find("grade.proposed")


# --- the settler --------------------------------------------------------------------------------------------------


@TABLE.broken(disputed, "settlement", "a round is open")
def settle_while_the_second_round_is_open(log: Log) -> Entry:
    closed = log.find("settlement.closed")
    log.drop(closed)
    return log.insert(log.find("vote.committed", 5), closed)


TABLE.add(
    "a settler names a second round", disputed, closing(second=2), "settlement",
    "only a settlement by second vote names a second round",
)  # fmt: skip
TABLE.add(
    "a settler takes a grade of the codebook that nobody held", disputed, closing(grade="confirmed"), "settlement",
    "no live vote of the deciding round held the grade",
)  # fmt: skip


@TABLE.broken(by_ladder, "settlement", "a settler is not appointed twice")
def the_same_settler_again(log: Log) -> Entry:
    second = log.find("settler.appointed", 1)
    second.body["who"] = h.pseudonym("Edda", str(second.incident))
    return second


def rationale(value: object) -> Change:
    def change(log: Log) -> Entry:
        log.find("settlement.closed").sealed["rationale"] = value
        return log.find("settlement.closed")

    return change


for value in (" ", "", None, 7):
    TABLE.add(f"a settlement with the rationale {value!r}", disputed, rationale(value), "reasoned", "a settlement carries a rationale")


@TABLE.broken(disputed, "order", "its list of answers does not ascend")
def answers_in_another_order(log: Log) -> Entry:
    log.find("settlement.closed").body["answers"] = [log.find("settlement.argued", 1), log.find("settlement.argued")]
    return log.find("settlement.closed")


@TABLE.broken(disputed, "proposal", "a settlement is proposed in the act of its close")
def propose_what_was_settled_later(log: Log) -> Entry:
    log.insert(log.find("settlement.closed"), claim())
    return log.find("grade.proposed")


# --- the end of the ladder ----------------------------------------------------------------------------------------


END = "the end of the ladder is no consensus, by the system"
TABLE.add("a ladder that ends in a grade", by_ladder, closing(grade="contested", range=h.bounds(1, 9)), "settlement", END)


@TABLE.broken(by_ladder, "settlement", END)
def a_ladder_ended_by_a_lead(log: Log) -> Entry:
    closed = log.find("settlement.closed")
    closed.who, closed.role = "Marj", "lead"
    return closed


@TABLE.broken(by_ladder, "settlement", "the ladder ends after a second settler")
def a_ladder_of_one_settler(log: Log) -> Entry:
    log.drop(log.find("settler.appointed", 1))
    return log.find("settlement.closed")


TABLE.add(
    "a ladder names a second round", by_ladder, closing(second=2), "settlement",
    "only a settlement by second vote names a second round",
)  # fmt: skip
TABLE.add(
    "a ladder with the range of some votes", by_ladder, closing(range=h.bounds(1, 9)), "settlement",
    "its range is not the envelope of the votes it rests on",
)  # fmt: skip


def answered(begun: Begun) -> Log:
    """The argument whose owner now votes otherwise is answered."""
    log = begun()
    log.find("settlement.closed").body["answers"] = [log.find("settlement.argued")]
    return log


def ladder_answered() -> Log:
    return answered(by_ladder)


@TABLE.broken(ladder_answered, "settlement", "it does not answer every argument of the minority")
def a_ladder_answers_what_is_no_argument(log: Log) -> Entry:
    log.find("settlement.closed").body["answers"] = [log.find("settler.appointed")]
    return log.find("settlement.closed")


@TABLE.broken(by_second_vote, "settlement", "it does not answer every argument of the minority")
def a_second_vote_answers_what_is_no_argument(log: Log) -> Entry:
    log.find("settlement.closed").body["answers"] = [log.find("settlement.opened")]
    return log.find("settlement.closed")


# --- dissent ------------------------------------------------------------------------------------------------------


@TABLE.broken(disputed, "dissent", "the vote is not of the minority")
def dissent_of_the_majority(log: Log) -> Entry:
    dissent = log.find("dissent.recorded")
    dissent.who, dissent.body["of"] = "Bren", log.find("vote.committed", 4)
    return dissent


@TABLE.broken(disputed, "dissent", "the vote is not of the minority")
def dissent_of_a_round_that_did_not_decide(log: Log) -> Entry:
    dissent = log.find("dissent.recorded")
    dissent.body["of"] = log.find("vote.committed", 2)
    return dissent


@TABLE.broken(disputed, "dissent", "a dissent is written by the owner of a live, revealed vote")
def dissent_of_what_is_no_vote(log: Log) -> Entry:
    dissent = log.find("dissent.recorded")
    dissent.body["of"] = log.find("vote.revealed", 2)
    return dissent


def approved_for_later() -> Log:
    """The dissent stands before the approval, which publishes on a later day."""
    log = disputed()
    log.find("grade.approved").body["not_before"] = "2026-03-09"
    published = log.find("grade.published")
    published.who, published.role, published.day = None, "system", "2026-03-09"
    return log


@TABLE.broken(approved_for_later, "dissent", "a dissent is written until the approval")
def dissent_after_the_approval(log: Log) -> Entry:
    dissent = log.find("dissent.recorded")
    return log.insert(
        log.find("grade.approved"), Entry(dissent.type, "Amal", "reviewer", dissent.incident, {"of": log.find("vote.committed", 3)}, dict(dissent.sealed), salt="late")
    )


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_a_settlement_that_is_not_what_was_argued_and_voted(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)


# --- an exclusion from what was settled ---------------------------------------------------------------------------


@pytest.mark.parametrize(("begun", "place"), [(disputed, 3), (disputed, 5), (by_ladder, 4)], ids=["another grade", "the dissenter", "no consensus"])
def test_a_settlement_stands_while_its_grade_is_still_held(tmp_path: Path, begun: Begun, place: int) -> None:
    log = begun()
    vote = log.find("vote.committed", place)
    log.add("vote.excluded", "Marj", vote.incident, {"of": vote, "ground": "identity"}, reason="doubt")
    assert_holds(log, tmp_path)


def test_a_settlement_falls_with_the_last_vote_for_its_grade(tmp_path: Path) -> None:
    log = disputed()
    vote = log.find("vote.committed", 4)
    exclusion = log.add("vote.excluded", "Marj", vote.incident, {"of": vote, "ground": "identity"}, reason="doubt")
    said = "an exclusion that changes a published result opens a recheck in the act"
    assert_told(log, tmp_path, "exclusion", exclusion, said)
