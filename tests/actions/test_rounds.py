"""Rounds through the real actions: opened, answered, closed by the worker, abandoned."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from review import config, store
from review.actions import approvals, assignments, incidents, rounds, settlements, sources, streams, votes
from review.audit import fsck, keys
from review.models import Disclosure, Event, Job, Notice, Round, RoundClosing, Turn, session
from review.rules.errors import Forbidden, Invalid, NotFound, Refused, Stale
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


def names(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {requirement.name for requirement in refusal.value.requirements}


def turns(ref: str, kind: str) -> set[int]:
    incident = builders.row(ref).id
    return set(session.scalars(select(Turn.person_id).where(Turn.incident_id == incident, Turn.kind == kind)))


def types(ref: str) -> list[str]:
    incident = builders.row(ref).id
    return list(session.scalars(select(Event.type).where(Event.incident_id == incident).order_by(Event.iseq)))


def excluded(ref: str) -> list[int]:
    incident = builders.row(ref).id
    statement = select(Event.seq).where(Event.incident_id == incident, Event.type == "vote.excluded")
    return list(session.scalars(statement.order_by(Event.seq)))


def sealed() -> set[int]:
    return set(session.scalars(select(Disclosure.seq).where(Disclosure.sealed)))


def reopened(people: builders.Desk, ref: str) -> None:
    approvals.reopen(people.lead, ref, ground="verdict", reason="A new account.", seen=builders.row(ref).digest)


def test_a_round_opens_under_a_copy_of_the_policy_and_asks_its_reviewers(people: builders.Desk) -> None:
    policy = builders.at_once(people, required=4)
    ref, number = builders.round_opened(people)
    dossier = builders.view(ref)
    assert (number, dossier.stage, dossier.open_round.policy_seq) == (1, "grading", policy)
    assert dossier.open_round.policy.required == 4
    assert dossier.open_round.codebook == "airwars/1"
    assert dossier.open_round.evidence == dossier.evidence
    assert turns(ref, "vote") == {actor.person for actor in people.voters}
    assert session.scalars(select(Round.kind)).all() == ["first"]
    assert set(session.scalars(select(Notice.kind))) == {"vote_owed"}


def test_later_policies_do_not_touch_an_open_round(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, _number = builders.round_opened(people)
    builders.at_once(people, required=5)
    assert builders.view(ref).open_round.policy.required == 3


def test_a_round_needs_evidence_and_an_active_stream(people: builders.Desk) -> None:
    ref = builders.opened(people)
    with pytest.raises(Refused) as refusal:
        rounds.open_round(people.lead, ref)
    assert names(refusal) == {"has-evidence"}
    builders.with_sources(people, ref)
    streams.switch_stream(people.lead, people.stream, mode="log-only", reason="Nobody is free for it.")
    with pytest.raises(Refused) as refusal:
        rounds.open_round(people.lead, ref)
    assert names(refusal) == {"stream-active"}


def test_a_reviewer_opens_no_round(people: builders.Desk) -> None:
    ref = builders.with_sources(people)
    with pytest.raises(Forbidden):
        rounds.open_round(people.spare, ref)


def test_the_enterer_is_never_asked(people: builders.Desk) -> None:
    ref = builders.with_sources(people)
    with pytest.raises(Invalid) as problem:
        rounds.open_round(people.lead, ref, reviewers=[people.enterer.person])
    assert set(problem.value.problems) == {"reviewers"}
    ref, number = builders.round_opened(people, ref)
    with pytest.raises(Refused) as refusal:
        assignments.assign_reviewer(people.lead, ref, number, people.enterer.person)
    assert names(refusal) == {"eligible"}


def test_who_declared_a_conflict_is_not_asked(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    incidents.declare_conflict(people.spare, ref, ground="My cousin lives there.")
    with pytest.raises(Refused) as refusal:
        assignments.assign_reviewer(people.lead, ref, number, people.spare.person)
    assert names(refusal) == {"eligible"}


def test_nobody_outside_the_desk_is_asked(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    with pytest.raises(NotFound):
        assignments.assign_reviewer(people.lead, ref, number, people.auditor.person)
    with pytest.raises(NotFound):
        assignments.assign_reviewer(people.lead, ref, number, 4711)


def test_only_one_round_at_a_time(people: builders.Desk) -> None:
    ref, _number = builders.round_opened(people)
    with pytest.raises(Refused) as refusal:
        rounds.open_round(people.lead, ref)
    assert "no-open-round" in names(refusal)


def test_abstaining_recusing_and_releasing_are_answers_but_no_quorum(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people, reviewers=(*people.voters, people.spare, people.leads[1]))
    rounds.abstain(people.spare, ref, number, reason="I cannot read the script.")
    rounds.recuse(people.leads[1], ref, number, ground="I know the family.")
    assignments.release_reviewer(people.lead, ref, number, people.voters[2].person, reason="Away this month.")
    builders.cast(people.voters[0], ref, number)
    builders.cast(people.voters[1], ref, number)
    builders.work()
    dossier = builders.view(ref)
    assert dossier.open_round is not None
    assert turns(ref, "vote") == set()
    assignments.assign_reviewer(people.lead, ref, number, people.voters[2].person)
    builders.cast(people.voters[2], ref, number)
    builders.work()
    assert builders.view(ref).stage == "approval"


def test_abstaining_twice_is_one_answer(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    rounds.abstain(people.voters[0], ref, number, reason="I cannot read the script.")
    rounds.abstain(people.voters[0], ref, number, reason="I cannot read the script.")
    assert types(ref).count("reviewer.abstained") == 1


def test_a_vote_cancels_an_abstention_but_not_a_recusal(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    rounds.abstain(people.voters[0], ref, number, reason="Not yet.")
    builders.cast(people.voters[0], ref, number)
    rounds.recuse(people.voters[1], ref, number, ground="I know the family.")
    with pytest.raises(Refused) as refusal:
        builders.cast(people.voters[1], ref, number)
    assert names(refusal) == {"assigned"}


def test_who_holds_a_vote_withdraws_it_before_recusing(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    vote = builders.cast(people.voters[0], ref, number)
    with pytest.raises(Refused) as refusal:
        rounds.recuse(people.voters[0], ref, number, ground="I know the family.")
    assert names(refusal) == {"no-live-vote"}
    votes.withdraw_vote(people.voters[0], ref, vote, reason="I know the family.")
    rounds.recuse(people.voters[0], ref, number, ground="I know the family.")
    assert builders.view(ref).open_round.answer(builders.who(people.voters[0], ref)) == "recused"


@pytest.mark.parametrize("verb", ["abstain", "recuse", "release_reviewer", "close_round", "abandon_round", "extend_round"])
def test_an_answer_needs_its_reason(people: builders.Desk, verb: str) -> None:
    ref, number = builders.round_opened(people, reviewers=(*people.voters, people.spare))
    for actor in people.voters:
        builders.cast(actor, ref, number)
    deeds = {
        "abstain": lambda: rounds.abstain(people.spare, ref, number, reason=" "),
        "recuse": lambda: rounds.recuse(people.spare, ref, number, ground=""),
        "release_reviewer": lambda: assignments.release_reviewer(people.lead, ref, number, people.spare.person, reason=""),
        "close_round": lambda: rounds.close_round(people.lead, ref, number, reason=None),
        "abandon_round": lambda: rounds.abandon_round(people.lead, ref, number, reason=""),
        "extend_round": lambda: rounds.extend_round(people.lead, ref, number, hours=24, reason=""),
    }
    with pytest.raises(Invalid) as problem:
        deeds[verb]()
    assert set(problem.value.problems) <= {"reason", "ground"}


def test_the_worker_closes_a_round_that_owes_nothing_and_reveals_every_live_vote(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people)
    first = builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    builders.cast(people.voters[0], ref, number)
    gone = builders.cast(people.voters[1], ref, number, builders.ballot("contested"))
    votes.withdraw_vote(people.voters[1], ref, gone, reason="I mixed up two incidents.")
    builders.cast(people.voters[1], ref, number)
    builders.cast(people.voters[2], ref, number, builders.ballot("weak", 1, 2))
    builders.work()
    dossier = builders.view(ref)
    closing = session.scalars(select(RoundClosing)).one()
    assert (closing.result, closing.grade) == ("agreed", "fair")
    assert dossier.stage == "approval"
    proposal = dossier.proposal
    assert (proposal.version, proposal.grade, proposal.dossier, proposal.evidence) == (
        1, "fair", dossier.digest, dossier.evidence,
    )  # fmt: skip
    assert [dossier.vote(seq).voter for seq in proposal.minority] == [builders.who(people.voters[2], ref)]
    assert types(ref)[-5:] == ["round.closed", *["vote.revealed"] * 3, "grade.proposed"]
    sealed = set(session.scalars(select(Disclosure.seq).where(Disclosure.sealed)))
    assert sealed == {first, gone}


def test_while_a_round_is_open_everything_of_it_is_encrypted_at_rest(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    builders.cast(people.voters[0], ref, number)
    rounds.abstain(people.voters[1], ref, number, reason="I cannot read the script.")
    kinds = ("vote.committed", "reviewer.assigned", "reviewer.abstained")
    rows = session.execute(select(Disclosure.sealed).join(Event, Event.seq == Disclosure.seq).where(Event.type.in_(kinds)))
    assert {sealed for (sealed,) in rows} == {True}


def test_disputed_votes_open_a_settlement(people: builders.Desk) -> None:
    ref = builders.disputed(people)
    dossier = builders.view(ref)
    assert (dossier.stage, dossier.round.result, dossier.round.grade) == ("settlement", "disputed", None)
    assert types(ref)[-1] == "settlement.opened"
    assert turns(ref, "argue") == {actor.person for actor in people.voters}


def test_closing_is_never_part_of_the_last_vote(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people)
    builders.cast_all(people, ref, number, "fair", "fair", "fair")
    assert builders.view(ref).open_round is not None
    assert types(ref)[-1] == "vote.committed"
    assert session.scalars(select(Job.kind).where(Job.key == f"close:{ref}:{number}")).all() == ["close_round"]


def test_a_lead_closes_early_only_with_quorum_and_the_worker_does_it(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people, reviewers=(*people.voters, people.spare))
    builders.cast(people.voters[0], ref, number)
    with pytest.raises(Refused) as refusal:
        rounds.close_round(people.lead, ref, number, reason="It is urgent.")
    assert names(refusal) == {"enough-reviewers"}
    builders.cast(people.voters[1], ref, number)
    builders.cast(people.voters[2], ref, number)
    builders.work()
    assert builders.view(ref).open_round is not None
    rounds.close_round(people.lead, ref, number, reason="It is urgent.")
    assert builders.view(ref).open_round is not None
    waiting = session.scalars(select(Job).where(Job.key == f"close-asked:{ref}:{number}")).one()
    assert "urgent" not in str(waiting.payload)
    builders.work()
    closing = session.scalars(select(Event).where(Event.type == "round.closed")).one()
    assert closing.actor == "system"
    reason = session.scalars(select(Disclosure.text).where(Disclosure.seq == closing.seq, Disclosure.name == "reason")).one()
    assert "urgent" in builders.bridge.read_disclosure(reason)[1]


def test_an_abandoned_round_reveals_nothing_for_ever(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people)
    cast = builders.cast_all(people, ref, number, "fair", "weak", "fair")
    rounds.abandon_round(people.lead, ref, number, reason="The wrong incident.")
    dossier = builders.view(ref)
    assert (dossier.stage, dossier.round.result) == ("logged", "abandoned")
    assert set(session.scalars(select(Disclosure.seq).where(Disclosure.sealed))) == set(cast)
    builders.work()
    assert "vote.revealed" not in types(ref)
    closing = session.scalars(select(Event.line).where(Event.type == "round.closed")).one()
    assert b'"commits":[]' in closing
    ref, number = builders.round_opened(people, ref)
    assert (number, builders.view(ref).round.kind) == (2, "again")


def test_a_vote_of_an_earlier_round_excluded_in_one_given_up_is_told(
    people: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed while the round is open; and what an earlier version of the desk left sealed is opened by the next close."""
    ref = None
    for minded in (True, False, True):
        ref = builders.disputed(people, ref)
        earlier = builders.view(ref).live(builders.view(ref).round.number)[0].seq
        for actor in people.voters:
            settlements.argue(actor, ref, text="S1 and S2 repeat one account.")
        number = settlements.open_second_vote(people.lead, ref)
        own = builders.cast(people.voters[1], ref, number)
        votes.exclude_vote(people.lead, ref, earlier, ground="identity", reason="The account was shared.")
        votes.exclude_vote(people.lead, ref, own, ground="identity", reason="Here as well.")
        about_earlier, about_own = excluded(ref)[-2:]
        assert {own, about_earlier, about_own} <= sealed()
        with monkeypatch.context() as before:
            if not minded:
                before.setattr("review.rules.rounds.exclusions_after_their_close", lambda dossier: ())
            rounds.abandon_round(people.lead, ref, number, reason="The account was withdrawn.")
        assert {own, about_own} <= sealed()
        assert (about_earlier in sealed()) is not minded
        assert (set(excluded(ref)[0::2]) & sealed() == set()) is minded
        session.rollback()
        assert list(fsck.check(session, keys.load(config.home()), store.objects())) == []


def test_a_published_incident_whose_new_round_is_abandoned_stays_published(people: builders.Desk) -> None:
    ref = builders.published(people)
    reopened(people, ref)
    ref, number = builders.round_opened(people, ref)
    rounds.abandon_round(people.lead, ref, number, reason="The account was withdrawn.")
    assert builders.view(ref).stage == "published"


def test_a_page_of_an_earlier_round_is_stale(people: builders.Desk) -> None:
    ref, number = builders.round_opened(people)
    rounds.abandon_round(people.lead, ref, number, reason="Opened by mistake.")
    ref, _second = builders.round_opened(people, ref)
    with pytest.raises(Stale):
        builders.cast(people.voters[0], ref, number)
    with pytest.raises(NotFound):
        builders.cast(people.voters[0], ref, 9)


def test_next_gives_what_is_owed_first_then_the_oldest_round_that_needs_somebody(people: builders.Desk) -> None:
    assert assignments.take_next(people.spare) is None
    first = builders.with_sources(people)
    second = builders.opened(people, codes=("KV413",))
    sources.attach_source(people.enterer, second, draft=builders.draft(9))
    rounds.open_round(people.lead, second)
    builders.round_opened(people, first, reviewers=people.voters[:2])
    assert assignments.take_next(people.enterer) is None
    assert assignments.take_next(people.spare) == second
    assert assignments.take_next(people.spare) == second, "it is held"
    assert types(second).count("reviewer.assigned") == 0
    builders.cast(people.spare, second, 1)
    assert types(second).count("reviewer.assigned") == 1
    assert assignments.take_next(people.spare) == first
    builders.cast(people.spare, first, 1)
    assert assignments.take_next(people.spare) is None
    with pytest.raises(Forbidden):
        assignments.take_next(people.lead)


def test_a_full_round_is_nobodys_next(people: builders.Desk) -> None:
    builders.round_opened(people)
    assert assignments.take_next(people.spare) is None
