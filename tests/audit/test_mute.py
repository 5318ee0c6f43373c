"""What stays unsaid, case by case (AUDIT-FORMAT sections 3 and 11)."""

from __future__ import annotations

from typing import Any

import pytest

from review.audit.mute import BundleSilence, Silence, mute, sealed_for_ever

ONE, TWO = "i-aaaaaaaaaaaaaaaa", "i-bbbbbbbbbbbbbbbb"
CLOSED = {"result": "agreed", "superseded": [], "withdrawn": [], "excluded": []}
HIDDEN = (
    "vote.committed", "vote.withdrawn", "vote.excluded", "reviewer.assigned", "reviewer.recused", "conflict.declared",
    "attempt.refused", "source.attached", "source.captured", "source.withdrawn",
)  # fmt: skip
TOLD = ("round.extended", "claim.grouped", "incident.described", "position.recorded", "round.closed")


def silence(*told: tuple[int, str, str, dict[str, Any]], named: tuple[str, ...] = ()) -> Silence:
    found = Silence(named)
    for one in told:
        found.take(*one)
    return found


@pytest.mark.parametrize("type_", HIDDEN)
def test_an_open_round_mutes_what_was_recorded_since_its_opening_in_its_incident(type_: str) -> None:
    found = silence((10, "round.opened", ONE, {}))
    assert mute(found, 11, type_, ONE)
    assert not mute(found, 9, type_, ONE)
    assert not mute(found, 11, type_, TWO)
    assert not mute(found, 11, type_, None)


@pytest.mark.parametrize("type_", TOLD)
def test_an_open_round_leaves_the_rest_to_be_read(type_: str) -> None:
    assert not mute(silence((10, "round.opened", ONE, {})), 11, type_, ONE)


@pytest.mark.parametrize("type_", HIDDEN)
def test_the_close_ends_the_silence_but_for_an_abandoned_rounds_votes(type_: str) -> None:
    closed = silence((10, "round.opened", ONE, {}), (20, "round.closed", ONE, CLOSED))
    assert not mute(closed, 11, type_, ONE)
    given_up = silence((10, "round.opened", ONE, {}), (20, "round.closed", ONE, {**CLOSED, "result": "abandoned"}))
    assert mute(given_up, 11, type_, ONE) is type_.startswith("vote.")
    assert not mute(given_up, 21, type_, ONE)


def test_an_exclusion_goes_with_the_vote_that_it_is_of() -> None:
    told = (
        (10, "round.opened", ONE, {}), (20, "round.closed", ONE, CLOSED), (30, "round.opened", ONE, {}),
        (32, "vote.excluded", ONE, {"of": 11}), (33, "vote.excluded", ONE, {"of": 31}),
    )  # fmt: skip
    open_, given_up = silence(*told), silence(*told, (40, "round.closed", ONE, {**CLOSED, "result": "abandoned"}))
    assert [mute(open_, seq, "vote.excluded", ONE) for seq in (32, 33)] == [True, True]
    assert [mute(given_up, seq, "vote.excluded", ONE) for seq in (32, 33)] == [False, True]
    fallen = Silence(joints=[40])
    for one in told:
        fallen.take(*one)
    assert [mute(fallen, seq, "vote.excluded", ONE) for seq in (32, 33)] == [False, True]


def test_votes_that_were_never_revealed_are_shown_without_a_word() -> None:
    body = {"result": "agreed", "superseded": [11], "withdrawn": [12], "excluded": [13]}
    found = silence((10, "round.opened", ONE, {}), (20, "round.closed", ONE, body))
    assert [sealed_for_ever(found, seq) for seq in (11, 12, 13, 14)] == [True, True, True, False]
    assert not mute(found, 11, "vote.committed", ONE)


def test_arguments_are_mute_until_their_settlement_is_closed_and_again_after_its_return() -> None:
    argued = (31, "settlement.argued", ONE, {"settlement": 30})
    assert mute(silence(argued), 31, "settlement.argued", ONE)
    assert mute(silence(argued, (40, "settlement.closed", ONE, {"settlement": 29})), 31, "settlement.argued", ONE)
    closed = silence(argued, (40, "settlement.closed", ONE, {"settlement": 30}))
    assert not mute(closed, 31, "settlement.argued", ONE)
    closed.take(50, "settlement.argued", ONE, {"settlement": 30})
    assert mute(closed, 50, "settlement.argued", ONE)


def test_a_restricted_incident_is_mute_unless_it_is_named() -> None:
    on, off = (5, "incident.restricted", ONE, {"on": True}), (6, "incident.restricted", ONE, {"on": False})
    assert mute(silence(on), 2, "incident.opened", ONE)
    assert not mute(silence(on), 2, "incident.opened", TWO)
    assert not mute(silence(on, named=(ONE,)), 2, "incident.opened", ONE)
    assert not mute(silence(on, off), 2, "incident.opened", ONE)


def test_in_a_bundle_all_that_stands_behind_the_opening_waits_for_the_close() -> None:
    found = BundleSilence()
    found.take(10, "round.opened", ONE, {})
    assert [mute(found, seq, "claim.grouped", ONE) for seq in (9, 10, 11)] == [False, False, True]
    found.take(20, "round.closed", ONE, CLOSED)
    assert not mute(found, 11, "claim.grouped", ONE)


@pytest.mark.parametrize("again", [True, False])
def test_in_a_bundle_a_restriction_lifted_in_an_open_round_is_lifted_at_its_close(again: bool) -> None:
    found = BundleSilence()
    found.take(5, "incident.restricted", ONE, {"on": True})
    found.take(10, "round.opened", ONE, {})
    found.take(11, "incident.restricted", ONE, {"on": False})
    if again:
        found.take(12, "incident.restricted", ONE, {"on": True})
    assert mute(found, 2, "incident.opened", ONE)
    found.take(20, "round.closed", ONE, CLOSED)
    assert mute(found, 2, "incident.opened", ONE) is again
