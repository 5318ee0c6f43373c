"""Merge and split through the real actions: what is carried along, who may then not approve, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from review.actions import exits, rounds, sources
from review.models import Notice, session
from review.models.refs import find_incident
from review.queries import determinations, public
from review.queries.incidents import Filters, incident_list, incident_page
from review.rules import assignment
from review.rules.errors import Invalid, NotFound, Refused
from review.rules.facts import Facts
from review.rules.merging import Part
from tests import builders
from tests.actions.test_exits import SAME, checked, incident, part, the_claims, types
from tests.builders import Desk

# --- merge A into B ----------------------------------------------------------------------------------------


def test_merge_a_into_b(team: Desk, tmp_path: Path) -> None:
    """A is readable and redirects, its votes do not count for B, B gets a new round, nothing moves between rounds."""
    one, other = builders.agreed(team, incident(team, "KV100")), incident(team, "KV200", first=2)
    builders.agreed(team, other)
    votes = builders.view(other).votes
    claim = the_claims(one)
    exits.merge_incident(team.lead, one, into=other, claims=claim, sources=(1, 2), reason=SAME)

    left, stays = builders.view(one), builders.view(other)
    assert (left.stage, left.passage.into, left.passage.reason) == ("merged", other, SAME)
    assert stays.stage == "grading"
    assert stays.needs_round
    assert [vote.seq for vote in stays.votes] == [vote.seq for vote in votes]
    assert len(stays.rounds) == 1
    assert "proposal.voided" in types(other)
    assert claim[0] in the_claims(other)
    assert the_claims(one) == []
    assert [source.url for source in stays.attached] == [builders.draft(number).url for number in (2, 3, 1)]
    assert incident_page(team.spare, one).exits.into.ref == "KV200"
    assert [linked.ref for linked in incident_page(team.spare, other).exits.absorbed] == ["KV100"]
    checked(team, tmp_path)


@pytest.mark.parametrize("told", [True, False])
def test_a_code_of_what_was_merged_leads_to_the_other(team: Desk, told: bool) -> None:
    """The desk knows every code; the public only one that a version of what was merged had told."""
    one, other = builders.agreed(team, incident(team, "KV100")), builders.agreed(team, incident(team, "KV200", first=5))
    for ref in (one, other) if told else (other,):
        builders.approved(team, ref)
    exits.merge_incident(team.lead, one, into="KV200", reason=SAME)
    assert [row.ref for row in incident_list(team.spare, Filters(q="kv100")).rows] == ["KV200", "KV100"]
    assert [row.ref for row in public.list_page(q="KV100").rows] == (["KV200"] if told else [])
    assert leads_to("KV100") == ("KV200" if told else "nowhere")
    assert leads_to("KV200") is None


def leads_to(ref: str) -> str | None:
    """Where the public is led on to from an address."""
    try:
        return determinations.successor(ref)
    except NotFound:
        return "nowhere"


def test_a_code_that_both_have_is_the_others_alone_once_they_are_merged(team: Desk) -> None:
    one, other = incident(team, "KV100"), incident(team, "KV100", first=5)
    with pytest.raises(NotFound):
        find_incident(session, "KV100")
    exits.merge_incident(team.lead, one, into=other, reason=SAME)
    assert find_incident(session, "KV100") == builders.row(other).id


def test_a_merge_into_a_published_incident_opens_a_recheck_in_the_act(team: Desk, tmp_path: Path) -> None:
    one, other = incident(team, "KV100"), builders.published(team)
    exits.merge_incident(team.lead, one, into=other, sources=(1,), reason=SAME)
    stays = builders.view(other)
    assert (stays.stage, stays.recheck) == ("published", True)
    assert types(other)[types(other).index("incident.absorbed") + 1] == "recheck.opened"
    about = select(Notice.kind).where(Notice.person_id == team.leads[1].person, Notice.incident_id == builders.row(other).id)
    assert {"recheck_opened", "absorbed"} <= set(session.scalars(about))
    checked(team, tmp_path)


def test_a_source_that_both_have_is_attached_once_and_an_echo_stays_an_echo(team: Desk) -> None:
    one, other = incident(team, "KV100", count=3), incident(team, "KV200", first=2, count=1)
    sources.group_sources(team.enterer, one, origin=2, sources=[2, 3], reason="The same words.")
    exits.merge_incident(team.lead, one, into=other, sources=(1, 2, 3), reason=SAME)
    # S2 of A is S1 of B already; S3 of A repeats it there too; S1 of A is a new origin.
    found = {source.number: (source.url, source.origin) for source in builders.view(other).attached}
    assert found == {
        1: (builders.draft(2).url, 1),
        2: (builders.draft(1).url, 2),
        3: (builders.draft(3).url, 1),
    }


def involved_in_a(team: Desk) -> tuple[str, str]:
    """A was entered by a reviewer, voted on and settled; B by somebody else, and nobody of A has acted there."""
    one = builders.settled(team)
    by_a_lead = replace(team, reviewers=(*team.reviewers[:3], team.leads[1], team.spare))
    return one, builders.with_sources(by_a_lead, builders.opened(by_a_lead, codes=("KV200",)))


@pytest.mark.parametrize(
    ("part", "who", "votes", "settles", "approves"),
    [
        ("entered", lambda team: team.enterer, False, False, False),
        ("voted", lambda team: team.voters[0], True, False, False),
        ("settled", lambda team: team.spare, False, False, False),
        ("no part", lambda team: team.leads[0], True, True, True),
    ],
)
def test_merging_carries_involvement_along(
    team: Desk, part: str, who: Callable[[Desk], object], votes: bool, settles: bool, approves: bool
) -> None:
    one, other = involved_in_a(team)
    before = builders.view(other)
    exits.merge_incident(team.lead, one, into=other, reason=SAME)
    builders.round_opened(team, other, reviewers=())
    after, name = builders.view(other), builders.who(who(team), other)
    assert (assignment.eligible(after, name), assignment.may_settle(after, name), assignment.may_approve(after, name)) == (
        votes, settles, approves,
    )  # fmt: skip
    assert assignment.may_approve(before, name) is (name not in before.entered)


def test_who_took_part_in_a_cannot_approve_b_and_is_told_why(team: Desk) -> None:
    lead = team.leads[1]
    one = builders.with_sources(team)
    rounds.open_round(team.lead, one, reviewers=[lead.person or 0])
    builders.cast(lead, one, 1)
    other = builders.agreed(team, incident(team, "KV200", first=5))
    exits.merge_incident(team.lead, one, into=other, reason=SAME)
    builders.closed(team, "fair", "fair", "fair", ref=other)
    with pytest.raises(Refused) as refusal:
        builders.approved(team, other, by=lead)
    assert [requirement.name for requirement in refusal.value.requirements] == ["uninvolved"]


def test_a_settler_of_a_reads_no_votes_of_b(team: Desk) -> None:
    """What is carried along bars; it opens nothing."""
    one, other = builders.settled(team), incident(team, "KV200", first=5)
    builders.agreed(team, other)
    exits.merge_incident(team.lead, one, into=other, reason=SAME)
    assert [vote for shown in incident_page(team.spare, other).rounds for vote in shown.votes] == []


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        (lambda _team, one: one, "into itself"),
        (lambda team, _one: dismissed(team), "left the desk itself"),
    ],
)
def test_a_merge_needs_another_incident_on_the_desk(team: Desk, into: Callable[..., str], sentence: str) -> None:
    one = incident(team, "KV100")
    with pytest.raises(Invalid) as refusal:
        exits.merge_incident(team.lead, one, into=into(team, one), reason=SAME)
    assert sentence in refusal.value.problems["into"]
    assert builders.view(one).stage == "logged"


def test_a_merge_under_the_code_of_the_same_incident_is_into_itself(team: Desk) -> None:
    one = incident(team, "KV100")
    with pytest.raises(Invalid) as refusal:
        exits.merge_incident(team.lead, one, into="KV100", reason=SAME)
    assert "into itself" in refusal.value.problems["into"]


def dismissed(team: Desk) -> str:
    ref = incident(team, "KV900", first=7)
    exits.dismiss_incident(team.lead, ref, reason="Outside of the stream.")
    return ref


def test_what_was_merged_comes_back_and_the_other_stays_as_it_is(team: Desk, tmp_path: Path) -> None:
    one, other = builders.agreed(team, incident(team, "KV100")), builders.published(team)
    exits.merge_incident(team.lead, one, into=other, claims=the_claims(one), reason=SAME)
    exits.restore_incident(team.lead, one, reason="They are two after all.")
    back, stays = builders.view(one), builders.view(other)
    # Its claim went along, so that the proposal which waited fell and was made anew.
    assert (back.stage, back.passage.into) == ("approval", None)
    assert types(one)[-3:] == ["incident.restored", "proposal.voided", "grade.proposed"]
    assert (stays.stage, stays.recheck, [absorbed.other for absorbed in stays.passage.absorbed]) == ("published", True, [one])
    assert builders.who(team.voters[0], other) in stays.voted
    assert (leads_to("KV100"), leads_to("KV412")) == ("nowhere", None)
    checked(team, tmp_path)


# --- split -------------------------------------------------------------------------------------------------


def test_split_a_into_b_and_c(team: Desk, tmp_path: Path) -> None:
    """The splitter entered the new ones; claims and sources go where the form says; A leads to both."""
    one = builders.agreed(team, incident(team, "KV100", count=3))
    (claim,) = the_claims(one)
    mill, bakery = exits.split_incident(
        team.lead, one, reason="Two strikes, an hour apart.",
        parts=(part("mill", "KV101", claims=(claim,), sources=(1, 2)), part("bakery", "KV102", sources=(2, 3))),
    )  # fmt: skip
    left, first, second = builders.view(one), builders.view(mill), builders.view(bakery)
    assert (left.stage, left.passage.parts) == ("split", (mill, bakery))
    assert (first.stage, first.stream, first.passage.split_from) == ("logged", team.stream, one)
    assert types(mill)[:2] == ["incident.split", "incident.described"]
    assert first.entered == {builders.who(team.lead, mill)}
    assert (the_claims(mill), the_claims(bakery), the_claims(one)) == ([claim], [], [])
    assert [source.url for source in first.attached] == [builders.draft(number).url for number in (1, 2)]
    assert [source.url for source in second.attached] == [builders.draft(number).url for number in (2, 3)]
    assert [linked.ref for linked in incident_page(team.spare, one).exits.parts] == ["KV101", "KV102"]
    assert incident_page(team.spare, mill).exits.split_from.ref == "KV100"
    builders.agreed(team, mill)
    builders.approved(team, mill, by=team.leads[1])
    checked(team, tmp_path)


def test_the_splitter_entered_and_does_not_approve(team: Desk) -> None:
    one = incident(team, "KV100", count=3)
    mill, _bakery = exits.split_incident(
        team.lead, one, reason="Two strikes.", parts=(part("mill", "KV101", sources=(1, 2)), part("bakery", "KV102"))
    )
    builders.agreed(team, mill)
    with pytest.raises(Refused) as refusal:
        builders.approved(team, mill, by=team.lead)
    assert [requirement.name for requirement in refusal.value.requirements] == ["uninvolved"]


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        (lambda _claim: (part("mill", "KV101"),), "part-2-summary"),
        (lambda claim: (part("mill", "A", claims=(claim,)), part("bakery", "B", claims=(claim,))), "claims"),
        (lambda _claim: (part("mill", "A", sources=(9,)), part("bakery", "B")), "sources"),
        (lambda _claim: (part("mill", "A"), Part(Facts(date_type="date"))), "part-2-date"),
    ],
)
def test_a_split_that_cannot_be_made_says_what_is_wrong(team: Desk, parts: Callable[[int], tuple[Part, ...]], field: str) -> None:
    one = incident(team, "KV100")
    with pytest.raises(Invalid) as refusal:
        exits.split_incident(team.lead, one, reason="Two strikes.", parts=parts(the_claims(one)[0]))
    assert field in refusal.value.problems
    assert builders.view(one).stage == "logged"

