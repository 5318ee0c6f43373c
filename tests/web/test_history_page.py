"""The history of an incident: each step with its seal, its proof and an address of its own; mute while a round is open."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select

from review.actions import checkpoints, claims, incidents, log, settlements, votes
from review.audit.events import TYPES
from review.models import Event, session
from review.queries.history import Entry, HistoryPage, history_page
from review.queries.story import KINDS, Narrowing, kind_of
from review.rules.facts import Place
from tests import builders
from tests.web.sitting import masked, sitting
from tests.web.test_public_pages import plain

AT = "/desk/incidents/KV412/history"
PLACE = Place((("ar", "مرج إيلوان"), ("en", "Marj Eluan")), "Eluan plain", (12.3, 45.6), "village")


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


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


# --- the story ---------------------------------------------------------------------------------------------


def told(team: builders.Desk, ref: str, **asked: str) -> HistoryPage:
    session.rollback()
    return history_page(team.lead, ref, Narrowing(**asked))


def test_every_event_of_an_incident_is_of_one_kind() -> None:
    of_incidents = [name for name, event in TYPES.items() if event.subject == "incident"]
    assert len(of_incidents) > 40
    assert {kind_of(name) for name in of_incidents} == set(KINDS)


def test_a_kind_and_a_person_can_be_asked_for_in_the_address_and_their_counts_equal_their_lists(team: builders.Desk) -> None:
    ref = builders.settled(team)
    whole = told(team, ref)
    assert sum(choice.count for choice in whole.kinds) == len(whole.entries) == whole.total
    assert sum(choice.count for choice in whole.doers) == whole.total
    for choice in whole.kinds:
        assert len(told(team, ref, kind=choice.key).entries) == choice.count
    for choice in whole.doers:
        narrowed = told(team, ref, by=choice.key)
        assert len(narrowed.entries) == choice.count
        for kind in narrowed.kinds:
            assert len(told(team, ref, by=choice.key, kind=kind.key).entries) == kind.count
    page = plain(sitting(team.app, team.lead).get(f"{AT}?kind=settlement").get_data(as_text=True))
    assert "The disagreement was settled" in page and "was attached" not in page
    assert "No step like that" in plain(sitting(team.app, team.lead).get(f"{AT}?by=nobody").get_data(as_text=True))


def test_a_person_is_found_only_by_what_the_history_names_them_for(team: builders.Desk) -> None:
    """Votes and arguments stand under letters: nobody's are found by asking for the person."""
    ref = builders.settled(team)
    settlements.dissent(team.voters[2], ref, builders.view(ref).proposal.minority[0], text="One account, told twice.")
    page = told(team, ref)
    voters = {str(one.person) for one in team.voters}
    assert voters.isdisjoint(choice.key for choice in page.doers)
    voided = next(entry for entry in page.entries if entry.sentence == "The proposal was voided.")
    assert voided.by is None, "named here, its writer would be known under the letter of the dissent"
    names = {one.name for one in team.voters}
    assert names.isdisjoint(entry.by for entry in page.entries)


def test_what_was_described_anew_is_told_word_by_word_in_both_scripts(team: builders.Desk) -> None:
    ref = builders.opened(team, summary="mill and bakery", places=(PLACE,))
    changed = builders.facts(summary="mill and clinic", places=(replace(PLACE, names=(("ar", "مرج عيلون"), ("en", "Marj Eluan"))),))
    incidents.describe_incident(team.enterer, ref, facts=changed, reason="Plainer words.")
    page = read(team)
    assert re.search(r"mill and <del>.*?bakery.*?</del><ins>.*?clinic.*?</ins>", page, re.S)
    assert re.search(r'<bdi lang="ar">مرج <del>.*?إيلوان.*?</del><ins>.*?عيلون.*?</ins></bdi>', page, re.S)
    spoken = plain(page)
    assert "taken out: bakery end of what was taken out" in spoken and "put in: clinic end of what was put in" in spoken
    assert "Reason: Plainer words." in spoken


def test_a_step_about_a_source_names_it_and_its_address_holds_whatever_is_asked_for(team: builders.Desk) -> None:
    ref = builders.with_sources(team)
    page = sitting(team.app, team.lead).get(f"{AT}?kind=sources").get_data(as_text=True)
    entry = next(one for one in told(team, ref, kind="sources").entries if one.about)
    assert entry.about.title and entry.about.title in page
    assert f'href="{AT}#e{entry.place}"' in page
