"""The history of an incident: each step with its seal, its proof and an address of its own; mute while a round is open."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from review.actions import checkpoints, claims, log, votes
from review.models import Event, session
from review.queries.history import Entry, history_page
from tests import builders
from tests.web.sitting import masked, sitting
from tests.web.test_public_pages import plain

AT = "/desk/incidents/KV412/history"


@pytest.fixture
def team(desk: Flask) -> builders.Desk:
    return builders.desk(desk)


def publish() -> int:
    log.record_heads()
    text = checkpoints.publish_checkpoint()
    assert text is not None
    return int(text.splitlines()[1])


def entries(team: builders.Desk, ref: str) -> list[Entry]:
    session.rollback()
    return list(history_page(team.lead, ref).entries)


def read(team: builders.Desk) -> str:
    answer = sitting(team.app, team.lead).get(AT)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def of(page: str, place: int) -> str:
    return page.split(f'id="e{place}"')[1].split("</li>")[0]


def test_a_step_names_the_first_checkpoint_over_it_and_none_before_there_is_one(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    assert {(entry.seal.under, entry.provable) for entry in entries(team, ref)} == {(None, False)}
    page = read(team)
    assert "under no published checkpoint yet" in of(page, 0) and "Proof of step" not in page
    first = publish()
    claims.group_claim(team.enterer, ref, builders.received(team))
    second = publish()
    publish()
    found = {entry.place: entry.seal.under.size for entry in entries(team, ref)}
    last = max(found)
    assert (found[0], found[last - 1], found[last]) == (first, first, second)
    assert f"under the checkpoint of {first} entries" in plain(of(read(team), 0))


def test_every_step_has_an_address_and_a_proof_to_download(team: builders.Desk) -> None:
    ref = builders.published(team)
    publish()
    page, client = read(team), sitting(team.app, team.lead)
    places = [entry.place for entry in entries(team, ref)]
    assert sorted(places) == list(range(len(places)))
    for place in places:
        (proof,) = [unescape(link) for link in re.findall(r'href="([^"]+/proof)"', of(page, place))]
        answer = client.get(proof)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain"), proof
        assert answer.get_data(as_text=True).startswith("c2sp.org/tlog-proof@v1\n")


def test_what_was_sealed_until_the_close_what_still_is_and_what_never_was(team: builders.Desk) -> None:
    builders.at_once(team)
    ref, number = builders.round_opened(team)
    builders.cast(team.voters[0], ref, number, builders.ballot("weak"))
    builders.cast_all(team, ref, number, "fair", "fair", "fair")
    builders.work()
    told = {}
    for entry in entries(team, ref):
        told.setdefault(_type(entry.seal.seq), []).append((entry.seal.opened, entry.seal.still))
    assert sorted(told["vote.committed"]) == [(0, 5), (5, 0), (5, 0), (5, 0)], "the replaced one stays sealed for ever"
    assert set(told["source.attached"]) == {(0, 0)}, "attached before the round"
    page = plain(read(team))
    assert "5 details are sealed to this day." in page
    assert "5 details were sealed until the round closed, and opened then." in page


def _type(seq: int) -> str:
    return session.scalars(select(Event.type).where(Event.seq == seq)).one()


def test_while_a_round_is_open_a_step_has_no_seal_and_only_what_came_before_it_an_address(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    claims.group_claim(team.enterer, ref, builders.received(team))
    opening = next(entry.place for entry in entries(team, ref) if entry.sentence.startswith("Round"))
    size, lead = publish(), sitting(team.app, team.lead)
    before = lead.get(AT)
    page = before.get_data(as_text=True)
    assert 'class="seal' not in page and str(size) not in plain(page)
    places = [int(place) for place in re.findall(r'<li id="e(\d+)"', page)]
    assert sorted(places) == list(range(opening + 1))
    assert len(entries(team, ref)) > len(places), "the claim is there, without an address"
    cast = builders.cast(team.voters[0], ref, number)
    builders.cast(team.voters[1], ref, number)
    votes.withdraw_vote(team.voters[0], ref, cast, reason="A slip.")
    assert masked(lead.get(AT)) == masked(before)
