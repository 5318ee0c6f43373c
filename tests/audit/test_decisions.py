"""What an insider could make of a lead's decisions, every hash recomputed: the replay and the verifier refuse it alike."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.audit.forge import DAY, LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM, Forge

NARROW = {"injured": [None, None], "killed": [1, 2]}


@pytest.fixture
def forge() -> Forge:
    made = Forge()
    made.open_log()
    return made


def said(forge: Forge) -> tuple[set[str], set[str]]:
    """How the replay and the verifier call what does not hold."""
    return {problem.name for problem in forge.replay.found.problems}, {one.check for one in forge.failures.all}


def undecided(forge: Forge) -> str:
    """Disputed twice, and a settler appointed."""
    name = forge.incident(1, RIA)
    settlement = forge.dispute(name)
    number = forge.open_round(name, (SEN, TIV, ULF), kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        forge.vote(name, person, grade)
    forge.close(name, number)
    forge.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason="free")
    return name


def test_all_votes_but_the_wanted_one_are_excluded_and_it_is_settled_and_approved(forge: Forge) -> None:
    """The grade of one vote is no result, however lawful each step before its approval was."""
    name = undecided(forge)
    for vote in forge.dossier(name).live(2)[1:]:
        forge.add("vote.excluded", LIO, name, of=vote.seq, ground="identity", reason="doubt")
    forge.settle(name, WIM, "confirmed")
    assert said(forge) == (set(), set())
    forge.approve(name, MUN)
    replayed, verified = said(forge)
    assert "enough-reviewers" in replayed
    assert verified == {"quorum"}


def test_an_approval_for_a_later_day_can_be_returned_before_it(forge: Forge) -> None:
    name = forge.incident(1, RIA)
    forge.agree(name)
    of = forge.dossier(name).proposal
    assert of is not None
    forge.add(
        "grade.approved", LIO, name, of=of.seq, override=None, dossier=forge.dossier(name).digest, stale=[],
        not_before=DAY, reason="It holds.",
    )  # fmt: skip
    forge.add("grade.returned", MUN, name, of=of.seq, to="round", reason="A witness asks.")
    assert said(forge) == (set(), set())
    assert forge.dossier(name).stage == "grading" == forge.verifier.stage(name)


def asked(forge: Forge, **changes: Any) -> tuple[str, int]:
    name = forge.incident(1, RIA)
    forge.agree(name)
    of = forge.dossier(name).proposal
    assert of is not None
    body = {"of": of.seq, "grade": "weak", "range": NARROW, "reason": "An echo.", **changes}
    return name, forge.add("grade.overridden", LIO, name, **body)


def seconded(forge: Forge, name: str, of: int, by: Any = MUN, **changes: Any) -> None:
    body = {"of": of, "dossier": forge.dossier(name).digest, "reason": "So I think.", **changes}
    forge.add("override.seconded", by, name, **body)


def test_an_override_that_was_seconded_is_approved_and_published(forge: Forge) -> None:
    name, of = asked(forge)
    seconded(forge, name, of)
    forge.approve(name, LIO, override=of)
    assert said(forge) == (set(), set())
    (version,) = forge.dossier(name).determinations
    assert version.grade == "weak"
    assert forge.verifier.grades()[name][-1][2] == "weak"


def outside(forge: Forge) -> None:
    asked(forge, range={"injured": [None, None], "killed": [1, 9]})


def the_same_grade(forge: Forge) -> None:
    asked(forge, grade="fair")


def unseconded(forge: Forge) -> None:
    name, of = asked(forge)
    forge.approve(name, LIO, override=of)


def by_the_second(forge: Forge) -> None:
    name, of = asked(forge)
    seconded(forge, name, of)
    forge.approve(name, MUN, override=of)


def seconded_by_oneself(forge: Forge) -> None:
    name, of = asked(forge)
    seconded(forge, name, of, LIO)


def seconded_on_another_dossier(forge: Forge) -> None:
    name, of = asked(forge)
    seconded(forge, name, of, dossier=forge.dossier(forge.incident(2, RIA)).digest)


@pytest.mark.parametrize(
    "deed", [outside, the_same_grade, unseconded, by_the_second, seconded_by_oneself, seconded_on_another_dossier]
)
def test_an_override_out_of_its_rules_is_refused_by_both(forge: Forge, deed: Callable[[Forge], None]) -> None:
    deed(forge)
    replayed, verified = said(forge)
    assert replayed & {"override", "override-asked", "fresh-page"}
    assert "override" in verified


def test_a_check_that_ends_reopened_is_followed_by_its_reopening(forge: Forge) -> None:
    name = forge.incident(1, RIA)
    forge.agree(name)
    version = forge.approve(name)
    forge.add("recheck.opened", LIO, name, version=1, cause=version, reason="Look again.")
    forge.add("recheck.closed", LIO, name, version=1, outcome="reopened", reason="It is so.")
    assert said(forge) == (set(), set())
    forge.source(name, WIM)
    replayed, verified = said(forge)
    assert (replayed, verified) == ({"act"}, {"recheck"})


def test_a_check_names_the_version_that_stands(forge: Forge) -> None:
    name = forge.incident(1, RIA)
    forge.agree(name)
    version = forge.approve(name)
    forge.add("recheck.opened", LIO, name, version=2, cause=version, reason="Look again.")
    assert said(forge) == ({"version"}, {"version"})


def test_an_exclusion_that_takes_a_published_result_is_followed_by_its_check(forge: Forge) -> None:
    name = forge.incident(1, RIA)
    forge.agree(name)
    forge.approve(name)
    vote = forge.dossier(name).live(1)[0].seq
    seq = forge.add("vote.excluded", LIO, name, of=vote, ground="conflict", reason="kin")
    silent = copy.deepcopy(forge)
    forge.add("recheck.opened", MACHINE, name, version=1, cause=seq)
    assert said(forge) == (set(), set())
    silent.append.at = "2026-03-01T23:00:00.000Z"
    claim = "c-" + "a" * 16
    silent.add("claim.received", RIA, claim_=claim, claim=claim, text="Seven.")
    silent.source(name, WIM)
    replayed, verified = said(silent)
    assert (replayed, verified) == ({"act"}, {"exclusion"})


@pytest.mark.parametrize("between", [False, True])
def test_nothing_of_its_incident_stands_between_an_approval_and_what_it_publishes(forge: Forge, between: bool) -> None:
    """In one act, at one time: a recheck may follow behind other events of its incident, a publication may not."""
    name = forge.incident(1, RIA)
    forge.agree(name)
    proposal = forge.dossier(name).proposal
    assert proposal is not None
    approved = forge.add(
        "grade.approved", LIO, name, of=proposal.seq, override=None, dossier=forge.dossier(name).digest, stale=[],
        not_before=None, reason="It follows.",
    )  # fmt: skip
    if between:
        forge.add("source.opened", WIM, name, source=1)
    forge.add("grade.published", LIO, name, version=1, of=approved, kind="first")
    replayed, verified = said(forge)
    assert ("act" in replayed, "approval" in verified) == (between, between)


@pytest.mark.parametrize("between", ["round.closed", "vote.revealed", ""])
def test_nothing_of_its_incident_stands_between_a_close_and_what_it_leads_to(forge: Forge, between: str) -> None:
    name = forge.incident(1, RIA)
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    add = forge.add

    def meddling(type_: str, *given: Any, **values: Any) -> int:
        seq = add(type_, *given, **values)
        if type_ == between and len([one for one in forge.rows if one.type == between]) == 1 + 2 * (between == "vote.revealed"):
            add("source.opened", WIM, name, source=1)
        return seq

    forge.add = meddling  # type: ignore[method-assign]
    forge.close(name)
    if between == "vote.revealed":
        forge.add = add  # type: ignore[method-assign]
    forge.propose(name)
    replayed, verified = said(forge)
    assert replayed == ({"act"} if between else set())
    assert verified == {"round.closed": {"reveal"}, "vote.revealed": {"proposal"}}.get(between, set())


@pytest.mark.parametrize("between", [False, True])
def test_nothing_of_its_incident_stands_between_a_settlement_and_its_proposal(forge: Forge, between: bool) -> None:
    name = forge.incident(1, RIA)
    settlement = forge.dispute(name)
    forge.open_round(name, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        forge.vote(name, person, grade)
    forge.close(name)
    forge.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason="free")
    body = {"settlement": settlement, "by": "settler", "grade": "weak", "second": None, "answers": [], "rationale": "So."}
    forge.add("settlement.closed", WIM, name, **body, range={"killed": [1, 2], "injured": [None, None]}, replies=None)
    if between:
        forge.add("source.opened", WIM, name, source=1)
    forge.propose(name)
    assert said(forge) == (({"act"}, {"proposal"}) if between else (set(), set()))


@pytest.mark.parametrize("followed", [True, False])
def test_what_is_merged_into_a_published_incident_has_it_checked_again(forge: Forge, followed: bool) -> None:
    name, other = forge.incident(1, RIA), forge.incident(2, RIA)
    forge.agree(name)
    forge.approve(name)
    forge.add("incident.merged", LIO, other, other=[name], reason="The same.")
    cause = forge.add("incident.absorbed", LIO, name, other=[other], reason="The same.")
    if followed:
        forge.add("recheck.opened", MACHINE, name, version=1, cause=cause)
    forge.verifier.finish()
    forge.replayed()
    assert said(forge) == ((set(), set()) if followed else ({"act"}, {"recheck"}))


@pytest.mark.parametrize("act", ["the same", "a later one"])
def test_a_recheck_follows_in_the_act_behind_what_else_is_in_it(forge: Forge, act: str) -> None:
    name = forge.incident(1, RIA)
    forge.agree(name)
    forge.approve(name)
    vote = forge.dossier(name).live(1)[0].seq
    seq = forge.add("vote.excluded", LIO, name, of=vote, ground="conflict", reason="kin")
    forge.add("source.opened", WIM, name, source=1)
    if act == "a later one":
        forge.append.at = "2026-03-01T23:00:00.000Z"
    forge.source(forge.incident(2, RIA), WIM)
    forge.add("recheck.opened", MACHINE, name, version=1, cause=seq)
    assert said(forge) == ((set(), set()) if act == "the same" else ({"act"}, {"exclusion"}))


REPLIES: dict[str, tuple[list[int], Any]] = {
    "each": ([0], {0: "Heard."}), "more than the minority's": ([0, 1], {0: "Heard.", 1: "Heard."}), "no answer": ([], {0: "Heard."}),
    "no reply": ([0], None), "another reply": ([0], {1: "Heard."}), "a blank one": ([0], {0: " "}), "no words": ([0], {0: 5}),
    "a reply to nobody": ([0], {0: "Heard.", 9: "Heard."}),
}  # fmt: skip


@pytest.mark.parametrize("replies", REPLIES)
def test_a_settler_answers_every_argument_of_the_minority(forge: Forge, replies: str) -> None:
    """What is answered stands in the body, and the words beside it: the replay reads the one, verify.py both."""
    name = forge.incident(1, RIA)
    settlement = forge.dispute(name)
    argued = [forge.add("settlement.argued", one, name, settlement=settlement, text="The crater.") for one in (SEN, TIV)]
    forge.open_round(name, kind="second", of=settlement)
    for person, grade in zip((SEN, TIV, ULF), ("confirmed", "weak", "discounted"), strict=True):
        forge.vote(name, person, grade)
    forge.close(name)
    forge.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason="free")
    places, told = REPLIES[replies]
    if isinstance(told, dict):
        told = {str(argued[place] if place < 2 else 0): text for place, text in told.items()}
    forge.settle(name, answers=[argued[place] for place in places], replies=told)
    replayed, verified = said(forge)
    assert verified == (set() if replies in ("each", "more than the minority's") else {"settlement"})
    assert replayed == ({"dissent-kept"} if replies == "no answer" else set())
