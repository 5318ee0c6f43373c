"""Incidents: opened with facts that can be true, described anew; points no closer than they are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from review.actions import incidents, rounds
from review.models import IncidentCode, Participation, session
from review.models.refs import ref_of
from review.rules.errors import Forbidden, Invalid, NotFound, Refused, Stale
from review.rules.facts import Casualties, Facts, Party, Range
from tests import builders, trail
from tests.builders import Desk


def test_opening_makes_the_opener_its_enterer(team: Desk) -> None:
    ref = builders.opened(team)
    dossier = trail.dossier(ref)
    assert (dossier.stage, dossier.stream) == ("logged", team.stream)
    who = session.get_one(Participation, (team.enterer.person, trail.row(ref).id)).pseudonym
    assert dossier.entered == {who}


def test_the_shown_point_is_coarse_and_the_exact_one_kept_apart(team: Desk) -> None:
    ref = builders.opened(team)
    leaf = trail.last(ref)
    assert leaf.sealed["facts"]["places"][0]["point"] == [33.12, 41.88]
    assert leaf.sealed["exact"] == {"points": [[33.12345, 41.87654]]}
    assert trail.row(ref).facts["places"][0]["point"] == [33.12, 41.88]


def test_an_incident_is_found_by_its_code_and_by_words(team: Desk) -> None:
    ref = builders.opened(team, codes=("KV412", "ns 7"), earlier_codes=("K-1",))
    row = trail.row("kv412")
    assert row.name == ref
    assert "مرج الوان" in row.search_text and "grain store" in row.search_text
    codes = {code.code: code.earlier for code in session.query(IncidentCode).filter_by(incident_id=row.id)}
    assert codes == {"KV412": False, "ns 7": False, "K-1": True}


@pytest.mark.parametrize("code", ["KV412/history", "new", "..", "KV?q=1", "KV#1", "KV%2e"])
def test_a_code_that_would_lead_elsewhere_is_no_address(team: Desk, code: str) -> None:
    ref = builders.opened(team, codes=(code,))
    assert ref_of(session, trail.row(ref)) == ref
    assert trail.row(code).name == ref


def test_a_code_that_repeats_names_no_incident(team: Desk) -> None:
    ref = builders.opened(team)
    assert trail.row("KV412").name == ref
    builders.opened(team)
    with pytest.raises(NotFound):
        trail.row("KV412")


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("date", builders.facts(date="2031-02-30")),
        ("date_end", builders.facts(date_type="date_range", date_end="2031-03-13")),
        ("place-0-longitude", builders.facts(places=(replace(builders.facts().places[0], point=(33.0, 4239.0)),))),
        ("civilians-killed", builders.facts(ranges=(("civilians", Casualties(Range(5, 3))),))),
        ("strike_status", builders.facts(strike_status="certain")),
        ("place", Facts()),
    ],
)  # fmt: skip
def test_facts_that_cannot_be_true_are_refused_by_field(team: Desk, field: str, facts: Facts) -> None:
    before = trail.size()
    with pytest.raises(Invalid) as refusal:
        incidents.open_incident(team.enterer, stream=team.stream, facts=facts)
    assert field in refusal.value.problems
    assert trail.size() == before


def test_an_incident_belongs_to_a_stream_of_the_desk(team: Desk) -> None:
    with pytest.raises(Invalid) as refusal:
        incidents.open_incident(team.enterer, stream="nowhere", facts=builders.facts())
    assert set(refusal.value.problems) == {"stream"}


@pytest.mark.parametrize(
    ("changes", "material"),
    [
        ({"summary": "grain store, two houses, a well"}, False),
        ({"codes": ("KV412", "KV413")}, False),
        ({"time": "18:40"}, False),
        ({"date": "2031-03-15"}, True),
        ({"parties": (Party(builders.PARTY), Party("Tarn Brigades", False))}, True),
        ({"strike_status": "contested"}, True),
        ({"ranges": (("civilians", Casualties(Range(3, 6), Range(6, 8))),)}, True),
        ({"places": ()}, True),
    ],
)
def test_what_is_material_is_computed(team: Desk, changes: dict[str, object], material: bool) -> None:
    ref = builders.opened(team)
    evidence = trail.dossier(ref).evidence
    incidents.describe_incident(team.spare, ref, facts=builders.facts(**changes), reason="A further report.")
    assert trail.last(ref).body == {"material": material}
    assert (trail.dossier(ref).evidence != evidence) is material
    assert len(trail.dossier(ref).entered) == 1 + material


def test_giving_back_the_coarse_point_keeps_the_exact_one(team: Desk) -> None:
    ref = builders.opened(team)
    shown = trail.dossier(ref).facts
    incidents.describe_incident(team.spare, ref, facts=replace(shown, summary="the store"), reason="Plainer words.")
    assert trail.last(ref).body == {"material": False}
    assert trail.dossier(ref).exact == {"points": [[33.12345, 41.87654]]}


def test_describing_nothing_new_is_refused(team: Desk) -> None:
    ref = builders.opened(team)
    with pytest.raises(Invalid):
        incidents.describe_incident(team.spare, ref, facts=trail.dossier(ref).facts, reason="No change.")


def test_a_page_that_is_behind_is_told_what_moved(team: Desk) -> None:
    ref = builders.opened(team)
    seen = trail.dossier(ref).evidence
    builders.with_sources(team, ref, count=1)
    changed = builders.facts(strike_status="contested")
    with pytest.raises(Stale) as refusal:
        incidents.describe_incident(team.spare, ref, facts=changed, reason="Two parties flew.", seen=seen)
    assert [mark.type for mark in refusal.value.changed] == ["source.attached"]
    now = trail.dossier(ref).evidence
    incidents.describe_incident(team.spare, ref, facts=changed, reason="Two parties flew.", seen=now)


@pytest.mark.parametrize("person", [0, 4])
def test_who_is_asked_to_judge_does_not_move_what_votes_rest_on(team: Desk, person: int) -> None:
    ref = builders.with_sources(team)
    rounds.open_round(team.lead, ref, reviewers=[voter.person for voter in team.voters])
    describer, changed = team.reviewers[person], builders.facts(date="2031-03-15")
    if describer in team.voters:
        with pytest.raises(Refused) as refusal:
            incidents.describe_incident(describer, ref, facts=changed, reason="A day later.")
        assert [requirement.name for requirement in refusal.value.requirements] == ["unassigned"]
        words = builders.facts(summary="the store")
        incidents.describe_incident(describer, ref, facts=words, reason="Plainer words.")
    else:
        incidents.describe_incident(describer, ref, facts=changed, reason="A day later.")


def test_a_conflict_is_declared_and_lifted_by_its_owner(team: Desk) -> None:
    ref = builders.opened(team)
    incidents.declare_conflict(team.spare, ref, ground="A relative lives in that street.")
    who = trail.last(ref).actor
    assert trail.dossier(ref).conflicts == {who}
    with pytest.raises(Refused):
        incidents.declare_conflict(team.spare, ref, ground="Twice.")
    with pytest.raises(Refused):
        incidents.lift_conflict(team.reviewers[0], ref, ground="Not mine.")
    incidents.lift_conflict(team.spare, ref, ground="It is another street.")
    assert trail.dossier(ref).conflicts == frozenset()


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_neither_admin_nor_auditor_opens_or_describes(team: Desk, role: str) -> None:
    ref, actor = builders.opened(team), getattr(team, role)
    with pytest.raises(Forbidden):
        incidents.open_incident(actor, stream=team.stream, facts=builders.facts())
    with pytest.raises(Forbidden):
        incidents.describe_incident(actor, ref, facts=builders.facts(date="2031-03-15"), reason="A day later.")
