"""What a bundle holds back: claims of a restricted incident, and all that stands behind the opening of a round."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.actions import claims, exits, incidents, redactions, restrictions
from review.models import session
from review.queries import exports as export_queries
from review.rules.redaction import Named
from tests import builders
from tests.actions.taking import verified
from tests.actions.test_bundles import FOR, made, path, published

SECRET = "I alone saw it from the mill roof"
BECAUSE = "A witness is at risk."


def told(bundle: Path) -> dict[int, dict[str, Any]]:
    """What the disclosures of a bundle say, by event and name."""
    found: dict[int, dict[str, Any]] = {}
    with zipfile.ZipFile(bundle) as packed:
        for line in packed.read("data/disclosures.jsonl").splitlines():
            one = json.loads(line)
            _salt, name, value = json.loads(base64.urlsafe_b64decode(one["d"] + "=" * (-len(one["d"]) % 4)))
            found.setdefault(one["seq"], {})[name] = value
    return found


def shown(bundle: Path) -> dict[int, dict[str, Any]]:
    """The events whose lines a bundle shows, by seq."""
    with zipfile.ZipFile(bundle) as packed:
        return {event["seq"]: event for event in map(json.loads, packed.read("data/events.jsonl").splitlines())}


def whole(team: builders.Desk, profile: str = "internal", ref: str | None = None) -> Path:
    """A bundle that somebody asks for who is named nowhere, under a checkpoint of now; it verifies."""
    published(team)
    one = made(team.leads[1], profile, ref)
    assert one.stage == "done", one.problem
    assert verified(path(one.name)) == 0
    return path(one.name)


def hidden(team: builders.Desk, ref: str) -> str:
    """The incident, shown to the first lead alone from now on."""
    return restrictions.restrict_incident(team.lead, ref, people=[], reason=BECAUSE)


@pytest.fixture
def apart(team: builders.Desk) -> tuple[builders.Desk, str, str]:
    """An incident that everybody sees, and one that is restricted in the test."""
    builders.published(team)
    return team, builders.opened(team, codes=("KV701",)), builders.opened(team, codes=("KV702",))


Apart = tuple[builders.Desk, str, str]


@pytest.mark.parametrize("profile", ["internal", "court"])
def test_a_claim_that_stands_in_a_restricted_incident_is_hash_only(apart: Apart, profile: str) -> None:
    team, open_to_all, few = apart
    claim, other = builders.received(team, text=SECRET), builders.received(team, text="Another account.")
    claims.group_claim(team.enterer, few, claim)
    claims.group_claim(team.enterer, open_to_all, other)
    hidden(team, few)
    bundle = whole(team, profile)
    assert claim not in shown(bundle)
    assert told(bundle)[other]["text"] == "Another account."


@pytest.mark.parametrize("profile", ["internal", "court"])
@pytest.mark.parametrize("alone", [True, False])
def test_one_that_moved_there_leaves_its_line_behind_and_no_word(apart: Apart, profile: str, alone: bool) -> None:
    team, left, few = apart
    claim = builders.received(team, text=SECRET)
    claims.group_claim(team.enterer, left, claim)
    claims.ungroup_claim(team.enterer, left, claim, reason="It is about the other one.")
    claims.group_claim(team.enterer, few, claim)
    hidden(team, few)
    bundle = whole(team, profile, left if alone else None)
    assert claim in shown(bundle) and claim not in told(bundle)


def test_what_repeats_it_and_what_was_said_of_that_is_hash_only(apart: Apart) -> None:
    team, _open_to_all, few = apart
    first, second, third = (builders.received(team, text=SECRET) for _time in range(3))
    claims.duplicate_claim(team.enterer, third, of=second, reason="The same person wrote twice.")
    claims.duplicate_claim(team.enterer, second, of=first, reason="The same person wrote twice.")
    once = builders.received(team, text="Another account.")
    claims.duplicate_claim(team.enterer, once, of=first, reason="It seemed so.")
    claims.restore_claim(team.enterer, once, reason="It is another one after all.")
    claims.group_claim(team.enterer, few, first)
    hidden(team, few)
    bundle = whole(team)
    of_claims = {seq for seq, event in shown(bundle).items() if event["type"].startswith("claim.")}
    assert {first, second, third}.isdisjoint(of_claims)
    assert once in of_claims and told(bundle)[once]["text"] == "Another account."
    assert "seemed" not in repr(told(bundle))


def test_what_was_removed_of_a_hidden_claim_needs_no_word_either(apart: Apart) -> None:
    team, left, few = apart
    moved, other = builders.received(team, text=SECRET), builders.received(team, text=SECRET)
    claims.group_claim(team.enterer, left, moved)
    claims.ungroup_claim(team.enterer, left, moved, reason="It is about the other one.")
    for claim in (moved, other):
        claims.group_claim(team.enterer, few, claim)
    asked = redactions.ask_redaction(
        team.lead, None, details=[Named(moved, "text"), Named(other, "text")], ground="personal_data", reason=BECAUSE
    )
    redactions.second_redaction(team.admin, asked, reason="It does.")
    hidden(team, few)
    whole(team)


def test_a_lift_or_a_name_lets_it_be_told(apart: Apart) -> None:
    team, _open_to_all, few = apart
    claim = builders.received(team, text=SECRET)
    claims.group_claim(team.enterer, few, claim)
    name = hidden(team, few)
    published(team)
    assert told(path(made(team.lead, "internal", name).name))[claim]["text"] == SECRET
    restrictions.lift_restriction(team.lead, name, reason="They are safe.")
    assert told(whole(team))[claim]["text"] == SECRET


# --- while a round is open ------------------------------------------------------------------------------------


def _regrouped(team: builders.Desk, ref: str, claim: int, elsewhere: str) -> None:
    claims.ungroup_claim(team.lead, ref, claim, reason="It speaks of the other one.")
    claims.group_claim(team.lead, elsewhere, claim)


def _absorbed(team: builders.Desk, ref: str, _claim: int, elsewhere: str) -> None:
    exits.merge_incident(team.lead, elsewhere, into=ref, reason="The same moment.")


def _grouped(team: builders.Desk, ref: str, _claim: int, _elsewhere: str) -> None:
    claims.group_claim(team.lead, ref, builders.received(team, text="A third account."))


def _declared(team: builders.Desk, ref: str, _claim: int, _elsewhere: str) -> None:
    incidents.declare_conflict(team.leads[1], ref, ground="A relative lives there.")
    _grouped(team, ref, _claim, _elsewhere)


LATER: dict[str, Callable[[builders.Desk, str, int, str], None]] = {
    "regrouped": _regrouped, "absorbed": _absorbed, "grouped": _grouped, "declared": _declared,
}  # fmt: skip


@pytest.mark.parametrize("act", LATER)
@pytest.mark.parametrize("alone", [True, False])
def test_the_place_of_what_came_after_the_opening_counts_nothing(team: builders.Desk, act: str, alone: bool) -> None:
    builders.at_once(team)
    ref, elsewhere = builders.with_sources(team), builders.opened(team, codes=("KV702",))
    claim = builders.received(team, text="One account.")
    claims.group_claim(team.enterer, ref, claim)
    ref, number = builders.round_opened(team, ref)
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    LATER[act](team, ref, claim, elsewhere)
    assert its(team, ref, alone)[-1] == "round.opened"
    builders.cast(team.voters[2], ref, number)
    builders.work()
    assert its(team, ref, alone).count("vote.committed") == 3


def its(team: builders.Desk, ref: str, alone: bool) -> list[str]:
    """The types of an incident's events as a bundle of it, or of the whole log, shows them."""
    bundle = whole(team, "internal", ref if alone else None)
    return [event["type"] for event in shown(bundle).values() if event["incident"] == ref]


def test_a_restriction_lifted_in_an_open_round_is_lifted_in_bundles_at_its_close(team: builders.Desk) -> None:
    builders.at_once(team)
    people = [actor.person for actor in team.voters if actor.person]
    ref = builders.with_sources(team)
    name = restrictions.restrict_incident(team.lead, ref, people=people, reason=BECAUSE)
    _ref, number = builders.round_opened(team, name)
    restrictions.lift_restriction(team.lead, name, reason="They are safe.")
    assert its(team, name, alone=False) == []
    for actor in team.voters:
        builders.cast(actor, name, number)
    builders.work()
    assert "vote.committed" in its(team, name, alone=False)


# --- who reads what a bundle was for --------------------------------------------------------------------------


@pytest.mark.parametrize("restricted", [True, False])
def test_what_a_bundle_of_a_restricted_incident_was_for_is_told_to_those_named(apart: Apart, restricted: bool) -> None:
    team, _open_to_all, few = apart
    name = hidden(team, few) if restricted else few
    published(team)
    assert made(team.lead, "court", name).stage == "done"
    session.rollback()
    for viewer, reads in ((team.lead, True), (team.leads[1], not restricted), (team.admin, not restricted)):
        one = export_queries.export_page(viewer).made[0]
        assert (one.recipient, one.purpose) == (tuple(FOR.values()) if reads else (None, None))
