"""Many at once, and a writer that dies: one approval, no gap, nothing lost that was acknowledged."""

from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from review import config, store
from review.actions import approvals, assignments
from review.audit import fsck, keys
from review.models import Approval, Event, LogHead, Vote, session
from review.rules.errors import Refused, Stale
from tests import builders, newborn
from tests.test_architecture import ROOT

# Each point is how many statements (or commits) the writer is let through before it is killed.
SEED = 20310314
POINTS = tuple(random.Random(SEED).sample(range(5, 140), 5))


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def at_once(app: Flask, deeds: Sequence[Callable[[], object]]) -> list[object]:
    """Do all of these in threads of their own, let go together; each answers its result or its exception."""
    session.rollback()
    start = threading.Barrier(len(deeds))
    answers: list[object] = [None] * len(deeds)

    def do(place: int, deed: Callable[[], object]) -> None:
        with app.app_context():
            start.wait(30)
            try:
                answers[place] = deed()
            except Exception as error:
                answers[place] = error
            finally:
                session.remove()

    threads = [threading.Thread(target=do, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return answers


def assert_whole() -> None:
    """No gap, one tree, every chain and every projection as the events say."""
    session.rollback()
    seqs = list(session.scalars(select(Event.seq).order_by(Event.seq)))
    assert seqs == list(range(len(seqs)))
    assert session.scalar(select(LogHead.size)) == len(seqs)
    objects = store.Store((config.home() / "objects").as_uri())
    assert list(fsck.check(session, keys.load(config.home()), objects)) == []


def test_twenty_voters_at_once(people: builders.Desk) -> None:
    crowd = tuple(builders.add(people.admin, f"Voter {number:02}", "reviewer") for number in range(20))
    ref, number = builders.round_opened(people, reviewers=crowd)
    seen = builders.row(ref).evidence

    def vote(actor: builders.Actor) -> Callable[[], int]:
        return lambda: builders.votes.cast_vote(actor, ref, number, ballot=builders.ballot(), seen=seen)

    answers = at_once(people.app, [vote(actor) for actor in crowd])
    assert [answer for answer in answers if not isinstance(answer, int)] == []
    assert len(set(answers)) == 20
    assert len(builders.view(ref).live(number)) == 20
    assert_whole()


def test_the_same_form_twice_at_once_is_one_vote(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    seen = builders.row(ref).evidence
    actor = people.voters[0]

    def vote() -> int:
        return builders.votes.cast_vote(actor, ref, number, ballot=builders.ballot(), seen=seen)

    answers = at_once(people.app, [vote] * 4)
    assert len(set(answers)) == 1, answers
    assert session.scalar(select(func.count()).select_from(Vote)) == 1


def test_votes_on_different_incidents_share_one_log(people: builders.Desk) -> None:
    refs = [builders.opened(people, codes=(f"KV{number}",)) for number in range(6)]
    for ref in refs:
        builders.with_sources(people, ref)
        builders.round_opened(people, ref)

    def vote(ref: str, actor: builders.Actor) -> Callable[[], int]:
        seen = builders.row(ref).evidence
        return lambda: builders.votes.cast_vote(actor, ref, 1, ballot=builders.ballot(), seen=seen)

    answers = at_once(people.app, [vote(ref, actor) for ref in refs for actor in people.voters])
    assert [answer for answer in answers if not isinstance(answer, int)] == []
    assert_whole()


def two_leads(people: builders.Desk, times: int) -> None:
    for _time in range(times):
        ref = builders.agreed(people)
        seen = builders.row(ref).digest

        def approve(actor: builders.Actor, ref: str = ref, seen: str = seen) -> Callable[[], int]:
            return lambda: approvals.approve(actor, ref, reason="Every guard is met.", seen=seen)

        answers = at_once(people.app, [approve(lead) for lead in people.leads])
        assert sorted(isinstance(answer, int) for answer in answers) == [False, True], answers
        assert next(type(answer) for answer in answers if not isinstance(answer, int)) in (Refused, Stale)
        incident = builders.row(ref).id
        approved = select(func.count()).select_from(Approval).where(Approval.incident_id == incident)
        assert session.scalar(approved) == 1
        assert builders.view(ref).stage == "published"


def test_two_leads_at_once_make_one_approval(people: builders.Desk) -> None:
    two_leads(people, 3)
    assert_whole()


@pytest.mark.soak
def test_two_leads_at_once_make_one_approval_200_times(people: builders.Desk) -> None:
    two_leads(people, 200)
    assert_whole()


def test_the_last_place_of_a_round_is_taken_once(people: builders.Desk) -> None:
    ref, _number = builders.round_opened(people, reviewers=people.voters[:2])
    late = [builders.add(people.admin, f"Late {name}", "reviewer") for name in ("Aino", "Bram", "Cleo")]
    answers = at_once(people.app, [lambda actor=actor: assignments.take_next(actor) for actor in late])
    assert sorted(answers, key=str) == [None, None, ref], answers


# --- a writer that dies ------------------------------------------------------------------------------------

WRITER = '''
import json, os, signal, sys
from review import create_app
from review.actions import votes
from review.extensions import db
from review.models import Incident, session
from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Range
from review.rules.permissions import Actor
from sqlalchemy import select
from tests.killing import at_every_statement

about = json.loads(sys.argv[1])
left = about["statements"]

def step(*_given):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)

with create_app().app_context():
    seen = session.scalars(select(Incident.evidence).where(Incident.name == about["ref"])).one()
    at_every_statement(db.engine, step)
    people = [Actor(person, "reviewer", "") for person in about["people"]]
    for turn in range(1000):
        for actor in people:
            ballot = Ballot("fair", Casualties(Range(turn, turn + 1), Range()), "Again.", (1,), None)
            seq = votes.cast_vote(actor, about["ref"], 1, ballot=ballot, seen=seen)
            print(json.dumps([seq, turn]), flush=True)
'''


def killed_after(statements: int, people: builders.Desk, ref: str, environment: dict[str, str]) -> list[list[int]]:
    """What a writer acknowledged before it was killed with SIGKILL at this point."""
    about = {"statements": statements, "ref": ref, "people": [actor.person for actor in people.voters]}
    command = [sys.executable, "-c", WRITER, json.dumps(about)]
    done = newborn.run(command, cwd=ROOT, env={**os.environ, **environment})
    assert done.returncode == -9, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def dies(people: builders.Desk, environment: dict[str, str], points: Sequence[int]) -> None:
    ref, number = builders.round_opened(people)
    for statements in points:
        acknowledged = killed_after(statements, people, ref, environment)
        dossier = builders.view(ref)
        for seq, turn in acknowledged:
            vote = dossier.vote(seq)
            assert vote is not None, f"vote {seq} was acknowledged and is lost"
            assert vote.ballot.casualties.killed.minimum == turn
        assert_whole()
    # The desk goes on where the writer died.
    builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    assert_whole()


def test_a_killed_writer_loses_nothing_that_it_acknowledged(
    people: builders.Desk, database: dict[str, str], home: Path
) -> None:
    dies(people, {**database, "ASSAY_HOME": str(home)}, POINTS)


@pytest.mark.soak
@pytest.mark.parametrize("part", range(4))
def test_a_writer_killed_200_times_between_any_two_statements(
    people: builders.Desk, database: dict[str, str], home: Path, part: int
) -> None:
    dies(people, {**database, "ASSAY_HOME": str(home)}, range(1 + 50 * part, 51 + 50 * part))
