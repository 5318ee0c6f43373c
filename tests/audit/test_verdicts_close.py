"""What the verifier says of a close, a reveal and an exclusion that are not what the round was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_holds
from tests.audit.histories import Entry, Log
from tests.audit.verdicts import Begun, Change, Row, Table, assert_judged, assert_told, names

TABLE = Table()
ANSWERS = ("abstained", "recused", "released")
VOTERS = ("Amal", "Bren", "Cato")


def agreed() -> Log:
    log = h.started()
    h.agreed(log)
    return log


def assigned(log: Log, *people: str) -> str:
    """An incident whose first round is open for these people."""
    name = h.incident(log, "Tel Asmar")
    h.open_round(log, name, 1)
    for who in people:
        h.assign(log, name, 1, who)
    return name


def graded(log: Log, name: str, votes: dict[str, str], lists: dict[str, list[str]] | None = None) -> list[Entry]:
    """Votes of one range, their agreed close under `fair`, the approval."""
    cast = [h.vote(log, name, 1, who, grade) for who, grade in votes.items()]
    h.close(log, name, 1, cast, "agreed", "fair", h.NONE, **(lists or {}))
    minority = [vote for vote in cast if vote.sealed["grade"] != "fair"]
    h.approve(log, name, h.propose(log, name, 1, "fair", h.NONE, 1, None, minority))
    return cast


def answered() -> Log:
    """Three vote, one abstains, one recuses themselves, one is released."""
    log = h.started()
    name = assigned(log, *VOTERS, "Edda", "Finn", "Ilan")
    log.add("reviewer.abstained", "Edda", name, {"round": 1}, reason=None)
    log.add("reviewer.recused", "Finn", name, {"round": 1}, reason=None)
    log.add("reviewer.released", "Marj", name, {"round": 1, "who": h.pseudonym("Ilan", name)}, reason=None)
    lists = {answer: [h.pseudonym(who, name)] for answer, who in zip(ANSWERS, ("Edda", "Finn", "Ilan"), strict=True)}
    graded(log, name, dict.fromkeys(VOTERS, "fair"), lists)
    return log


def abstained_and_then_voted() -> Log:
    log = h.started()
    name = assigned(log, *VOTERS)
    log.add("reviewer.abstained", "Cato", name, {"round": 1}, reason=None)
    graded(log, name, dict.fromkeys(VOTERS, "fair"))
    return log


def abandoned() -> Log:
    log = h.started()
    name = assigned(log, *VOTERS)
    closed = h.close(log, name, 1, [], "abandoned")
    closed.who, closed.role = "Marj", "lead"
    return log


def of_four(grades: tuple[str, ...] = ("fair", "fair", "fair", "weak")) -> Log:
    log = h.started()
    people = ("Amal", "Bren", "Cato", "Edda", "Finn", "Ilan")[: len(grades)]
    name = assigned(log, *people)
    graded(log, name, dict(zip(people, grades, strict=True)))
    return log


def of_six() -> Log:
    return of_four(("fair", "fair", "fair", "fair", "weak", "weak"))


def exclude(log: Log, vote: Entry) -> Entry:
    name = log.find("round.opened").incident
    return log.add("vote.excluded", "Marj", name, {"of": vote, "ground": "conflict"}, reason="kin")


def excluded() -> Log:
    """A published result that lost its quorum; a check is open."""
    log = agreed()
    exclusion = exclude(log, log.find("vote.committed", 3))
    log.add("recheck.opened", None, exclusion.incident, {"version": 1, "cause": exclusion}, reason=None)
    return log


def excluded_while_open() -> Log:
    log = h.started()
    name = assigned(log, *VOTERS, "Edda")
    vote = h.vote(log, name, 1, "Edda", "discounted")
    exclude(log, vote)
    cast = [h.vote(log, name, 1, who, "fair") for who in VOTERS]
    h.close(log, name, 1, cast, "agreed", "fair", h.NONE, excluded=[vote])
    h.approve(log, name, h.propose(log, name, 1, "fair", h.NONE, 1, None, []), who="Ilan")
    return log


# --- the close ----------------------------------------------------------------------------------------------------


@TABLE.broken(agreed, "role", "a round is closed by the system")
def a_lead_closes_with_a_result(log: Log) -> Entry:
    closed = log.find("round.closed")
    closed.who, closed.role = "Marj", "lead"
    return closed


@TABLE.broken(abandoned, "role", "a round is abandoned by a lead")
def the_system_abandons(log: Log) -> Entry:
    closed = log.find("round.closed")
    closed.who, closed.role = None, "system"
    return closed


def answer_lists(field: str, *people: str) -> Change:
    """The people of one list of the close, instead of who last answered so."""

    def change(log: Log) -> Entry:
        closed = log.find("round.closed")
        closed.body[field] = sorted(h.pseudonym(who, str(closed.incident)) for who in people)
        return closed

    return change


for answer, who in zip(ANSWERS, ("Edda", "Finn", "Ilan"), strict=True):
    said = f"its {answer} are not the people who last answered so"
    TABLE.add(f"who {answer} is left out", answered, answer_lists(answer), "close", said)
    TABLE.add(f"one more {answer}", answered, answer_lists(answer, who, "Amal"), "close", said)
    TABLE.add(f"another {answer}", answered, answer_lists(answer, "Dina"), "close", said)
TABLE.add(
    "a vote cancels an abstention", abstained_and_then_voted, answer_lists("abstained", "Cato"), "close",
    "its abstained are not the people who last answered so",
)  # fmt: skip


def nothing_of_an_abandoned(field: str, value: object) -> Change:
    def change(log: Log) -> Entry:
        closed = log.find("round.closed")
        closed.body[field] = value
        return closed

    return change


for field, value in (("commits", [0]), ("grade", "fair"), ("range", h.NONE)):
    TABLE.add(
        f"an abandoned round with {field}", abandoned, nothing_of_an_abandoned(field, value), "close",
        "an abandoned round reveals nothing and has no result",
    )  # fmt: skip


@TABLE.broken(excluded_while_open, "close", "its excluded are not the round's: a vote is dropped, added or misplaced")
def an_excluded_vote_is_left_out(log: Log) -> Entry:
    closed = log.find("round.closed")
    closed.body["excluded"] = []
    return closed


@TABLE.broken(agreed, "quorum", "it is closed with 2 of 3 votes")
def closed_with_one_vote_too_few(log: Log) -> Entry:
    closed = log.find("round.closed")
    log.drop(closed.body["commits"].pop())
    log.drop(log.find("vote.revealed"))
    return closed


# --- the reveals --------------------------------------------------------------------------------------------------


def sealed_as(field: str, value: object) -> Change:
    """A vote sealed so, and truly revealed so."""

    def change(log: Log) -> Entry:
        log.find("vote.committed", 3).sealed[field] = value
        return log.find("vote.revealed")

    return change


for field, sealed in (("grade", 10**18), ("range", {"injured": [None, None], "killed": [10**18, None]})):
    TABLE.add(
        f"a sealed {field} that is no JSON of ours", agreed, sealed_as(field, sealed), "reveal",
        f"the {field} that it reveals is malformed: an integer of more than 17 digits",
    )  # fmt: skip
RANGES: tuple[object, ...] = (
    {"killed": [1, 2]}, {"injured": [None, None], "killed": [2, 1]}, {"injured": [None], "killed": [1, 2]}, [1, 2], None,
)  # fmt: skip
for bounds in RANGES:
    TABLE.add(
        f"a revealed range that is {bounds!r}", agreed, sealed_as("range", bounds), "grade",
        "the codebook has no such grade, or the range is malformed",
    )  # fmt: skip


@TABLE.broken(agreed, "reveal", "it reveals grade and range, in that order")
def range_before_grade(log: Log) -> Entry:
    revealed, vote = log.find("vote.revealed"), log.find("vote.committed", 3)
    revealed.body["disclosures"] = lambda _log, _entry: [vote.texts["range"], vote.texts["grade"]]
    return revealed


@TABLE.broken(agreed, "reveal", "it reveals grade and range, in that order")
def another_detail_of_the_vote(log: Log) -> Entry:
    revealed, vote = log.find("vote.revealed"), log.find("vote.committed", 3)
    revealed.body["disclosures"] = lambda _log, _entry: [vote.texts["grade"], vote.texts["rationale"]]
    return revealed


@TABLE.broken(agreed, "reveal", "the range that it reveals is not the one that was sealed")
def the_range_of_another_vote(log: Log) -> Entry:
    revealed, vote, other = log.find("vote.revealed"), log.find("vote.committed", 3), log.find("vote.committed", 1)
    revealed.body["disclosures"] = lambda _log, _entry: [vote.texts["grade"], other.texts["range"]]
    return revealed


@TABLE.broken(agreed, "reveal", "what it reveals is no live vote of a round just closed")
def a_vote_revealed_twice(log: Log) -> Entry:
    log.find("vote.revealed", 1).body = dict(log.find("vote.revealed").body)
    return log.find("vote.revealed", 1)


@TABLE.broken(agreed, "reveal", "what it reveals is no live vote of a round just closed")
def a_superseded_vote_revealed(log: Log) -> Entry:
    revealed, vote = log.find("vote.revealed"), log.find("vote.committed")
    revealed.body = {"of": vote, "disclosures": h.opened(vote)}
    return revealed


# --- exclusions ---------------------------------------------------------------------------------------------------


def exclude_also(kind: str, place: int) -> Change:
    return lambda log: exclude(log, log.find(kind, place))


for name, kind, place in (
    ("a superseded vote", "vote.committed", 0), ("a vote that was excluded before", "vote.committed", 3),
    ("the reveal of a vote", "vote.revealed", 0), ("an event of the log", "policy.set", 0),
):  # fmt: skip
    TABLE.add(f"exclude {name}", excluded, exclude_also(kind, place), "vote", "only a live vote can be excluded")

CHANGES = "an exclusion that changes a published result opens a recheck in the act"
TABLE.add("an exclusion below quorum", agreed, exclude_also("vote.committed", 3), "exclusion", CHANGES)
TABLE.add("an exclusion below two thirds", of_six, exclude_also("vote.committed", 0), "exclusion", CHANGES)


@TABLE.broken(excluded, "exclusion", CHANGES)
def a_recheck_in_another_act(log: Log) -> Entry:
    body = {"claim": "c-" + "a" * 16}
    sealed = dict.fromkeys(["text", "language", "translation", "url", "reporter"])
    log.insert(log.find("vote.excluded"), Entry("claim.received", "Dina", "reviewer", None, body, sealed, salt="c"))
    return log.find("recheck.opened")


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_a_close_a_reveal_or_an_exclusion_that_is_not_what_the_round_was(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)


@pytest.mark.parametrize(("begun", "place"), [(of_four, 0), (of_four, 3), (of_six, 5)], ids=["two thirds are left", "all are left", "of six"])
def test_an_exclusion_that_leaves_quorum_and_result_is_followed_by_nothing(tmp_path: Path, begun: Begun, place: int) -> None:
    log = begun()
    exclude(log, log.find("vote.committed", place))
    assert_holds(log, tmp_path)


def test_an_excluded_vote_of_an_open_round_binds_nobody_to_vote_again(tmp_path: Path) -> None:
    """Who was excluded no longer holds an answer: they cannot vote again in the round."""
    log = excluded_while_open()
    assert_holds(log, tmp_path)
    closed = log.find("round.closed")
    again = Entry("vote.committed", "Edda", "reviewer", closed.incident, {"round": 1, "evidence": h.evidence, "replaces": None},
                  dict(log.find("vote.committed").sealed), salt="again")  # fmt: skip
    log.insert(closed.body["commits"][-1], again)
    assert_told(log, tmp_path, "assigned", again, "the voter is not assigned in this round")
