"""The registry: a sealed value stands in the disclosures and in the projections named there, and nowhere else."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from review import jobs
from review.actions import claims, incidents, people, positions, rounds, settlements, sources, streams
from review.models import Base, session
from review.models.dossiers import read_disclosure
from review.models.projections import REGISTRY
from review.models.trail import Disclosure
from review.rules.facts import Place
from tests import builders

CANARY = re.compile(r"canary-?[a-z]+", re.I)


def planted(team: builders.Desk) -> None:
    """A whole story in which every text that can be redacted names its own canary."""
    claim = claims.receive_claim(
        team.enterer, text="canaryclaim", language="en", translation="canarytranslation", url="https://canaryurl.example/",
        reporter="canaryreporter",
    )  # fmt: skip
    place = Place((("en", "canaryplace"),), "canaryregion", (33.1, 41.8), "town")
    facts = builders.facts(summary="canarysummary", places=(place,), codes=("CANARYCODE",))
    ref = incidents.open_incident(team.enterer, stream=team.stream, facts=facts, claims=[claim])
    draft = builders.draft(1, title="canarytitle", publisher="canarypublisher", note="canarynote", text="canarytext")
    sources.attach_source(team.enterer, ref, draft=replace(draft, url=None))
    sources.attach_source(team.enterer, ref, draft=builders.draft(2, url="https://canarysource.example/"))
    positions.record_position(team.lead, ref, party=builders.PARTY, position="open", reason="canaryposition")
    incidents.declare_conflict(team.leads[1], ref, ground="canaryground")
    streams.define_stream(team.admin, slug="other", name="canarystream", reason="canarystreamreason")
    people.add_person(team.admin, email="canary@desk.invalid", name="canaryperson", role="reviewer")
    builders.at_once(team)
    asked = [actor.person for actor in team.voters]
    number = rounds.open_round(team.lead, ref, reviewers=[one for one in asked if one], reason="canaryround")
    for actor, grade in zip(team.voters, ("fair", "fair", "discounted"), strict=True):
        given = builders.ballot(grade, rationale="canaryrationale", departs="canarydeparts")
        builders.cast(actor, ref, number, given)
    jobs.run_due()
    settlements.argue(team.voters[2], ref, text="canaryargument")


def standing() -> dict[str, set[str]]:
    """Every canary outside the disclosures, by the table and column that holds it."""
    session.rollback()
    found: dict[str, set[str]] = {}
    for table in Base.metadata.sorted_tables:
        if table.name == Disclosure.__tablename__:
            continue
        for row in session.execute(select(table)).mappings():
            for column, value in row.items():
                text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
                for canary in CANARY.findall(text):
                    found.setdefault(f"{table.name}.{column}", set()).add(canary)
    return found


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    planted(staffed)
    return staffed


def test_a_sealed_value_stands_in_registered_projections_only(team: builders.Desk) -> None:
    registered = {f"{table}.{column}" for table, columns in REGISTRY.items() for column in columns}
    # The address by which somebody signs in is their account's; the trail never held it.
    outside = {place: canaries for place, canaries in standing().items() if place not in {*registered, "person.email"}}
    assert outside == {}


def test_the_canaries_were_planted_and_some_are_projected(team: builders.Desk) -> None:
    values = [read_disclosure(text)[1] for text in session.scalars(select(Disclosure.text).where(~Disclosure.sealed))]
    assert len({canary for value in values for canary in CANARY.findall(str(value))}) >= 18
    assert {"incident.facts", "incident.title", "incident_code.code", "person.name", "stream.name"} <= set(standing())


def test_every_registered_place_is_a_column(desk: Flask) -> None:
    columns = {(table.name, column.name) for table in Base.metadata.sorted_tables for column in table.columns}
    assert {(table, name) for table, names in REGISTRY.items() for name in names} <= columns
