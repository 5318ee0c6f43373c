"""Votes through the real actions: sealed, replaced, withdrawn, once however often the form is posted."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import func, select

from review.actions import assignments, incidents, sources, votes
from review.models import Disclosure, Event, Vote, session
from review.rules.errors import Forbidden, Invalid, NotFound, Refused, Stale
from review.rules.facts import Casualties, Range
from tests import builders


@pytest.fixture
def people(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def grading(people: builders.Desk) -> tuple[str, int]:
    return builders.round_opened(people)


def names(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {requirement.name for requirement in refusal.value.requirements}


def events(kind: str) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.type == kind).order_by(Event.seq)))


def test_a_vote_is_sealed_and_pins_the_evidence(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    seq = builders.cast(people.voters[0], ref, number)
    vote = builders.view(ref).vote(seq)
    assert (vote.voter, vote.state, vote.evidence) == (builders.who(people.voters[0], ref), "live", builders.row(ref).evidence)
    assert (vote.ballot.grade, vote.ballot.departs) == ("fair", None)
    (event,) = events("vote.committed")
    body = json.loads(event.line)
    assert body["body"] == {"evidence": vote.evidence, "replaces": None, "round": 1}
    assert len(body["sd"]) == 7
    hidden = session.scalars(select(Disclosure.text).where(Disclosure.seq == seq))
    assert not any("fair" in str(text) for text in hidden)


def test_a_later_vote_replaces_the_earlier_one(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    first = builders.cast(people.voters[0], ref, number, builders.ballot("weak"))
    second = builders.cast(people.voters[0], ref, number)
    dossier = builders.view(ref)
    assert (dossier.vote(first).state, dossier.vote(second).state) == ("replaced", "live")
    assert session.get(Vote, second).replaces == first


def test_the_same_form_posted_twice_is_one_vote(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    first = builders.cast(people.voters[0], ref, number)
    assert builders.cast(people.voters[0], ref, number) == first
    assert len(events("vote.committed")) == 1


def test_standing_by_a_vote_on_new_evidence_is_a_new_vote(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    first = builders.cast(people.voters[0], ref, number)
    sources.attach_source(people.spare, ref, draft=builders.draft(7))
    assert builders.cast(people.voters[0], ref, number) != first
    assert builders.view(ref).vote(first).state == "replaced"


def test_an_old_page_is_refused_with_what_changed(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    seen = builders.row(ref).evidence
    sources.attach_source(people.spare, ref, draft=builders.draft(7))
    with pytest.raises(Stale) as stale:
        votes.cast_vote(people.voters[0], ref, number, ballot=builders.ballot(), seen=seen)
    assert [mark.type for mark in stale.value.changed] == ["source.attached"]
    for not_this_page in (f"{seen}:{number}", "", None):
        with pytest.raises(Stale):
            votes.cast_vote(people.voters[0], ref, number, ballot=builders.ballot(), seen=not_this_page)
    fresh = f"{builders.row(ref).evidence}:{number}"
    assert votes.cast_vote(people.voters[0], ref, number, ballot=builders.ballot(), seen=fresh)


def test_anothers_sealed_vote_makes_no_page_stale(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    seen = builders.row(ref).evidence
    builders.cast(people.voters[0], ref, number)
    assert votes.cast_vote(people.voters[1], ref, number, ballot=builders.ballot(), seen=seen)


def test_only_who_was_asked_votes(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    with pytest.raises(Refused) as refusal:
        builders.cast(people.spare, ref, number)
    assert names(refusal) == {"assigned"}
    with pytest.raises(Refused) as refusal:
        builders.cast(people.enterer, ref, number)
    assert "not-entered" in names(refusal)
    for actor in (people.admin, people.auditor):
        with pytest.raises(Forbidden):
            builders.cast(actor, ref, number)


def test_a_conflict_declared_late_bars_the_vote(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    incidents.declare_conflict(people.voters[0], ref, ground="My cousin lives there.")
    with pytest.raises(Refused) as refusal:
        builders.cast(people.voters[0], ref, number)
    assert names(refusal) == {"no-conflict"}


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"grade": "no_consensus"}, {"grade"}),
        ({"grade": "established"}, {"grade"}),
        ({"rationale": "  "}, {"rationale"}),
        ({"sources": ()}, {"sources"}),
        ({"sources": (9,)}, {"sources"}),
        ({"casualties": Casualties(Range(5, 3))}, {"killed"}),
        ({"casualties": Casualties(Range(), Range(-1, 2))}, {"injured"}),
        ({"grade": "weak", "departs": None}, {"departs"}),
    ],
)
def test_a_ballot_is_taken_whole_or_not_at_all(
    people: builders.Desk, grading: tuple[str, int], changes: dict[str, object], fields: set[str]
) -> None:
    ref, number = grading
    given = {"grade": "fair", **changes}
    with pytest.raises(Invalid) as problem:
        builders.cast(people.voters[0], ref, number, builders.ballot(**given))
    assert set(problem.value.problems) == fields
    assert session.scalar(select(func.count()).select_from(Vote)) == 0


def test_a_vote_is_withdrawn_by_its_owner_until_the_close(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    own = builders.cast(people.voters[0], ref, number)
    other = builders.cast(people.voters[1], ref, number)
    with pytest.raises(NotFound):
        votes.withdraw_vote(people.voters[0], ref, other, reason="Not mine.")
    votes.withdraw_vote(people.voters[0], ref, own, reason="I mixed up two incidents.")
    dossier = builders.view(ref)
    assert dossier.vote(own).state == "withdrawn"
    assert dossier.open_round.answer(builders.who(people.voters[0], ref)) == "assigned"
    again = builders.cast(people.voters[0], ref, number)
    assert session.get(Vote, again).replaces is None


def test_after_the_close_nothing_is_cast_or_withdrawn(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    vote = builders.view(ref).live(1)[0]
    owner = next(actor for actor in people.voters if builders.who(actor, ref) == vote.voter)
    with pytest.raises(Refused) as refusal:
        votes.withdraw_vote(owner, ref, vote.seq, reason="Too late.")
    assert "round-open" in names(refusal)
    with pytest.raises(Refused):
        builders.cast(owner, ref, 1)


def test_a_refused_vote_leaves_a_trace_once_a_day(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    for _try in range(2):
        with pytest.raises(Refused):
            builders.cast(people.spare, ref, number)
    (trace,) = events("attempt.refused")
    assert json.loads(trace.line)["body"] == {"requirements": ["assigned"], "verb": "cast_vote"}


def leaves(people: builders.Desk, ref: str, number: int, given: object) -> dict[str, object]:
    seq = builders.cast(people.voters[0], ref, number, given)
    return json.loads(session.get(Event, seq).line)


def test_the_most_different_votes_differ_only_in_digests_and_hashes(people: builders.Desk) -> None:
    plain = builders.ballot("fair", 0, 0, rationale="x", sources=(1,), departs=None)
    wild = builders.ballot(
        "discounted", 999_999, 1_000_000, rationale="ع" * 7_999, sources=(1, 2), departs="Nothing fits. " * 400
    )
    first, number = builders.round_opened(people)
    second, _number = builders.round_opened(people, builders.with_sources(people, builders.opened(people)))
    one, other = leaves(people, first, number, plain), leaves(people, second, number, wild)
    assert set(one) == set(other)
    assert {key for key in one if one[key] != other[key]} == {"actor", "body", "incident", "iseq", "prev", "sd", "seq"} - {"iseq"}
    assert {key for key in one["body"] if one["body"][key] != other["body"][key]} == {"evidence"}
    assert [len(digest) for digest in one["sd"]] == [len(digest) for digest in other["sd"]] == [43] * 7


def test_in_one_chain_a_replaced_vote_of_any_grade_looks_the_same(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    one = leaves(people, ref, number, builders.ballot("fair"))
    other = leaves(people, ref, number, builders.ballot("discounted", 0, 900_000, rationale="A long one. " * 500))
    assert {key for key in one if one[key] != other[key]} == {"body", "iseq", "prev", "sd", "seq"}
    assert {key for key in one["body"] if one["body"][key] != other["body"][key]} == {"replaces"}


def test_what_a_vote_says_stands_in_no_other_table(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    canary = "kestrel-over-the-silo"
    builders.cast(people.voters[0], ref, number, builders.ballot("weak", rationale=canary, departs=canary))
    from review.models import Base

    for table in Base.metadata.sorted_tables:
        for row in session.execute(select(table)):
            assert canary not in str(tuple(row)), table.name


def test_a_released_reviewer_keeps_no_right_to_vote(people: builders.Desk, grading: tuple[str, int]) -> None:
    ref, number = grading
    assignments.release_reviewer(people.lead, ref, number, people.voters[0].person, reason="Away.")
    with pytest.raises(Refused) as refusal:
        builders.cast(people.voters[0], ref, number)
    assert names(refusal) == {"assigned"}


def test_a_vote_excluded_after_the_close_takes_a_result_with_it_that_it_bore(people: builders.Desk) -> None:
    ref = builders.agreed(people)
    (minority,) = builders.view(ref).proposal.minority
    with pytest.raises(Invalid) as problem:
        votes.exclude_vote(people.lead, ref, minority, ground="dislike", reason="No.")
    assert set(problem.value.problems) == {"ground"}
    votes.exclude_vote(people.lead, ref, minority, ground="conflict", reason="A cousin of the mayor.")
    dossier = builders.view(ref)
    assert dossier.vote(minority).state == "excluded"
    assert (dossier.stage, dossier.needs_round, dossier.proposal) == ("grading", True, None)
    with pytest.raises(Refused):
        votes.exclude_vote(people.lead, ref, minority, ground="conflict", reason="Again.")


def test_a_result_that_stands_without_the_excluded_vote_is_proposed_anew(people: builders.Desk) -> None:
    builders.at_once(people)
    ref, number = builders.round_opened(people, reviewers=(*people.voters, people.spare))
    cast = builders.cast_all(people, ref, number, "fair", "fair", "weak")
    builders.cast(people.spare, ref, number)
    builders.work()
    votes.exclude_vote(people.lead, ref, cast[2], ground="identity", reason="The account was shared.")
    dossier = builders.view(ref)
    assert (dossier.stage, dossier.proposal.grade, dossier.proposal.minority) == ("approval", "fair", ())
    assert dossier.proposal.dossier == dossier.digest


def test_a_published_version_that_loses_a_vote_it_needs_is_checked_again(people: builders.Desk) -> None:
    ref = builders.published(people)
    vote = builders.view(ref).live(1)[0].seq
    votes.exclude_vote(people.lead, ref, vote, ground="identity", reason="The account was shared.")
    row = builders.row(ref)
    assert (row.stage, row.grade, row.recheck) == ("published", "fair", True)
