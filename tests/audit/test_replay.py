"""The replay judges a whole log again: what the actions write passes, and each lie in a body is named at its event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from review import config
from review.audit import keys
from review.audit.replay import Replayed, Told, replay, told
from review.audit.stored import StoredTrail
from review.models import Incident, session
from review.models.dossiers import read_disclosure
from review.rules.policy import Policy
from tests.audit.forge import LIO, MACHINE, MUN, RIA, SEN, TIV, ULF, WIM, Forge
from tests.audit.whole import populated


def replayed() -> Replayed:
    trail = StoredTrail(session, keys.load(config.home()))
    events = []
    for row in trail.events(10**9):
        sealed = dict(read_disclosure(one.text) for one in trail.disclosures(row.seq, row.seq + 1))
        events.append(told(row.line, sealed))
    return replay(events)


def test_what_the_actions_wrote_passes_and_gives_what_is_stored(desk: Flask) -> None:
    populated(desk)
    session.rollback()
    found = replayed()
    assert found.problems == []
    rows = session.execute(select(Incident.name, Incident.stage, Incident.grade, Incident.version)).all()
    assert found.stages == {row.name: row.stage for row in rows}
    standing = {name: (known[-1].grade, known[-1].version) for name, known in found.grades.items()}
    assert standing == {row.name: (row.grade, row.version) for row in rows if row.grade}


# --- lies ---------------------------------------------------------------------------------------------------

Lie = Callable[[Forge, str], int]
OTHER = "A" * 43 + "="


def drop_a_vote_at_the_close(forge: Forge, name: str) -> int:
    forge.open_round(name, (SEN, TIV, ULF, WIM))
    seqs = [forge.vote(name, person) for person in (SEN, TIV, ULF, WIM)]
    return forge.close(name, commits=seqs[:3])


def claim_another_result(forge: Forge, name: str) -> int:
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    return forge.close(name, grade="confirmed")


def widen_the_range(forge: Forge, name: str) -> int:
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    return forge.close(name, range={"injured": [None, None], "killed": [1, 99]})


def change_a_vote_at_its_reveal(forge: Forge, name: str) -> int:
    forge.open_round(name)
    votes = [forge.vote(name, person, grade) for person, grade in ((SEN, "fair"), (TIV, "fair"), (ULF, "weak"))]
    dossier = forge.dossier(name)
    body = {"superseded": [], "withdrawn": [], "excluded": [], "abstained": [], "recused": [], "released": []}
    forge.add(
        "round.closed", MACHINE, name, round=1, commits=votes, result="agreed", grade="fair",
        range=dossier.votes[0].ballot.casualties.as_dict(), **body,  # type: ignore[union-attr]
    )  # fmt: skip
    swapped = [forge.text(votes[0], "grade"), forge.text(votes[2], "range")]
    forge.add("vote.revealed", MACHINE, name, of=votes[0], disclosures=[forge.text(votes[0], "grade"), forge.text(votes[0], "range")])
    forge.add("vote.revealed", MACHINE, name, of=votes[1], disclosures=[forge.text(votes[1], "grade"), forge.text(votes[1], "range")])
    return forge.add("vote.revealed", MACHINE, name, of=votes[2], disclosures=swapped)


def vote_twice(forge: Forge, name: str) -> int:
    forge.open_round(name)
    forge.vote(name, SEN)
    return forge.vote(name, SEN, replaces=None)


def vote_on_other_evidence(forge: Forge, name: str) -> int:
    forge.open_round(name)
    return forge.vote(name, SEN, evidence=OTHER)


def propose_another_grade(forge: Forge, name: str) -> int:
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    forge.close(name)
    return forge.propose(name, grade="confirmed")


def drop_the_minority(forge: Forge, name: str) -> int:
    forge.open_round(name)
    for person, grade in ((SEN, "fair"), (TIV, "fair"), (ULF, "weak")):
        forge.vote(name, person, grade)
    forge.close(name)
    return forge.propose(name, minority=[])


def approve_oneself(forge: Forge, name: str) -> int:
    forge.open_round(name, (SEN, TIV, LIO))
    for person in (SEN, TIV, LIO):
        forge.vote(name, person)
    forge.close(name)
    forge.propose(name)
    return forge.approve(name, LIO) - 1


def approve_what_one_entered(forge: Forge, name: str) -> int:
    mine = forge.incident(2, LIO)
    forge.agree(mine)
    return forge.approve(mine, LIO) - 1


def approve_a_stale_dossier(forge: Forge, name: str) -> int:
    forge.agree(name)
    before = forge.dossier(name).digest
    forge.source(name)
    return forge.approve(name, LIO, dossier=before) - 1


def hide_what_was_not_considered(forge: Forge, name: str) -> int:
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    forge.source(name)
    forge.close(name)
    forge.propose(name)
    return forge.approve(name, LIO, stale=[]) - 1


def publish_unapproved(forge: Forge, name: str) -> int:
    forge.agree(name)
    return forge.add("grade.published", LIO, name, version=1, of=1, kind="first")


def publish_by_another(forge: Forge, name: str) -> int:
    forge.agree(name)
    dossier = forge.dossier(name)
    of = forge.add(
        "grade.approved", LIO, name, of=dossier.proposal.seq, override=None, dossier=dossier.digest, stale=[],  # type: ignore[union-attr]
        not_before=None, reason="It follows.",
    )  # fmt: skip
    return forge.add("grade.published", MUN, name, version=1, of=of, kind="first")


def settle_what_nobody_held(forge: Forge, name: str) -> int:
    settlement = second_vote_disputed(forge, name)
    forge.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason="free")
    return forge.settle(name, WIM, "weak", grade="contested") - 1


def settle_without_an_answer(forge: Forge, name: str) -> int:
    settlement = second_vote_disputed(forge, name)
    forge.add("settler.appointed", LIO, name, settlement=settlement, who=WIM.in_(name), reason="free")
    return forge.settle(name, WIM, "weak", answers=[], replies=None) - 1


def settle_unappointed(forge: Forge, name: str) -> int:
    second_vote_disputed(forge, name)
    return forge.settle(name, WIM, "weak") - 1


def second_vote_disputed(forge: Forge, name: str) -> int:
    settlement = forge.dispute(name)
    forge.add("settlement.argued", SEN, name, settlement=settlement, text="Listen.")
    number = forge.open_round(name, (), kind="second", of=settlement)
    for person in (SEN, TIV, ULF):
        forge.add("reviewer.assigned", MACHINE, name, round=number, who=person.in_(name))
    for person, grade in ((SEN, "confirmed"), (TIV, "weak"), (ULF, "discounted")):
        forge.vote(name, person, grade)
    forge.close(name)
    return settlement


def act_without_the_role(forge: Forge, name: str) -> int:
    return forge.add("round.opened", SEN, name, role_="lead", **opening(forge, name))


def open_while_open(forge: Forge, name: str) -> int:
    forge.open_round(name)
    return forge.add("round.opened", LIO, name, **(opening(forge, name) | {"round": 2, "kind": "again"}))


def skip_a_round_number(forge: Forge, name: str) -> int:
    return forge.add("round.opened", LIO, name, **(opening(forge, name) | {"round": 4}))


def open_in_a_paused_stream(forge: Forge, name: str) -> int:
    forge.add("stream.switched", LIO, stream="karsia-air", mode="paused", name="Karsian Air Force", reason="nobody is free")
    return forge.add("round.opened", LIO, name, **opening(forge, name))


def opening(forge: Forge, name: str) -> dict[str, Any]:
    return {
        "round": 1, "kind": "first", "of": None, "policy": forge.policy, "codebook": forge.book,
        "evidence": forge.dossier(name).evidence,
    }  # fmt: skip


LIES: list[tuple[Lie, str, str]] = [
    (drop_a_vote_at_the_close, "close", "close"),
    (claim_another_result, "agreement", "tally"),
    (widen_the_range, "agreement", "tally"),
    (change_a_vote_at_its_reveal, "reveal", "reveal"),
    (vote_twice, "one-vote", "vote"),
    (vote_on_other_evidence, "fresh-page", "digest"),
    (propose_another_grade, "proposal", "proposal"),
    (drop_the_minority, "proposal", "minority"),
    (approve_oneself, "uninvolved", "uninvolved"),
    (approve_what_one_entered, "uninvolved", "uninvolved"),
    (approve_a_stale_dossier, "fresh-page", "approval"),
    (hide_what_was_not_considered, "fresh-votes", "stale"),
    (publish_unapproved, "approved", "published"),
    (publish_by_another, "published", "published"),
    (settle_what_nobody_held, "settlement", "settlement"),
    (settle_without_an_answer, "dissent-kept", "settlement"),
    (settle_unappointed, "appointed", "settlement"),
    (act_without_the_role, "right", "role"),
    (open_while_open, "no-open-round", "stage"),
    (skip_a_round_number, "round", "round"),
    (open_in_a_paused_stream, "stream-active", "stream"),
]


@pytest.mark.parametrize(("lie", "name", "check"), LIES, ids=[case[0].__name__ for case in LIES])
def test_a_lie_is_named_at_its_event_by_the_replay_and_by_the_verifier(lie: Lie, name: str, check: str) -> None:
    forge = Forge()
    forge.open_log()
    seq = lie(forge, forge.incident(1, RIA))
    assert name in {problem.name for problem in forge.replayed().problems if problem.seq == seq}
    assert check in {failure.check for failure in forge.failures.all if failure.seq == seq}


def test_a_policy_under_three_decides_nothing_that_is_published() -> None:
    forge = Forge()
    forge.open_log(Policy(required=2))
    name = forge.incident(1, RIA)
    forge.agree(name, (SEN, TIV))
    seq = forge.approve(name, LIO)
    assert "policy-of-the-round" in forge.replayed().names
    assert "published" in {failure.check for failure in forge.failures.all if failure.seq == seq}


def test_the_end_of_a_log_owes_what_an_act_owes() -> None:
    forge = Forge()
    forge.open_log()
    name = forge.incident(1, RIA)
    forge.open_round(name)
    for person in (SEN, TIV, ULF):
        forge.vote(name, person)
    forge.close(name)
    assert forge.replayed().names == ("act",)


def test_events_taken_out_swapped_or_of_another_log_are_named() -> None:
    forge = Forge()
    forge.open_log()
    name = forge.incident(1, RIA)
    forge.agree(name)
    forge.approve(name)
    lines = [(row.line, forge.values[row.seq]) for row in forge.rows]
    whole = [told(line, sealed) for line, sealed in lines]
    assert replay(whole).problems == []
    without = replay([one for place, one in enumerate(whole) if place != len(whole) - 6])
    assert {"seq", "chain"} <= set(without.names)
    swapped = [*whole[:-2], whole[-1], whole[-2]]
    assert {"seq", "chain"} <= set(replay(swapped).names)
    stranger = Told({**whole[-1].event, "log": "other.example/log"}, whole[-1].leaf, whole[-1].sealed)
    assert replay([*whole[:-1], stranger]).names == ("log",)
