"""The pages of panel work: the suggestion taken or changed, a substitute in one press, the inbox, the languages, a hold."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from review.actions import assignments, languages
from review.queries.workload import workload
from tests import builders
from tests.clocks import Clock
from tests.web.sitting import Browser, hidden, sitting

TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def words(client: Browser, path: str) -> str:
    """What somebody reads there."""
    return " ".join(TAG.sub("", client.get(path).get_data(as_text=True)).split())


def test_the_suggestion_stands_ticked_with_its_reasons_and_can_be_taken_or_changed(team: builders.Desk) -> None:
    languages.set_languages(team.spare, ["ar"])
    ref = builders.with_sources(team)
    lead = sitting(team.app, team.lead)
    page = lead.get("/desk/incidents/KV412").get_data(as_text=True)
    assert f"<span>\u2068{team.spare.name}\u2069 · reads Arabic, owes 0" in page
    assert f'value="{team.spare.person}" checked' in page
    assert f'value="{team.lead.person}" checked' not in page
    form = {"policy": "", "codebook": "airwars/1", "reviewers": [str(team.spare.person)]}
    assert lead.post("/desk/incidents/KV412/rounds", data=form).status_code == 303
    page = lead.get("/desk/incidents/KV412").get_data(as_text=True)
    assert "has not said what they read, owes 0" in page
    assert lead.post("/desk/incidents/KV412/rounds/1/panel", data={}).status_code == 422
    both = {"people": [str(actor.person) for actor in team.voters[:2]]}
    assert lead.post("/desk/incidents/KV412/rounds/1/panel", data=both).status_code == 303
    assert len(builders.view(ref).open_round.people("assigned")) == 3


def test_a_panel_that_cannot_be_filled_says_whom_to_invite(team: builders.Desk) -> None:
    for actor in (*team.voters, team.spare):
        languages.set_languages(actor, ["en"])
    builders.with_sources(team)
    told = words(sitting(team.app, team.lead), "/desk/incidents/KV412")
    assert "Still needed: 3, and nobody else here is free who reads Arabic. Invite a reviewer who does." in told


def test_a_late_reviewer_is_replaced_in_one_press_and_asked_again_in_another(team: builders.Desk, time: Clock) -> None:
    ref, _number = builders.round_opened(team)
    time.at += timedelta(hours=72)
    builders.work()
    lead, absent = sitting(team.app, team.lead), team.voters[0]
    assert "late, was due 27 Mar 2031, 12:00 UTC" in words(lead, "/desk/incidents/KV412")
    assert "You can release them and ask another in one press." in words(lead, "/desk/waiting")
    assert "late, was due" in words(sitting(team.app, absent), "/desk")
    at = "/desk/incidents/KV412/rounds/1"
    form = {"person": str(absent.person), "reason": "No answer for days."}
    answer = lead.post(f"{at}/substitute", data=form)
    assert answer.status_code == 422
    assert "No answer for days." in answer.get_data(as_text=True)
    assert lead.post(f"{at}/substitute", data={**form, "by": str(team.spare.person)}).status_code == 303
    round_ = builders.view(ref).open_round
    assert round_.answer(builders.who(absent, ref)) == "released"
    assert round_.answer(builders.who(team.spare, ref)) == "assigned"
    assert "Ask again" in words(lead, "/desk/incidents/KV412")
    assert lead.post(f"{at}/assign", data={"person": str(absent.person)}).status_code == 303
    assert builders.view(ref).open_round.answer(builders.who(absent, ref)) == "assigned"


def test_next_opens_a_ballot_that_is_held_until_it_is_begun_or_let_go(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team, reviewers=team.voters[:2])
    mine = sitting(team.app, team.spare)
    assert mine.post("/desk/next").status_code == 303
    assert "Nobody else is served it until 24 Mar 2031, 12:30 UTC." in words(mine, "/desk/incidents/KV412")
    assert "Held for you" in words(mine, "/desk")
    assert "1 seat is held" in words(sitting(team.app, team.lead), "/desk/incidents/KV412")
    assert mine.post("/desk/let-go").status_code == 303
    assert "Sealed until the round closes" in words(mine, "/desk/incidents/KV412")
    assert assignments.take_next(team.spare) == ref
    mine.post("/desk/incidents/KV412/draft", data={"kind": "vote", "rationale": "Begun."})
    assert builders.view(ref).open_round.answer(builders.who(team.spare, ref)) == "assigned"


def test_an_inbox_shows_what_is_new_and_marks_it_read(team: builders.Desk) -> None:
    builders.round_opened(team)
    mine = sitting(team.app, team.voters[0])
    page = mine.get("/desk/inbox").get_data(as_text=True)
    assert "You were asked to vote on this incident." in page
    assert "1 line not read yet." in page
    mine.post("/desk/inbox/read", data={"until": "yesterday"})
    assert "1 line not read yet." in words(mine, "/desk/inbox")
    mine.post("/desk/inbox/read", data={"until": hidden(page, "until")})
    assert "0 lines not read yet." in words(mine, "/desk/inbox")
    assert "1 line not read yet." in words(sitting(team.app, team.voters[1]), "/desk/inbox")


def test_a_person_says_what_they_read_and_a_lead_sees_it_beside_their_work(team: builders.Desk) -> None:
    mine = sitting(team.app, team.spare)
    assert mine.post("/desk/languages", data={"languages": ["ar", "en"]}).status_code == 303
    assert mine.post("/desk/languages", data={"languages": ["tlh"]}).status_code == 422
    assert "Languages you read: Arabic, English" in words(mine, "/desk")
    assert "Sunniva Brandt Reviewer Arabic, English 0 0" in words(sitting(team.app, team.lead), "/desk/workload")
    assert workload(team.lead).left_out == 0


def test_the_ladder_says_until_when_and_what_then_in_the_readers_own_zone(team: builders.Desk) -> None:
    from review.actions import accounts

    builders.disputed(team)
    lead = sitting(team.app, team.lead)
    assert "until 27 Mar 2031, 12:00 UTC, then the second vote opens" in words(lead, "/desk/incidents/KV412/settlement")
    accounts.read_the_desk(team.lead.person, language=None, timezone="Asia/Baghdad")
    assert "until 27 Mar 2031, 15:00 UTC+3, then the second vote opens" in words(lead, "/desk/incidents/KV412/settlement")
