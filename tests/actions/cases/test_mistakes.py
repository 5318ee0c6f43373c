"""Cases to get right, of slips and doubles: one source in many incidents, one form twice, codes, what is undone."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from review.actions import assignments, claims, incidents, settlements, sources
from review.models import Source, SourceLink, Vote, session
from review.models.refs import find_incident, ref_of
from review.rules.errors import NotFound
from tests import builders, trail
from tests.actions.cases.asking import seen, steps
from tests.builders import Desk


def test_same_url_in_several_incidents(team: Desk) -> None:
    """One source, many links, one event in each chain; withdrawn from one it stays in the others."""
    refs = [builders.opened(team, codes=(code,)) for code in ("KV412", "KV413", "KV414")]
    for ref in refs:
        sources.attach_source(team.enterer, ref, draft=builders.draft(1))
    known = session.scalars(select(Source.id)).all()
    assert len(known) == 1
    assert session.scalar(select(func.count()).select_from(SourceLink)) == 3
    links = {steps(ref)[-1].sealed["link"] for ref in refs}
    assert len(links) == 1
    sources.withdraw_source(team.enterer, refs[0], 1, reason="Another village.")
    assert [len(builders.view(ref).attached) for ref in refs] == [0, 1, 1]


@pytest.mark.parametrize("address", ["https://eluan-monitor.example/2031/03/14/1#photo", "HTTPS://ELUAN-MONITOR.EXAMPLE/2031/03/14/1"])
def test_same_url_in_several_incidents_however_it_is_written(team: Desk, address: str) -> None:
    first, second = builders.opened(team, codes=("KV412",)), builders.opened(team, codes=("KV413",))
    sources.attach_source(team.enterer, first, draft=builders.draft(1))
    sources.attach_source(team.enterer, second, draft=builders.draft(1, url=address))
    assert len(session.scalars(select(Source.id)).all()) == 1


def test_double_submit_of_one_form(team: Desk) -> None:
    """The same ballot posted twice is one vote; another one replaces it."""
    ref, number = builders.round_opened(team)
    first = builders.cast(team.voters[0], ref, number)
    assert builders.cast(team.voters[0], ref, number) == first
    assert session.scalar(select(func.count()).select_from(Vote)) == 1
    other = builders.cast(team.voters[0], ref, number, builders.ballot("weak"))
    assert builders.view(ref).vote(other).replaces == first  # type: ignore[union-attr]


def test_a_code_that_repeats_changes_or_comes_in_several(team: Desk) -> None:
    """Codes are searchable aliases, the key is internal: one that repeats addresses nothing by itself."""
    several = builders.opened(team, codes=("KV412", "KVC107"))
    for code in ("KV412", "kv412", "KVC107"):
        assert find_incident(session, code) == builders.row(several).id
    assert ref_of(session, builders.row(several)) == "KV412"
    repeated = builders.opened(team, codes=("KV412",))
    with pytest.raises(NotFound):
        find_incident(session, "KV412")
    assert [ref_of(session, builders.row(ref)) for ref in (several, repeated)] == [several, repeated]
    changed = builders.facts(codes=("KV500",), earlier_codes=("KV412",))
    incidents.describe_incident(team.enterer, repeated, facts=changed, reason="The code was taken.")
    assert find_incident(session, "KV500") == builders.row(repeated).id
    assert trail.last(repeated).body["material"] is False, "a code moves no evidence"


# --- an ordinary mistake: a new event with a reason, never a trace removed ---------------------------------


def test_an_ordinary_mistake_in_a_claim(team: Desk) -> None:
    """A claim in the wrong incident is taken out; one dismissed or set aside is restored."""
    ref, claim = builders.opened(team), builders.received(team)
    claims.group_claim(team.enterer, ref, claim)
    claims.ungroup_claim(team.enterer, ref, claim, reason="Another village.")
    claims.dismiss_claim(team.enterer, claim, reason="No civilians.")
    claims.restore_claim(team.enterer, claim, reason="Two were shepherds.")
    claims.group_claim(team.enterer, ref, claim)
    assert [one.grouped for one in builders.view(ref).claims] == [True]


def test_an_ordinary_mistake_in_a_source(team: Desk) -> None:
    """A wrong source is withdrawn and the right one attached; both stay in the trail."""
    ref = builders.with_sources(team)
    sources.withdraw_source(team.enterer, ref, 2, reason="It speaks of another day.")
    again = sources.attach_source(team.enterer, ref, draft=builders.draft(5))
    assert again == 3
    assert [source.number for source in builders.view(ref).attached] == [1, 3]
    back = sources.attach_source(team.enterer, ref, draft=builders.draft(2))
    assert back == 4, "a source withdrawn by mistake is attached once more, under a new number"


def test_an_ordinary_mistake_in_an_assignment(team: Desk) -> None:
    """Somebody asked by mistake is released, and nobody is left owing."""
    ref, number = builders.round_opened(team, reviewers=())
    assignments.assign_reviewer(team.lead, ref, number, team.spare.person or 0)
    assignments.release_reviewer(team.lead, ref, number, team.spare.person or 0, reason="The wrong person.")
    round_ = builders.view(ref).open_round
    assert round_ is not None
    assert round_.people("assigned") == ()


def test_an_ordinary_mistake_in_a_settler(team: Desk) -> None:
    """A settler named by mistake is replaced by another one, who settles."""
    ref = builders.undecided(team)
    settlements.appoint_settler(team.lead, ref, team.spare.person or 0)
    other = builders.add(team.admin, "Anke Rivol", "reviewer")
    settlements.appoint_settler(team.lead, ref, other.person or 0, reason="I meant Anke.")
    settlements.settle(
        other, ref, grade="fair", rationale="S1 bears it.", replies=builders.replies(ref), seen=seen(ref)
    )
    builders.approved(team, ref)
