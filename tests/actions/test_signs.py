"""Signs: what claims and incidents are found by is made in the act, made anew alike, and kept true by fsck."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, text

from review import config, store
from review.actions import claims, incidents
from review.audit import fsck, keys
from review.extensions import db
from review.models import ClaimSign, IncidentSign, session
from review.models.signs import refill
from tests import builders


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def signs() -> dict[str, list[tuple[object, ...]]]:
    session.rollback()
    tables = (ClaimSign.__table__, IncidentSign.__table__)
    return {table.name: sorted(map(tuple, session.execute(select(table))), key=repr) for table in tables}


def found() -> list[str]:
    session.rollback()
    return list(fsck.check(session, keys.load(config.home()), store.objects()))


def planted(team: builders.Desk) -> str:
    """A claim with an address and an incident that was described anew."""
    claims.receive_claim(
        team.reviewers[0], text="Grain store at Marj Eluan hit.", translation="مخزن", url="https://eluan.example/1"
    )
    ref = builders.opened(team)
    changed = builders.facts(date="2031-03-16", summary="grain store and orchard wall")
    incidents.describe_incident(team.lead, ref, facts=changed, reason="A second account.")
    return ref


def test_a_claim_and_an_incident_are_kept_under_their_signs(team: builders.Desk) -> None:
    planted(team)
    kept = signs()
    assert {sign for _seq, kind, sign in kept["claim_sign"] if kind == "word"} == {"grain", "store", "marj", "eluan", "مخزن"}
    assert len([sign for _seq, kind, sign in kept["claim_sign"] if kind == "address"]) == 1
    assert {row[1:] for row in kept["incident_sign"]} == {
        ("place", "marj eluan", "2031-03-16"), ("place", "مرج وان", "2031-03-16"),
        ("word", "grain", "2031-03-16"), ("word", "store", "2031-03-16"),
        ("word", "orchard", "2031-03-16"), ("word", "wall", "2031-03-16"),
    }  # fmt: skip


def test_what_is_made_anew_is_what_was_there(team: builders.Desk) -> None:
    planted(team)
    before = signs()
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(delete(ClaimSign.__table__))
        connection.execute(delete(IncidentSign.__table__))
        refill(connection)
    assert signs() == before
    assert found() == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("DELETE FROM claim_sign WHERE sign = 'grain'", "the signs by which it is found are not those of its words."),
        ("UPDATE incident_sign SET sign = 'other' WHERE sign = 'wall'", "are not those of its facts."),
        ("UPDATE incident_sign SET day = NULL", "are not those of its facts."),
    ],
)
def test_signs_that_are_not_those_of_the_words_are_named(team: builders.Desk, change: str, sentence: str) -> None:
    planted(team)
    assert found() == []
    with db.engine.begin() as connection:
        connection.execute(text(change))
    (told,) = found()
    assert told.endswith(sentence)
