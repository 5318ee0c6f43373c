"""What an honest desk keeps back behind what is open, given up or not fixed yet: the verifier accuses nobody of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.audit.continuing import Continued
from tests.audit.forge import LIO, RIA, SEN, TIV
from tests.audit.test_insider_keeps_back import BECAUSE, PANEL, argued, told


@pytest.fixture
def log() -> Continued:
    return Continued()


def heads_and_then_a_second_vote(log: Continued) -> None:
    name, settlement = argued(log)
    log.heads()
    log.open_round(name, kind="second", of=settlement)


def heads_and_then_an_exit(log: Continued) -> None:
    name, _ = argued(log)
    log.heads()
    log.add("incident.dismissed", LIO, name, reason=BECAUSE)


def heads_and_then_a_restricted_incident(log: Continued) -> None:
    log.incident(1, RIA)
    log.heads()
    name = log.incident(2, RIA)
    log.add("incident.restricted", LIO, name, on=True, people=[LIO.in_("log")], reason=BECAUSE)


def an_abstention_between_two_votes(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    for _ in range(2):
        log.add("reviewer.abstained", TIV, name, round=1, reason=BECAUSE)
        vote = log.vote(name, TIV)
        log.add("vote.withdrawn", TIV, name, of=vote, reason=BECAUSE)
    log.abandon(name)


def an_abstention_that_a_vote_cancelled(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name, PANEL)
    log.add("reviewer.abstained", TIV, name, round=1, reason=BECAUSE)
    log.vote(name, TIV)
    log.abandon(name)


def an_excluded_vote_in_a_round_that_fell(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    vote = log.vote(name, SEN)
    log.add("vote.excluded", LIO, name, of=vote, ground="conflict", reason=BECAUSE)
    log.go_on()
    log.agree(name, PANEL)
    log.approve(name)


def an_excluded_vote_in_a_round_given_up(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.open_round(name)
    vote = log.vote(name, SEN)
    log.add("vote.excluded", LIO, name, of=vote, ground="conflict", reason=BECAUSE)
    log.abandon(name)
    log.agree(name, PANEL)
    log.approve(name)


def a_live_vote_called_withdrawn_beside_an_excluded_one(log: Continued) -> None:
    """In which list one that was live stands is left open; how many events are kept back tells no exclusion then."""
    name = log.incident(1, RIA)
    log.open_round(name)
    vote = log.vote(name, SEN)
    log.vote(name, TIV)
    log.add("vote.excluded", LIO, name, of=vote, ground="conflict", reason=BECAUSE)
    body = log.giving_up(name)
    lists = {"superseded": [], "withdrawn": body["superseded"]}
    log.add("round.closed", LIO, name, reason=BECAUSE, **{**body, **lists})
    log.agree(name, PANEL)
    log.approve(name)


def a_vote_of_an_earlier_round_excluded_in_one_given_up(log: Continued) -> None:
    """In a window that is kept back for ever stands an event that is about none of its votes."""
    name = log.incident(1, RIA)
    log.agree(name, PANEL)
    voted = log.dossier(name).votes[0].seq
    proposal = log.dossier(name).proposals[-1].seq
    log.add("grade.returned", LIO, name, of=proposal, to="round", reason=BECAUSE)
    log.open_round(name, kind="again")
    log.vote(name, SEN)
    log.vote(name, TIV)
    log.add("vote.excluded", LIO, name, of=voted, ground="identity", reason=BECAUSE)
    log.abandon(name)
    log.agree(name, PANEL)
    log.approve(name)


def a_vote_of_an_earlier_round_excluded_in_one_that_fell(log: Continued) -> None:
    name = log.incident(1, RIA)
    log.agree(name, PANEL)
    log.approve(name)
    voted = log.dossier(name).votes[0].seq
    log.add("grade.reopened", LIO, name, version=1, ground="verdict", reason=BECAUSE)
    log.open_round(name, kind="again")
    own = log.vote(name, SEN)
    log.add("vote.excluded", LIO, name, of=own, ground="conflict", reason=BECAUSE)
    log.add("vote.excluded", LIO, name, of=voted, ground="identity", reason=BECAUSE)
    log.go_on()
    log.heads()


def heads_before_there_is_anything(log: Continued) -> None:
    """In public the people who joined are withheld before it."""
    log.heads()
    name = log.incident(1, RIA)
    log.agree(name)
    log.approve(name)


HONEST = (
    heads_and_then_a_second_vote, heads_and_then_an_exit, heads_and_then_a_restricted_incident,
    an_abstention_between_two_votes, an_abstention_that_a_vote_cancelled, an_excluded_vote_in_a_round_that_fell,
    an_excluded_vote_in_a_round_given_up, a_live_vote_called_withdrawn_beside_an_excluded_one, a_vote_of_an_earlier_round_excluded_in_one_given_up,
    a_vote_of_an_earlier_round_excluded_in_one_that_fell, heads_before_there_is_anything,
)  # fmt: skip


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("desk", HONEST, ids=[one.__name__ for one in HONEST])
def test_an_honest_desk_is_not_accused(log: Continued, tmp_path: Path, desk: Callable[[Continued], None], fixed: bool) -> None:
    """Under its last heads, and in the browser behind them."""
    desk(log)
    assert log.failures.all == []
    assert told(log.members(tmp_path, fixed=fixed), tmp_path, log.vkey) == []
    if fixed:
        assert told(log.members(tmp_path, "public"), tmp_path, log.vkey) == []


@pytest.mark.parametrize(
    "desk", [a_vote_of_an_earlier_round_excluded_in_one_given_up, a_vote_of_an_earlier_round_excluded_in_one_that_fell]
)
@pytest.mark.parametrize("profile", ["internal", "court", "public"])
def test_an_exclusion_of_an_earlier_rounds_vote_is_shown(
    log: Continued, tmp_path: Path, desk: Callable[[Continued], None], profile: str
) -> None:
    """The votes of the round in which it was made, and the exclusions of those, stay hash only."""
    desk(log)
    members = log.members(tmp_path, profile)
    shown = [json.loads(line) for name, data in members.items() if name.endswith("/events.jsonl") for line in data.splitlines()]
    votes = [one for one in shown if one["type"] in ("vote.committed", "vote.excluded")]
    assert [one["body"]["ground"] for one in votes if one["type"] == "vote.excluded"] == ["identity"]
    assert len(votes) > 1
    assert told(members, tmp_path, log.vkey) == []
