"""What an insider who signs could still write: the replay and verify.py name each at the same event, alike.

Each history is lawful but for its last step, which is written in its lawful and in its unlawful way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.forge import ADA, LIO, MACHINE, RIA, WIM, Forge, Someone

Step = Callable[[Forge, bool], int]
STEPS: list[tuple[str, Step]] = []


def named(check: str) -> Callable[[Step], Step]:
    def note(step: Step) -> Step:
        STEPS.append((check, step))
        return step

    return note


def claim(forge: Forge, letter: str) -> int:
    name = "c-" + letter * 16
    return forge.add("claim.received", RIA, claim_=name, claim=name, text="A strike was heard.")


def aside(forge: Forge, verb: str, seq: int, of: int | None = None) -> int:
    return forge.add(f"claim.{verb}", RIA, claim_="c-" + "a" * 16, claim=seq, of=of, reason="It was agreed.")


def grouped(forge: Forge, name: str, seq: int, verb: str = "grouped") -> int:
    return forge.add(f"claim.{verb}", RIA, name, claim=seq, reason="It speaks of it.")


LATER = "2026-03-01T23:00:00.000Z"


def moved_under(forge: Forge) -> tuple[str, int]:
    """A proposal whose dossier moves: the incident, and what has to be voided."""
    name = forge.incident(1, RIA)
    forge.agree(name)
    standing = forge.dossier(name).proposal
    assert standing is not None
    forge.source(name, WIM)
    return name, standing.seq


@named("proposal")
def void_in_a_later_act(forge: Forge, lawful: bool) -> int:
    name, proposal = moved_under(forge)
    if not lawful:
        forge.append.at = LATER
        claim(forge, "a")
    return forge.add("proposal.voided", WIM, name, of=proposal, reason="A source was attached.")


@named("proposal")
def go_on_before_the_proposal_is_voided(forge: Forge, lawful: bool) -> int:
    name, proposal = moved_under(forge)
    if lawful:
        forge.add("proposal.voided", WIM, name, of=proposal, reason="A source was attached.")
    forge.append.at = LATER
    claim(forge, "a")
    return forge.add("source.opened", WIM, name, source=1)


@named("merge")
def absorb_nothing(forge: Forge, lawful: bool) -> int:
    name, other = forge.incident(1, RIA), forge.incident(2, RIA)
    if lawful:
        forge.add("incident.merged", LIO, other, other=[name], reason="The same.")
    return forge.add("incident.absorbed", LIO, name, other=[other] if lawful else [], reason="The same.")


PART = "i-" + "p" * 16


@named("merge")
def split_out_of_two(forge: Forge, lawful: bool) -> int:
    name, other = forge.incident(1, RIA), forge.incident(2, RIA)
    for one in (name,) if lawful else (name, other):
        forge.add("incident.split", LIO, one, other=[PART], reason="Two things.")
    return forge.add("incident.split", LIO, PART, other=[name] if lawful else [name, other], reason="Two things.")


@named("merge")
def split_out_of_itself(forge: Forge, lawful: bool) -> int:
    name = forge.incident(1, RIA)
    if lawful:
        forge.add("incident.split", LIO, name, other=[PART], reason="Two things.")
    return forge.add("incident.split", LIO, PART, other=[name] if lawful else [PART], reason="Two things.")


def leave(forge: Forge, who: Someone) -> str:
    name = who.in_("log")
    forge.add("person.deactivated", ADA, who=name, name=None)
    forge.add("role.revoked", ADA, who=name, role=who.role, reason="left")
    return name


@pytest.mark.parametrize("kind", ["person.reactivated", "person.left", "role.granted"])
def test_nobody_who_left_comes_back(kind: str) -> None:
    def step(forge: Forge, lawful: bool) -> int:
        who = leave(forge, WIM)
        if kind == "role.granted":
            forge.add("person.reactivated", ADA, who=who, name=None)
        if not lawful:
            forge.add("person.left", ADA, who=who, name=None)
        more: dict[str, Any] = {"role": "auditor", "reason": "asked"} if kind == "role.granted" else {"name": None}
        return forge.add(kind, ADA, who=who, **more)

    assert_told_apart("person", step)


@pytest.mark.parametrize("verb", ["dismissed", "withdrawn", "duplicated"])
def test_a_claim_that_stands_in_an_incident_is_not_set_aside(verb: str) -> None:
    def step(forge: Forge, lawful: bool) -> int:
        name, one, other = forge.incident(1, RIA), claim(forge, "a"), claim(forge, "b")
        grouped(forge, name, one)
        if lawful:
            grouped(forge, name, one, "ungrouped")
        return aside(forge, verb, one, other if verb == "duplicated" else None)

    assert_told_apart("claim", step)


@named("claim")
def one_claim_in_two_incidents(forge: Forge, lawful: bool) -> int:
    name, other, seq = forge.incident(1, RIA), forge.incident(2, RIA), claim(forge, "a")
    grouped(forge, name, seq)
    if lawful:
        grouped(forge, name, seq, "ungrouped")
    return grouped(forge, other, seq)


@named("claim")
def restore_what_was_not_set_aside(forge: Forge, lawful: bool) -> int:
    seq = claim(forge, "a")
    if lawful:
        aside(forge, "dismissed", seq)
    return aside(forge, "restored", seq)


@named("reference")
def group_what_is_no_claim(forge: Forge, lawful: bool) -> int:
    name, seq = forge.incident(1, RIA), claim(forge, "a")
    return grouped(forge, name, seq if lawful else 0)


@named("claim")
def receive_two_of_one_name(forge: Forge, lawful: bool) -> int:
    claim(forge, "a")
    return claim(forge, "b" if lawful else "a")


@named("reference")
def group_what_is_no_source(forge: Forge, lawful: bool) -> int:
    name = forge.incident(1, RIA)
    forge.source(name)
    return forge.add("source.grouped", RIA, name, origin=1, sources=[2] if lawful else [2, 3], reason="They say the same.")


def begun() -> Forge:
    forge = Forge()
    forge.open_log()
    return forge


def told(forge: Forge, seq: int) -> tuple[set[str], set[str]]:
    """What the replay and what the verifier say of an event."""
    replayed = {problem.name for problem in forge.replayed().problems if problem.seq == seq}
    forge.verifier.finish()
    return replayed, {failure.check for failure in forge.failures.all if failure.seq == seq}


def assert_told_apart(check: str, step: Step) -> None:
    forge = begun()
    assert told(forge, step(forge, True)) == (set(), set())
    forge = begun()
    assert told(forge, step(forge, False)) == ({check}, {check})


@pytest.mark.parametrize(("check", "step"), STEPS, ids=[step.__name__ for _, step in STEPS])
def test_both_judges_name_it_at_its_event(check: str, step: Step) -> None:
    assert_told_apart(check, step)


def test_an_incident_that_was_split_out_of_itself_is_judged_to_the_end() -> None:
    forge = begun()
    split_out_of_itself(forge, False)
    assert told(forge, forge.source(PART, WIM)) == (set(), set())


def test_a_dossier_that_moved_last_is_named_at_the_end() -> None:
    forge = begun()
    name = forge.incident(1, RIA)
    forge.agree(name)
    assert told(forge, forge.source(name, WIM)) == ({"proposal"}, {"proposal"})


def test_a_proposal_is_voided_by_the_machine_too() -> None:
    forge = begun()
    name, proposal = moved_under(forge)
    assert told(forge, forge.add("proposal.voided", MACHINE, name, of=proposal)) == (set(), set())
