"""Asking several people for several incidents at once: the preview, the one press, and what moved between them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from review.actions import care, languages, rounds, sources
from review.actions.uploads import Upload
from review.queries import bulk as bulk_query
from review.rules import clocks as clock_rule
from review.rules.care import Settings
from tests import builders
from tests.actions.test_care import PICTURE
from tests.clocks import Clock
from tests.web.sitting import Browser, sitting
from tests.web.test_leads_desk import page, plain, ready


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def previewed(client: Browser, status: int = 200, **form: object) -> str:
    answer = client.post("/desk/assign/preview", data=form)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def given(text: str) -> list[str]:
    return re.findall(r'name="give" value="([^"]*)"', text)


def test_a_preview_asks_nobody_and_one_press_asks_everybody_it_showed(team: builders.Desk) -> None:
    first, second = ready(team, "KV1", 5, 5), builders.round_opened(team, ready(team, "KV2"), reviewers=team.voters[:1])[0]
    client = sitting(team.app, team.lead)
    text = previewed(client, incident=["KV1", "KV2"], how="load")
    assert builders.view(first).open_round is None
    assert len(given(text)) == 2
    assert client.post("/desk/assign", data={"give": given(text)}).status_code == 303
    assert [len(builders.view(ref).open_round.people("assigned")) for ref in (first, second)] == [3, 3]
    assert "Incidents for which people were asked: 2." in page(client, "/desk/assign")


def test_who_is_left_out_of_what_is_said_with_the_reason(team: builders.Desk) -> None:
    ready(team, "KV1")
    languages.set_languages(team.voters[1], ["en"])
    people = [str(actor.person) for actor in (team.voters[0], team.voters[1], team.enterer)]
    words = plain(previewed(sitting(team.app, team.lead), incident="KV1", how="these", people=people))
    assert f"{team.enterer.name}: entered the incident" in words
    assert f"{team.voters[1].name}: reads none of its languages" in words
    assert "2 seats stay empty" in words
    assert "Ask for 1 votes in 1 incidents" in words


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Nothing is chosen yet."),
        ({"incident": "KV1", "how": "these"}, "Nobody is chosen yet."),
        ({"incident": "KV999"}, "no longer wants anybody"),
    ],
)
def test_a_choice_that_amounts_to_nothing_is_said(team: builders.Desk, form: dict[str, str], sentence: str) -> None:
    ready(team, "KV1")
    assert sentence in previewed(sitting(team.app, team.lead), 422, **form)


@pytest.mark.parametrize("limited", [True, False])
def test_a_preview_gives_nothing_to_whom_is_not_available(team: builders.Desk, limited: bool) -> None:
    sources.capture_source(team.enterer, ready(team, "KV1"), 1, upload=Upload(PICTURE, "a.png"))
    care.set_care(team.spare, Settings(no_graphic=limited))
    client = sitting(team.app, team.lead)
    people = [str(actor.person) for actor in (team.spare, team.voters[0])]
    words = plain(previewed(client, incident="KV1", how="these", people=people))
    assert (f"{team.spare.name}: is not available now" in words) is limited
    for how in ("these", "load"):
        shown = given(previewed(client, incident="KV1", how=how, people=people))
        asked = shown[0].rpartition(":")[2].split(",")
        assert str(team.voters[0].person) in asked or how == "load"
        assert str(team.spare.person) not in asked or not limited
    client.post("/desk/assign", data={"give": shown})
    assert "Incidents for which people were asked: 1." in page(client, "/desk/assign")


def test_a_limit_set_since_the_preview_is_said_in_plain_words(team: builders.Desk) -> None:
    sources.capture_source(team.enterer, ready(team, "KV1"), 1, upload=Upload(PICTURE, "a.png"))
    client = sitting(team.app, team.lead)
    shown = given(previewed(client, incident="KV1", how="these", people=str(team.spare.person)))
    care.set_care(team.spare, Settings(no_graphic=True))
    client.post("/desk/assign", data={"give": shown})
    words = plain(page(client, "/desk/assign"))
    assert f"KV1: nobody was asked. {team.spare.name} is not available now." in words


def test_a_code_with_a_colon_is_asked_for_like_any_other(team: builders.Desk) -> None:
    ref = ready(team, "KV:1")
    client = sitting(team.app, team.lead)
    client.post("/desk/assign", data={"give": given(previewed(client, incident="KV:1", how="load"))})
    assert len(builders.view(ref).open_round.people("assigned")) == 3


def test_where_nothing_can_be_written_that_is_said(team: builders.Desk, time: Clock) -> None:
    ready(team, "KV1")
    client = sitting(team.app, team.lead)
    shown = given(previewed(client, incident="KV1", how="load"))
    time.at += timedelta(days=8)
    answer = sitting(team.app, team.lead).post("/desk/assign", data={"give": shown})
    assert answer.status_code == 503
    assert clock_rule.STOPPED.partition("%")[0] in answer.get_data(as_text=True)


def test_what_moved_since_the_preview_stops_only_itself(team: builders.Desk) -> None:
    moved, stays = ready(team, "KV1"), ready(team, "KV2")
    client = sitting(team.app, team.lead)
    shown = given(previewed(client, incident=["KV1", "KV2"], how="load"))
    rounds.open_round(team.leads[1], moved, reviewers=[team.spare.person or 0])
    client.post("/desk/assign", data={"give": shown})
    words = plain(page(client, "/desk/assign"))
    assert "Incidents for which people were asked: 1." in words
    assert "KV1: nobody was asked. It has moved since" in words
    assert len(builders.view(stays).open_round.people("assigned")) == 3
    assert builders.view(moved).open_round.people("assigned") == (builders.who(team.spare, moved),)


def test_the_same_press_twice_asks_once(team: builders.Desk) -> None:
    ref = ready(team, "KV1")
    client = sitting(team.app, team.lead)
    shown = given(previewed(client, incident="KV1", how="load"))
    for _twice in range(2):
        client.post("/desk/assign", data={"give": shown})
    assert len(builders.view(ref).rounds) == 1
    assert len(builders.view(ref).open_round.people("assigned")) == 3


def test_a_round_that_the_lead_judges_in_is_not_listed_nor_counted_by_its_answers(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team, reviewers=(team.voters[0], team.leads[1]))
    mine, other = sitting(team.app, team.leads[1]), sitting(team.app, team.lead)
    before = page(mine, "/desk/assign")
    assert 'value="KV412"' not in before and 'value="KV412"' in page(other, "/desk/assign")
    rounds.abstain(team.voters[0], ref, number, reason="The script is beyond me.")
    strip = re.compile(r'name="csrf_token" value="[^"]*"|nonce="[^"]*"')
    assert strip.sub("", page(mine, "/desk/assign")) == strip.sub("", before)
    assert "2 more in round 1" in plain(page(other, "/desk/assign"))


def test_the_pages_of_what_wants_people_hold_everything_once(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_query, "SIZE", 2)
    for number in range(3):
        ready(team, f"KV{number}")
    client = sitting(team.app, team.lead)
    first = page(client, "/desk/assign")
    onward = re.search(r'href="(/desk/assign\?after=[^"]*)"', first)
    second = page(client, onward[1])
    assert [re.findall(r'name="incident" value="([^"]*)"', text) for text in (first, second)] == [["KV0", "KV1"], ["KV2"]]
