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
    silent.source(name, WIM)
    replayed, verified = said(silent)
    assert (replayed, verified) == ({"act"}, {"exclusion"})
