"""Random histories, lawful and not, before three judges: the rules, the replay and verify.py say the same of each step.

A step that the rules accept is written and nobody may complain of it; stage and grade are then the same for all three.
A step that the rules refuse is written into a copy of the log, and the other two must refuse it under the same name.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from review.audit.judging import OF_THE_DESK as UNASKED
from review.rules import rounds, settlement
from review.rules.dossier import EXITS, Dossier
from review.rules.grades import NO_CONSENSUS
from review.rules.requirements import Deed
from tests.audit.decisions import asked, decisions, reopened
from tests.audit.forge import LIO, MACHINE, MUN, PEOPLE, RIA, Forge, Someone
from tests.audit.leaving import leaving, others
from tests.audit.refusals import SAME, of_the_desk, refusals
from tests.audit.removing import removing
from tests.audit.steps import Step, anew

# 50 in a test, what the profile says in a soak. A history that fails is named as it is: shrinking it takes longer than reading it.
HISTORIES = 2000 if settings.get_current_profile_name() == "soak" else 50
GRADES = ("confirmed", "fair", "weak", "discounted")


def steps(forge: Forge, name: str) -> Iterator[Step]:
    """Everything that anybody could try now, lawful or not."""
    dossier = forge.dossier(name)
    number = dossier.round.number if dossier.round else 1
    under_way = dossier.settlement.seq if dossier.settlement else 0
    for lead in (LIO, MUN):
        for kind in ("first", "again"):
            yield _round(kind, lead, name, number)
        yield _second(lead, name, dossier)
        yield Step("return", "return_grade", lead, _returning(lead, name, dossier), Deed(reason="look again"))
        yield Step("reopen", "reopen", lead, _reopening(lead, name), Deed(reason="new statement"))
        yield from decisions(forge, name, lead)
        yield from leaving(forge, name, lead)
        yield from removing(forge, name, lead)
        if dossier.open_round:
            yield Step("abandon", "abandon_round", lead, lambda forge, by=lead: forge.abandon(name, by), Deed(reason="no"))
    if dossier.open_round and _closable(dossier):
        yield Step("close", "close_round", MACHINE, lambda forge: _close(forge, name))
    yield _second(MACHINE, name, dossier)  # when the time for arguments has run out
    if dossier.open_round and _ran_out(dossier):
        yield Step("ran out", "end_second_vote", MACHINE, lambda forge: _close(forge, name))
    yield Step(
        "extend", "extend_round", LIO,
        lambda forge: forge.add("round.extended", LIO, name, round=number, reason="two are travelling"),
        Deed(reason="two are travelling"),
    )  # fmt: skip
    for person in PEOPLE[3:]:
        yield Step(
            "take", "take_up", person,
            lambda forge, by=person: forge.add("reviewer.assigned", by, name, round=number, who=by.in_(name)),
        )  # fmt: skip
    for person in PEOPLE[1:]:
        who = person.in_(name)
        yield Step(
            "assign", "assign_reviewer", LIO,
            lambda forge, who=who: forge.add("reviewer.assigned", LIO, name, round=number, who=who), Deed(subject=who),
        )  # fmt: skip
        for grade in GRADES:
            yield Step(
                f"vote {grade}", "cast_vote", person,
                lambda forge, by=person, grade=grade: forge.vote(name, by, grade),
                Deed(reason="weighed"),
            )  # fmt: skip
        for kind, verb in (("abstained", "abstain"), ("recused", "recuse")):
            yield Step(
                kind, verb, person,
                lambda forge, by=person, kind=kind: forge.add(f"reviewer.{kind}", by, name, round=number, reason="x"),
            )  # fmt: skip
        yield Step(
            "release", "release_reviewer", LIO,
            lambda forge, who=who: forge.add("reviewer.released", LIO, name, round=number, who=who, reason="away"),
            Deed(reason="away", subject=who),
        )  # fmt: skip
        yield from _own_vote(dossier, person, name, number)
        yield Step(
            "appoint", "appoint_settler", LIO,
            lambda forge, who=who: forge.add("settler.appointed", LIO, name, settlement=under_way, who=who, reason="free"),
            Deed(subject=who),
        )  # fmt: skip
        yield Step("settle", "settle", person, _settling(person, name, dossier), Deed(reason="The sources bear no more."))
        yield Step("argue", "argue", person, _arguing(person, name, under_way))
        yield Step("approve", "approve", person, _approving(person, name, dossier), _deed_of_approval(dossier))
        yield Step("conflict", "declare_conflict", person, lambda forge, by=person: forge.add("conflict.declared", by, name, ground="x"))
        yield Step(
            "describe", "describe_incident", person,
            lambda forge, by=person: _describe(forge, name, by), Deed(material=True),
        )  # fmt: skip


def _round(kind: str, lead: Someone, name: str, number: int) -> Step:
    def write(forge: Forge) -> None:
        forge.open_round(name, (), kind=kind, by=lead)

    return Step(f"open {kind}", "open_round", lead, write, Deed(kind=kind))


def _second(lead: Someone, name: str, dossier: Dossier) -> Step:
    def write(forge: Forge) -> None:
        opening = rounds.open_round(dossier) if rounds.may_open(dossier, "second") else None
        of = opening.of if opening else (dossier.settlement.seq if dossier.settlement else 0)
        number = forge.open_round(name, (), kind="second", of=of, by=lead)
        for who in opening.people if opening else ():
            forge.add("reviewer.assigned", MACHINE, name, round=number, who=who)

    return Step("open second", "open_round", lead, write, Deed(kind="second"))


def _closable(dossier: Dossier) -> bool:
    """A close below quorum reveals what the rules cannot tally; only a lawful close can be written in full."""
    assert dossier.open_round is not None
    return rounds.quorum(dossier, dossier.open_round.number)


def _ran_out(dossier: Dossier) -> bool:
    """A second vote that is below quorum at its deadline."""
    round_ = dossier.open_round
    return round_ is not None and round_.kind == "second" and not rounds.quorum(dossier, round_.number)


def _close(forge: Forge, name: str) -> None:
    number = forge.dossier(name).open_round.number  # type: ignore[union-attr]
    forge.close(name)
    dossier = forge.dossier(name)
    closed = rounds.the_round(dossier, number)
    if closed.kind == "second" and closed.result == "agreed":
        settled = settlement.settled_by_second_vote(dossier)
        forge.add(
            "settlement.closed", MACHINE, name, settlement=settled.settlement, by=settled.by, grade=settled.grade,
            range=settled.casualties.as_dict(), second=settled.second, answers=list(settled.answers),
        )  # fmt: skip
    if closed.result == "agreed":
        forge.propose(name)
    elif closed.kind != "second":
        forge.add("settlement.opened", MACHINE, name, round=number)


def _own_vote(dossier: Dossier, person: Someone, name: str, number: int) -> Iterator[Step]:
    own = next((vote for vote in reversed(dossier.votes) if vote.voter == person.in_(name)), None)
    if own is None:
        return
    yield Step(
        "withdraw", "withdraw_vote", person,
        lambda forge: forge.add("vote.withdrawn", person, name, of=own.seq, reason="read again"), Deed(reason="read again"),
    )  # fmt: skip
    yield Step(
        "dissent", "dissent", person,
        lambda forge: _dissent(forge, name, person, own.seq), Deed(vote=own.seq),
    )  # fmt: skip


def _dissent(forge: Forge, name: str, person: Someone, vote: int) -> None:
    standing = forge.dossier(name).proposal
    forge.add("dissent.recorded", person, name, of=vote, text="Look at the crater.")
    anew(forge, name, standing)


def _describe(forge: Forge, name: str, by: Someone) -> None:
    standing = forge.dossier(name).proposal
    size = forge.dossier(name).size
    facts = {"date_type": "date", "date": "2026-02-02", "places": [], "ranges": {}, "summary": str(size)}
    forge.add("incident.described", by, name, material=True, facts=facts, reason="another day")
    anew(forge, name, standing)


def _returning(lead: Someone, name: str, dossier: Dossier) -> Callable[[Forge], Any]:
    of = dossier.proposals[-1].seq if dossier.proposals else 0
    return lambda forge: forge.add("grade.returned", lead, name, of=of, to="round", reason="look again")


def _reopening(lead: Someone, name: str) -> Callable[[Forge], Any]:
    return lambda forge: reopened(forge, name, lead)


def _arguing(person: Someone, name: str, under_way: int) -> Callable[[Forge], Any]:
    return lambda forge: forge.add("settlement.argued", person, name, settlement=under_way, text="Listen.")


def _settling(person: Someone, name: str, dossier: Dossier) -> Callable[[Forge], Any]:
    under_way = dossier.open_settlement
    held = settlement.choices(dossier, under_way) if under_way and not dossier.open_round else ()

    def write(forge: Forge) -> None:
        if not held:
            forge.add(
                "settlement.closed", person, name, settlement=0, by="settler", grade=NO_CONSENSUS,
                range={"injured": [None, None], "killed": [None, None]}, second=None, answers=[], rationale="x",
            )  # fmt: skip
            return
        forge.settle(name, person, held[0])

    return write


def _deed_of_approval(dossier: Dossier) -> Deed:
    labels = "S1 S2 S3 S4 S5 S6 S7 S8 S9"
    return Deed(reason=f"It follows from the votes. {labels}")


def _approving(person: Someone, name: str, dossier: Dossier) -> Callable[[Forge], Any]:
    def write(forge: Forge) -> None:
        if not dossier.proposals:
            forge.add(
                "grade.approved", person, name, of=0, override=None, dossier=dossier.digest, stale=[],
                not_before=None, reason="It follows.",
            )  # fmt: skip
            return
        forge.approve(name, person, override=asked(dossier.proposal))

    return write


# The steps that carry a history on are drawn more often than those that stop it.
PROGRESS = ("open first", "open again", "open second", "assign", "vote fair", "close", "appoint", "settle", "approve", "reopen", "override", "second", "exclude", "recheck", "restore")


def drawn(data: st.DataObject, choices: list[Step]) -> Step:
    kinds = sorted({step.kind for step in choices})
    weighted = [kind for kind in kinds for _ in range(4 if kind in PROGRESS else 1)]
    kind = data.draw(st.sampled_from(weighted), label="kind")
    fitting = [step for step in choices if step.kind == kind]
    return fitting[data.draw(st.integers(0, len(fitting) - 1), label="which")]


def complaints(forge: Forge) -> tuple[list[Any], list[Any]]:
    return list(forge.replay.found.problems), list(forge.failures.all)


def refuse(forge: Forge, name: str, step: Step, names: list[str]) -> None:
    """The replay and the verifier refuse a step that the rules refuse, under the same name."""
    fork = copy.deepcopy(forge)
    before = len(fork.rows)
    step.write(fork)
    problems, failures = complaints(fork)
    # What is refused may stand behind what goes before it in the act: a round that an exit gives up.
    said = {problem.name for problem in problems if problem.seq >= before}
    checks = {failure.check for failure in failures if failure.seq is not None and failure.seq >= before}
    known = [one for one in names if not of_the_desk(forge, name, step, one)]
    if set(names) - set(UNASKED):
        assert said & {*names, "stage", "reference"}, (step.kind, names, problems)
    if known:
        assert checks & ({"stage", "reference"} | set().union(*(SAME[one] for one in known))), (step.kind, names, failures)


def same_standing(forge: Forge, name: str) -> None:
    dossier = forge.dossier(name)
    replayed = forge.replay.dossier(name)
    assert dossier.stage == replayed.stage == forge.verifier.stage(name)
    ours = [(one.version, one.seq, one.grade, one.casualties.as_dict()) for one in dossier.determinations]
    theirs = [(one.version, one.seq, one.grade, one.casualties.as_dict()) for one in replayed.determinations]
    assert ours == theirs
    verified = [
        (version, seq, grade, {"injured": list(bounds[2:]), "killed": list(bounds[:2])})
        for version, seq, grade, bounds, _kind in forge.verifier.grades().get(name, [])
    ]
    assert ours == verified


@cache
def beginning() -> tuple[Forge, str]:
    """An open log with one incident, copied for each history."""
    forge = Forge()
    forge.open_log()
    name = forge.incident(1, RIA)
    others(forge)
    return forge, name


def history(data: st.DataObject) -> None:
    forge, name = copy.deepcopy(beginning())
    for _ in range(data.draw(st.integers(6, 28), label="length")):
        dossier = forge.dossier(name)
        verdicts = [(step, refusals(dossier, name, step)) for step in steps(forge, name)]
        told = forge.told(name)
        refused = [step for step, names in verdicts if names and refusals(told, name, step)]
        accepted = [step for step, names in verdicts if not names]
        if refused and (not accepted or data.draw(st.integers(0, 3), label="lawful") == 0):
            step = drawn(data, refused)
            refuse(forge, name, step, refusals(told, name, step))
            continue
        step = drawn(data, accepted)
        step.write(forge)
        assert complaints(forge) == ([], []), (step.kind, complaints(forge), [row.type for row in forge.rows[-6:]])
        same_standing(forge, name)
    found = forge.replayed()
    assert found.problems == []
    assert found.stages == {one: history.dossier().stage for one, history in forge.histories.items()}


@given(st.data())
@settings(max_examples=HISTORIES, phases=(Phase.explicit, Phase.generate))
def test_three_judges_say_the_same(data: st.DataObject) -> None:
    history(data)


def test_the_random_histories_reach_every_stage() -> None:
    """The generator is only worth its time if it gets somewhere: lawful steps alone lead through every stage."""
    seen: set[str] = set()
    for wanted in (("fair",) * 3, ("confirmed", "weak", "discounted")):
        forge = Forge()
        forge.open_log()
        name = forge.incident(1, RIA)
        others(forge)
        for kind, person in _script(wanted):
            step = next(
                one for one in steps(forge, name)
                if one.kind == kind and (person is None or one.by is person or one.deed.subject == person.in_(name))
                and not refusals(forge.dossier(name), name, one)
            )  # fmt: skip
            step.write(forge)
            assert complaints(forge) == ([], []), kind
            seen.add(forge.dossier(name).stage)
    assert seen == {"logged", "grading", "settlement", "approval", "published", *EXITS}


def _script(grades: tuple[str, ...]) -> list[tuple[str, Someone | None]]:
    voters = PEOPLE[4:7]
    asked: list[tuple[str, Someone | None]] = [("open first", LIO), *(("assign", voter) for voter in voters)]
    votes: list[tuple[str, Someone | None]] = [(f"vote {grade}", voter) for grade, voter in zip(grades, voters, strict=True)]
    if len(set(grades)) == 1:
        away: list[tuple[str, Someone | None]] = [
            ("dismiss", LIO), ("restore", MUN), ("approve", LIO), ("withdraw incident", LIO), ("restore", LIO), ("absorb", MUN),
            ("restrict", LIO), ("lift", LIO), ("split", MUN), ("restore", MUN), ("merge", LIO), ("restore", LIO), ("reopen", MUN),
        ]  # fmt: skip
        return [*asked, *votes, ("close", None), *away]
    settling: list[tuple[str, Someone | None]] = [
        ("argue", voters[0]), ("open second", LIO), *votes, ("close", None), ("appoint", PEOPLE[7]), ("settle", PEOPLE[7]),
    ]  # fmt: skip
    ended: list[tuple[str, Someone | None]] = [
        ("open first", LIO), *(("assign", voter) for voter in voters), *votes, ("close", None), ("dismiss", LIO), ("restore", LIO),
        ("open again", MUN), *(("assign", voter) for voter in voters),
    ]  # fmt: skip
    return [*ended, *votes, ("close", None), *settling, ("dissent", voters[1]), ("approve", MUN)]
