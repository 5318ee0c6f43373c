"""Random histories of one incident, legal and illegal, through the real actions: at every step stored == replayed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from review import clock, config, store
from review.actions import (
    approvals,
    assignments,
    incidents,
    overrides,
    positions,
    rechecks,
    rounds,
    settlements,
    sources,
    votes,
)
from review.audit import fsck, keys
from review.models import Event, session
from review.rules.dossier import Dossier
from review.rules.errors import DomainError
from review.rules.facts import Casualties, Range
from review.rules.permissions import Actor
from tests import builders
from tests.actions.comparing import every_version_met_its_guards, stored_equals_replayed
from tests.audit import whole

GRADES = ("fair", "fair", "weak", "confirmed", "discounted")


class OneIncident(RuleBasedStateMachine):
    """An incident in the hands of a desk that tries everything."""

    desk: builders.Desk

    def __init__(self) -> None:
        super().__init__()
        self.ref = builders.with_sources(self.desk)
        self.attached = 2
        self.tried = self.dossier()

    def dossier(self) -> Dossier:
        return builders.view(self.ref)

    @property
    def now(self) -> Dossier:
        return self.tried

    def attempt(self, deed: Callable[[], object]) -> None:
        """Done, or refused with nothing changed but a trace of the attempt."""
        before = self.tried
        try:
            deed()
        except DomainError:
            after = self.dossier()
            assert (after.digest, after.stage, after.votes) == (before.digest, before.stage, before.votes)
            assert after.size - before.size in (0, 1)
        self.tried = self.dossier()

    @property
    def seen(self) -> str:
        return builders.row(self.ref).digest

    @property
    def number(self) -> int:
        return self.now.round.number if self.now.round else 1

    # the record

    @rule(what=st.sampled_from(["attach", "echo", "withdraw", "describe", "position"]), who=st.integers(0, 4), n=st.integers(1, 4))
    def evidence(self, what: str, who: int, n: int) -> None:
        actor, ref = self.desk.reviewers[who], self.ref
        self.attached += what in ("attach", "echo")
        draft = builders.draft(self.attached, origin=1 if what == "echo" else None)
        facts = builders.facts(date=f"2031-03-1{n}")
        deeds = {
            "attach": lambda: sources.attach_source(actor, ref, draft=draft),
            "echo": lambda: sources.attach_source(actor, ref, draft=draft),
            "withdraw": lambda: sources.withdraw_source(actor, ref, n + 1, reason="Wrong incident."),
            "describe": lambda: incidents.describe_incident(actor, ref, facts=facts, reason="A slip."),
            "position": lambda: positions.record_position(
                self.desk.lead, ref, party=builders.PARTY, position=("open", "credible", "non_credible", "open")[n - 1]
            ),
        }
        self.attempt(deeds[what])

    @rule(who=st.sampled_from([0, 4]), really=st.integers(0, 5))
    def conflict(self, who: int, really: int) -> None:
        verb = incidents.declare_conflict if really == 0 else incidents.lift_conflict
        self.attempt(lambda: verb(self.desk.reviewers[who], self.ref, ground="My cousin."))

    # rounds

    def open_a_round(self) -> None:
        asked = [actor.person for actor in self.desk.voters]
        self.attempt(lambda: rounds.open_round(self.desk.lead, self.ref, reviewers=asked))

    def cast(self, who: int, grade: str, low: int) -> None:
        given = builders.ballot(grade, low, low + 3)
        self.attempt(lambda: builders.cast(self.desk.reviewers[who], self.ref, self.number, given))

    @rule(grades=st.tuples(*[st.sampled_from(GRADES)] * 3), works=st.integers(0, 2))
    def everybody_votes(self, grades: tuple[str, ...], works: int) -> None:
        if self.now.open_round is None:
            self.open_a_round()
        for who, grade in enumerate(grades):
            self.cast(who, grade, 2)
        if works:
            self.attempt(builders.work)

    @precondition(lambda self: self.now.stage in ("logged", "grading"))
    @rule(grade=st.sampled_from(GRADES), late=st.sampled_from([None, None, 0, 4]))
    def all_the_way(self, grade: str, late: int | None) -> None:
        """What a quiet week looks like: three alike, closed by the worker, approved; or a source comes late."""
        self.everybody_votes_alike(grade)
        self.attempt(builders.work)
        if late is None:
            self.approved_by(self.desk.lead, self.seen)
        else:
            self.the_dossier_moves_by(self.desk.reviewers[late])

    def everybody_votes_alike(self, grade: str) -> None:
        if self.now.open_round is None:
            self.open_a_round()
        for who in range(3):
            self.cast(who, grade, 2)

    def approved_by(self, lead: Actor, seen: str) -> None:
        reason = "It holds, S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 included."
        self.attempt(lambda: approvals.approve(lead, self.ref, reason=reason, seen=seen))

    @precondition(lambda self: self.now.open_round is not None)
    @rule(who=st.integers(0, 4), grade=st.sampled_from(GRADES), low=st.integers(0, 5))
    def vote(self, who: int, grade: str, low: int) -> None:
        self.cast(who, grade, low)

    @rule(who=st.integers(0, 4), what=st.sampled_from(["assign", "release", "abstain", "recuse"]))
    def answer(self, who: int, what: str) -> None:
        actor, ref, number = self.desk.reviewers[who], self.ref, self.number
        deeds = {
            "assign": lambda: assignments.assign_reviewer(self.desk.lead, ref, number, actor.person),
            "release": lambda: assignments.release_reviewer(self.desk.lead, ref, number, actor.person, reason="Away."),
            "abstain": lambda: rounds.abstain(actor, ref, number, reason="I cannot."),
            "recuse": lambda: rounds.recuse(actor, ref, number, ground="I cannot."),
        }
        self.attempt(deeds[what])

    @precondition(lambda self: self.now.votes)
    @rule(data=st.data(), who=st.integers(0, 2), excluded=st.booleans())
    def take_a_vote_out(self, data: st.DataObject, who: int, excluded: bool) -> None:
        vote = data.draw(st.sampled_from([vote.seq for vote in self.now.votes]))
        if excluded:
            self.attempt(lambda: votes.exclude_vote(self.desk.lead, self.ref, vote, ground="identity", reason="Shared."))
        else:
            self.attempt(lambda: votes.withdraw_vote(self.desk.reviewers[who], self.ref, vote, reason="Not sure."))

    @rule(really=st.integers(0, 3))
    def end(self, really: int) -> None:
        verb = rounds.close_round if really else rounds.abandon_round
        self.attempt(lambda: verb(self.desk.lead, self.ref, self.number, reason="It is urgent."))

    @rule()
    def work(self) -> None:
        self.attempt(builders.work)

    # settlement

    @precondition(lambda self: self.now.stage == "settlement")
    @rule(who=st.integers(0, 4))
    def argue(self, who: int) -> None:
        self.attempt(lambda: settlements.argue(self.desk.reviewers[who], self.ref, text="S1 says otherwise."))

    @precondition(lambda self: self.now.stage == "settlement")
    @rule(grades=st.tuples(*[st.sampled_from(GRADES)] * 3))
    def second_vote(self, grades: tuple[str, ...]) -> None:
        self.attempt(lambda: settlements.open_second_vote(self.desk.lead, self.ref))
        for who, grade in enumerate(grades):
            self.cast(who, grade, 1)
        self.attempt(builders.work)

    @precondition(lambda self: self.now.stage == "settlement")
    @rule(
        who=st.sampled_from([0, 3, 4, 5]),
        by=st.sampled_from([0, 4, 5]),
        grade=st.sampled_from(("fair", "discounted", "no_consensus")),
    )
    def settle(self, who: int, by: int, grade: str) -> None:
        everybody = (*self.desk.reviewers, self.desk.leads[1])
        self.attempt(lambda: settlements.appoint_settler(self.desk.lead, self.ref, everybody[who].person))
        if self.now.settlement is None:
            return
        said = {argument.seq: "Heard." for argument in self.now.settlement.arguments}
        for actor in (everybody[by], everybody[who]):
            self.attempt(
                lambda actor=actor: settlements.settle(
                    actor, self.ref, grade=grade, rationale="It stands.", replies=said, seen=self.seen
                )
            )

    # the grade

    @precondition(lambda self: self.now.proposal is not None and self.now.proposal.minority)
    @rule(data=st.data(), who=st.integers(0, 2))
    def dissent(self, data: st.DataObject, who: int) -> None:
        vote = data.draw(st.sampled_from(self.now.proposal.minority))
        self.attempt(lambda: settlements.dissent(self.desk.reviewers[who], self.ref, vote, text="It was empty."))

    @precondition(lambda self: self.now.stage == "approval")
    @rule(who=st.integers(0, 4))
    def the_dossier_moves(self, who: int) -> None:
        self.the_dossier_moves_by(self.desk.reviewers[who])

    def the_dossier_moves_by(self, actor: Actor) -> None:
        """A source of a new origin while a proposal stands: it falls, and is made anew where the result holds."""
        self.attached += 1
        draft = builders.draft(self.attached)
        self.attempt(lambda: sources.attach_source(actor, self.ref, draft=draft))

    @precondition(lambda self: self.now.stage in ("approval", "published"))
    @rule(lead=st.integers(0, 1), stale=st.sampled_from([False, False, True]))
    def approve(self, lead: int, stale: bool) -> None:
        self.approved_by(self.desk.leads[lead], self.now.evidence if stale else self.seen)

    @precondition(lambda self: self.now.stage == "approval")
    @rule(to=st.sampled_from(["round", "settlement"]))
    def give_back(self, to: str) -> None:
        self.give_back_to(to)

    @precondition(lambda self: self.now.stage == "approval")
    @rule(lead=st.integers(0, 1), second=st.integers(0, 1), grade=st.sampled_from(GRADES))
    def another_grade(self, lead: int, second: int, grade: str) -> None:
        """Asked for by one lead and seconded by the same one, which is refused, or by the other."""
        low = Casualties(Range(3, 3))
        self.attempt(
            lambda: overrides.override(
                self.desk.leads[lead], self.ref, grade=grade, casualties=low, reason="An echo.", seen=self.seen
            )
        )
        self.attempt(
            lambda: overrides.second_override(self.desk.leads[second], self.ref, reason="So it is.", seen=self.seen)
        )
        self.approved_by(self.desk.leads[lead], self.seen)

    @precondition(lambda self: self.now.stage == "approval")
    @rule(back=st.booleans())
    def approve_for_a_later_day(self, back: bool) -> None:
        tomorrow = clock.day(clock.now() + timedelta(days=1))
        reason = "It holds, S1 S2 S3 S4 S5 S6 S7 S8 S9 S10 S11 S12 S13 S14 S15 included."
        self.attempt(
            lambda: approvals.approve(self.desk.lead, self.ref, reason=reason, seen=self.seen, not_before=tomorrow)
        )
        if back:
            self.give_back_to("round")

    def give_back_to(self, to: str) -> None:
        self.attempt(lambda: approvals.return_grade(self.desk.lead, self.ref, to=to, reason="S2.", seen=self.seen))

    @precondition(lambda self: self.now.stage == "published")
    @rule(confirmed=st.booleans())
    def check_again(self, confirmed: bool) -> None:
        self.attempt(lambda: rechecks.open_recheck(self.desk.lead, self.ref, reason="A reader wrote.", seen=self.seen))
        if confirmed:
            self.attempt(
                lambda: rechecks.confirm_recheck(self.desk.lead, self.ref, reason="It holds.", seen=self.seen)
            )

    @precondition(lambda self: self.now.stage == "settlement")
    @rule()
    def end_the_settlement(self) -> None:
        self.attempt(lambda: settlements.abandon_settlement(self.desk.lead, self.ref, reason="Too few."))

    @precondition(lambda self: self.now.stage == "published")
    @rule()
    def reopen(self) -> None:
        self.attempt(lambda: approvals.reopen(self.desk.lead, self.ref, ground="verdict", reason="New.", seen=self.seen))

    @invariant()
    def stored_is_replayed(self) -> None:
        stored_equals_replayed(self.ref, self.tried)

    @invariant()
    def guards_were_met(self) -> None:
        every_version_met_its_guards(self.tried)


@pytest.fixture
def walked(tmp_path: Path, sqlite_template: Path) -> Iterator[Flask]:
    """The walk is long and the same on both engines, so it is taken on the faster one."""
    with whole.sqlite_desk(tmp_path / "home", sqlite_template) as app:
        yield app


def walk(app: Flask, folder: Path, runs: int, steps: int, part: int) -> set[str]:
    """The types of event that so many runs reached; at each of their steps the invariants held."""
    desk = builders.desk(app)
    builders.at_once(desk)
    machine = seed(part)(type("OneIncident", (OneIncident,), {"desk": desk}))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate], print_blob=False,
        ),
    )  # fmt: skip
    assert list(fsck.check(session, keys.load(config.home()), store.objects())) == []
    said = whole.checked(whole.bundle(whole.signed()), folder, whole.vkey())
    assert said.returncode == 0, said.stdout[-4000:]
    return set(session.scalars(select(Event.type).distinct()))


WANTED = {
    "grade.published", "settlement.closed", "vote.excluded", "proposal.voided", "grade.reopened",
    "override.seconded", "recheck.opened", "recheck.closed",
}  # fmt: skip


@pytest.mark.timeout(900)
def test_at_every_step_what_is_stored_is_what_the_events_amount_to(walked: Flask, tmp_path: Path) -> None:
    assert walk(walked, tmp_path, 50, 30, part=0) >= WANTED, "the walk is too tame"


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("part", range(1, 21))
def test_a_long_walk(walked: Flask, tmp_path: Path, part: int) -> None:
    """A thousand runs in twenty parts, so that a soak that was stopped goes on where it stood."""
    assert "grade.published" in walk(walked, tmp_path, 50, 60, part)
