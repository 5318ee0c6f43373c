"""What an exclusion, an abandoned round or a second round below quorum leaves standing, and what not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.audit import histories as h
from tests.audit.checking import assert_holds
from tests.audit.histories import Entry, Log
from tests.audit.verdicts import Row, Table, assert_judged, names, set_in

TABLE = Table()
PLACE = "Tel Asmar"
PEOPLE = ("Amal", "Bren", "Cato", "Edda", "Finn")
WIDE, NARROW = h.bounds(1, 9), h.bounds(2, 5)
CLAIM = dict.fromkeys(["text", "language", "translation", "url", "reporter"])


def voted(log: Log, name: str, number: int, ballots: tuple[tuple[str, object], ...], by: str | None = "Marj") -> list[Entry]:
    people = PEOPLE[: len(ballots)]
    for who in people:
        h.assign(log, name, number, who, by)
    return [h.vote(log, name, number, who, *ballot) for who, ballot in zip(people, ballots, strict=True)]


def begun() -> tuple[Log, str]:
    log = h.started()
    return log, h.incident(log, PLACE)


def agreed(log: Log, name: str, number: int = 1, kind: str = "first") -> list[Entry]:
    """Four say the same, one of them of a wider range."""
    h.open_round(log, name, number, kind)
    cast = voted(log, name, number, (("fair", NARROW), ("fair", NARROW), ("fair", NARROW), ("fair", WIDE)))
    h.close(log, name, number, cast, "agreed", "fair", WIDE)
    return cast


def exclude(log: Log, vote: Entry) -> Entry:
    return log.add("vote.excluded", "Ilan", vote.incident, {"of": vote, "ground": "identity"}, reason="doubt")


def void(log: Log, proposal: Entry) -> Entry:
    return log.add("proposal.voided", "Ilan", proposal.incident, {"of": proposal}, reason="A vote was excluded.")


def narrowed() -> Log:
    """The widest vote is excluded from what is proposed: it is proposed anew with the range of the others."""
    log, name = begun()
    cast = agreed(log, name)
    first = h.propose(log, name, 1, "fair", WIDE, 1, None, [])
    exclude(log, cast[3])
    void(log, first)
    h.approve(log, name, h.propose(log, name, 1, "fair", NARROW, 1, None, []))
    return log


def lost() -> Log:
    """Two are excluded: there is nothing left to be proposed, and no check of what was never published."""
    log, name = begun()
    cast = agreed(log, name)
    first = h.propose(log, name, 1, "fair", WIDE, 1, None, [])
    exclude(log, cast[3])
    void(log, first)
    exclude(log, cast[2])
    log.add("correction.received", None, name, {}, text="No.", reporter=None)
    return log


def under_check() -> Log:
    """A vote is excluded from a published result that is being looked at already."""
    log, name = begun()
    cast = agreed(log, name)
    h.approve(log, name, h.propose(log, name, 1, "fair", WIDE, 1, None, []))
    published = log.find("grade.published")
    log.add("recheck.opened", "Ilan", name, {"version": 1, "cause": published}, reason="A reader wrote.")
    exclude(log, cast[3])
    exclude(log, cast[2])
    return log


FIRST = (("fair", NARROW), ("contested", WIDE), ("discounted", h.bounds(0, 0)), ("contested", h.bounds(3, 4)))


def settling(second: tuple[tuple[str, object], ...] = FIRST) -> tuple[Log, str, list[Entry], list[Entry]]:
    """Disputed, voted on again, closed as disputed; a settler is appointed. The votes of both rounds."""
    log, name = begun()
    h.open_round(log, name, 1)
    before = voted(log, name, 1, FIRST)
    h.close(log, name, 1, before, "disputed")
    settlement = log.add("settlement.opened", None, name, {"round": 1})
    h.open_round(log, name, 2, "second", settlement, None)
    cast = voted(log, name, 2, second, None)
    h.close(log, name, 2, cast, "disputed")
    log.add("settler.appointed", "Marj", name, {"settlement": settlement, "who": h.pseudonym("Ilan", name)}, reason=None)
    return log, name, before, cast


def settle(log: Log, name: str, grade: str, casualties: object, votes: list[Entry], number: int = 2) -> Entry:
    """The settler takes this grade; it is proposed."""
    body = {
        "settlement": log.find("settlement.opened"), "by": "settler", "grade": grade, "range": casualties, "second": None,
        "answers": [],
    }  # fmt: skip
    log.add("settlement.closed", "Ilan", name, body, rationale="They weigh more.", replies=None)
    minority = [vote for vote in votes if vote.sealed["grade"] != grade]
    return h.propose(log, name, 1, grade, casualties, number, log.find("settlement.opened"), minority)


def settled_and_excluded(casualties: object, other: int = 1) -> Log:
    """One of the two votes for the settled grade is excluded; it is proposed again with this range."""
    log, name, _, cast = settling()
    first = settle(log, name, "contested", WIDE, cast)
    log.add("vote.excluded", "Marj", name, {"of": cast[other], "ground": "identity"}, reason="doubt")
    log.add("proposal.voided", "Marj", name, {"of": first}, reason="A vote was excluded.")
    minority = [vote for vote in cast if vote.sealed["grade"] != "contested" and vote is not cast[other]]
    h.approve(log, name, h.propose(log, name, 1, "contested", casualties, 2, first.body["settlement"], minority))
    return log


def settled_anew() -> Log:
    return settled_and_excluded(h.bounds(3, 4))


def below_quorum() -> Log:
    """Two vote again, alike: too few to settle, and the first round decides."""
    log, name, before, _ = settling((("fair", NARROW), ("fair", NARROW)))
    h.approve(log, name, settle(log, name, "contested", WIDE, before, 1))
    return log


def abandoned(again: bool = True) -> Log:
    """Published, reopened, a round set aside: it is published as before, and can be reopened on another ground."""
    log, name = begun()
    agreed(log, name)
    h.approve(log, name, h.propose(log, name, 1, "fair", WIDE, 1, None, []))
    log.add("grade.reopened", "Ilan", name, {"version": 1, "ground": "verdict"}, reason="New evidence.")
    h.open_round(log, name, 2, "again")
    closed = h.close(log, name, 2, [], "abandoned")
    closed.who, closed.role = "Marj", "lead"
    if again:
        log.add("grade.reopened", "Ilan", name, {"version": 1, "ground": "minor"}, reason="A street.")
    agreed(log, name, 3, "again")
    h.approve(log, name, h.propose(log, name, 2, "fair", WIDE, 3, None, []), version=2, kind="minor")
    return log


def given_back() -> Log:
    log, name = begun()
    agreed(log, name)
    proposal = h.propose(log, name, 1, "fair", WIDE, 1, None, [])
    log.add("grade.returned", "Marj", name, {"of": proposal, "to": "round"}, reason="A witness asks.")
    h.open_round(log, name, 2, "again")
    return log


def given_back_twice() -> Log:
    """Settled and given back; a further round agrees, and that is given back too."""
    log, name, _, cast = settling()
    log.add("grade.returned", "Marj", name, {"of": settle(log, name, "contested", WIDE, cast), "to": "round"}, reason="Again.")
    agreed(log, name, 3, "again")
    proposal = h.propose(log, name, 1, "fair", WIDE, 3, None, [])
    log.add("grade.returned", "Marj", name, {"of": proposal, "to": "round"}, reason="And again.")
    return log


# --- what is proposed again ---------------------------------------------------------------------------------------


TABLE.add(
    "the range of a vote that was excluded", narrowed, set_in("grade.proposed", 1, range=WIDE), "proposal",
    "its range is not that of the result",
)  # fmt: skip
TABLE.add(
    "a range that is neither the settler's nor that of the votes left", settled_anew, set_in("grade.proposed", 1, range=NARROW),
    "proposal", "its range is not that of the result",
)  # fmt: skip


@TABLE.broken(lost, "proposal", "there is no result that could be proposed")
def a_result_that_was_lost_with_its_votes(log: Log) -> Entry:
    log.drop(log.find("correction.received"))
    return h.propose(log, str(log.find("round.opened").incident), 1, "fair", NARROW, 1, None, [])


@TABLE.broken(narrowed, "proposal", "the dossier moved under a proposal that was not voided in the same act")
def an_exclusion_that_voids_nothing(log: Log) -> Entry:
    voided = log.find("proposal.voided")
    body = {"claim": "c-" + "a" * 16}
    log.insert(log.find("vote.excluded"), Entry("claim.received", "Dina", "reviewer", None, body, dict(CLAIM), salt="between"))
    log.drop(voided)
    return log.find("grade.proposed", 1)


NO_RESULT = "there is no result that could be proposed"


@TABLE.broken(given_back, "proposal", NO_RESULT)
def a_result_that_was_given_back(log: Log) -> Entry:
    log.drop(log.find("round.opened", 1))
    return h.propose(log, str(log.find("round.opened").incident), 1, "fair", WIDE, 1, None, [])


TABLE.add(
    "to settlement where another round decided since", given_back_twice, set_in("grade.returned", 1, to="settlement"), "settlement",
    "a grade goes back to settlement only where one decided",
)  # fmt: skip
for digest in ("evidence", "dossier"):
    TABLE.add(
        f"a proposal of other {digest}", narrowed, set_in("grade.proposed", **{digest: h.b64(h.sha(b"other"))}), "digest",
        f"its {digest} digest is not that of the incident's events",
    )  # fmt: skip


@TABLE.broken(settled_anew, "order", "its list of minority does not ascend")
def a_minority_in_another_order(log: Log) -> Entry:
    log.find("grade.proposed").body["minority"].reverse()
    return log.find("grade.proposed")


# --- dissent ------------------------------------------------------------------------------------------------------


def dissent(log: Log, after: Entry, vote: Entry) -> Entry:
    return log.insert(after, Entry("dissent.recorded", vote.who, "reviewer", vote.incident, {"of": vote}, {"text": "No."}, salt="dissent"))


LIVE = "a dissent is written by the owner of a live, revealed vote"


@TABLE.broken(settled_anew, "dissent", LIVE)
def dissent_of_an_excluded_vote(log: Log) -> Entry:
    return dissent(log, log.find("vote.excluded"), log.find("vote.committed", 5))


@TABLE.broken(settled_anew, "dissent", LIVE)
def dissent_while_the_round_is_open(log: Log) -> Entry:
    return dissent(log, log.find("vote.committed", 7), log.find("vote.committed", 6))


# --- rounds -------------------------------------------------------------------------------------------------------


@TABLE.broken(below_quorum, "tally", "its result is not what the votes amount to: disputed ")
def two_of_a_second_round_that_agree(log: Log) -> Entry:
    closed = log.find("round.closed", 1)
    closed.body.update(result="agreed", grade="fair", range=NARROW)
    return closed


TABLE.add(
    "a settlement proposed of the round that was too small", below_quorum, set_in("grade.proposed", round=2), "proposal",
    "it is not the result of the round or settlement: contested",
)  # fmt: skip
TABLE.add(
    "the ground of before the abandoned round", abandoned, set_in("grade.published", 1, kind="verdict"), "published",
    "its kind is not minor",
)  # fmt: skip


@TABLE.broken(abandoned, "stage", "a round of kind again is not possible at the stage published")
def a_round_after_an_abandoned_one_without_reopening(log: Log) -> Entry:
    log.drop(log.find("grade.reopened", 1))
    return log.find("round.opened", 2)


@TABLE.broken(below_quorum, "settlement", "a disputed round opens a settlement in the act")
def a_settlement_that_opens_later(log: Log) -> Entry:
    opened = log.find("settlement.opened")
    body = {"claim": "c-" + "a" * 16}
    log.entries.insert(log.entries.index(opened), Entry("claim.received", "Dina", "reviewer", None, body, dict(CLAIM), salt="between"))
    return opened


@TABLE.broken(narrowed, "order", "its list of commits does not ascend")
def commits_in_another_order(log: Log) -> Entry:
    log.find("round.closed").body["commits"].reverse()
    return log.find("round.closed")


@pytest.mark.parametrize("row", TABLE.rows, ids=names(TABLE.rows))
def test_what_an_exclusion_or_a_round_leaves_behind(tmp_path: Path, row: Row) -> None:
    assert_judged(row, tmp_path)


# --- what stands --------------------------------------------------------------------------------------------------


def test_an_exclusion_under_a_check_opens_no_second_one(tmp_path: Path) -> None:
    assert_holds(under_check(), tmp_path)


@pytest.mark.parametrize("casualties", [WIDE, h.bounds(3, 4)], ids=["as it was settled", "of the vote that is left"])
def test_a_settlement_keeps_its_range_or_takes_that_of_the_votes_left(tmp_path: Path, casualties: object) -> None:
    assert_holds(settled_and_excluded(casualties), tmp_path)


def test_a_settlement_is_not_moved_by_an_exclusion_of_its_minority(tmp_path: Path) -> None:
    assert_holds(settled_and_excluded(WIDE, 2), tmp_path)


def test_a_vote_of_the_round_that_did_not_decide_can_be_excluded(tmp_path: Path) -> None:
    """Before anything is settled, and while it is proposed."""
    log, name, before, cast = settling()
    log.add("vote.excluded", "Marj", name, {"of": before[0], "ground": "identity"}, reason="doubt")
    first = settle(log, name, "contested", WIDE, cast)
    log.add("vote.excluded", "Marj", name, {"of": before[2], "ground": "identity"}, reason="doubt")
    log.add("proposal.voided", "Marj", name, {"of": first}, reason="A vote was excluded.")
    minority = [cast[0], cast[2]]
    h.approve(log, name, h.propose(log, name, 1, "contested", WIDE, 2, first.body["settlement"], minority))
    assert_holds(log, tmp_path)
