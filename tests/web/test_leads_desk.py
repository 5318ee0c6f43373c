"""The lead's desk: the one table and its presses, how the work lies, the case as it was last read, the map."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from review.actions import care, incidents, languages, sources
from review.actions.uploads import Upload
from review.models import Notice, session
from review.queries import waiting as waiting_query
from review.queries.waiting import waiting
from review.rules.care import Settings
from review.rules.facts import Casualties, Place, Range
from tests import builders
from tests.actions.test_care import PICTURE
from tests.clocks import Clock
from tests.web.sitting import Browser, browser, sitting

ROW = re.compile(r'<th scope="row"><a href="[^"]*"><bdi class="code">([^<]*)</bdi>')
TAG = re.compile(r"<[^>]+>")
COUNT = re.compile(r'<li><a href="(/desk/waiting[^"]*)"[^>]*>[^<]*<span class="count">(\d+)')


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def page(client: Browser, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, f"{path}: {answer.status_code}"
    return answer.get_data(as_text=True)


def plain(text: str) -> str:
    """What somebody reads there."""
    return " ".join(unescape(TAG.sub("", text)).split())


def killed(least: int | None, most: int | None) -> dict[str, object]:
    return {"ranges": (("civilians", Casualties(Range(least, most), Range())),)}


def ready(team: builders.Desk, code: str, *harm: int | None) -> str:
    """An incident that waits for a round."""
    return builders.with_sources(team, builders.opened(team, codes=(code,), **killed(*(harm or (1, 1)))))


def codes(text: str) -> list[str]:
    return ROW.findall(text)


# --- the one table -----------------------------------------------------------------------------------------


def test_the_gravest_come_first_then_the_oldest(team: builders.Desk) -> None:
    for code, harm in (("KV1", (None, 90)), ("KV2", (2, 2)), ("KV3", (7, 9)), ("KV4", (2, 40))):
        ready(team, code, *harm)
    assert codes(page(sitting(team.app, team.lead), "/desk/waiting")) == ["KV3", "KV2", "KV4", "KV1"]


def test_harm_described_anew_moves_an_incident_in_the_order(team: builders.Desk) -> None:
    first, _second = ready(team, "KV1", 1, 1), ready(team, "KV2", 5, 5)
    incidents.describe_incident(team.enterer, first, facts=builders.facts(codes=("KV1",), **killed(6, 6)), reason="A list.")
    assert codes(page(sitting(team.app, team.lead), "/desk/waiting")) == ["KV1", "KV2"]


def test_the_pages_of_the_list_hold_everything_once(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_query, "SIZE", 2)
    for number in range(5):
        ready(team, f"KV{number}", number % 2, 3)
    client, path, found = sitting(team.app, team.lead), "/desk/waiting", []
    while path:
        text = page(client, path)
        assert len(codes(text)) <= 2
        found += codes(text)
        onward = re.search(r'href="(/desk/waiting\?[^"]*after=[^"]*)" rel="next"', text)
        path = onward[1].replace("&amp;", "&") if onward else ""
    assert found == ["KV1", "KV3", "KV0", "KV2", "KV4"]


def test_each_count_is_the_length_of_the_list_that_it_leads_to(team: builders.Desk) -> None:
    builders.agreed(team, ready(team, "KV1"))
    builders.disputed(team, ready(team, "KV2"))
    builders.round_opened(team, ready(team, "KV3"))
    ready(team, "KV4")
    builders.opened(team, codes=("KV5",))
    client = sitting(team.app, team.lead)
    counts = COUNT.findall(page(client, "/desk/waiting"))
    assert {parse_qs(urlsplit(path.replace("&amp;", "&")).query).get("stage", [""])[0] for path, _ in counts} >= {
        "approval", "settlement", "grading", "logged",
    }  # fmt: skip
    for path, count in counts:
        assert len(codes(page(client, path.replace("&amp;", "&")))) == int(count), path


def test_a_desk_with_more_than_can_be_counted_says_so(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting_query, "MOST", 2)
    for number in range(3):
        ready(team, f"KV{number}")
    text = page(sitting(team.app, team.lead), "/desk/waiting")
    assert "More than 2 incidents wait." in plain(text)
    assert '<span class="count">2<span aria-hidden="true">+</span>' in text
    assert waiting(team.lead).counts.capped


# --- pressed in the table ------------------------------------------------------------------------------------


def pressed(client: Browser, path: str, **form: str) -> str:
    answer = client.post(path, data={"stage": "grading", **form})
    assert (answer.status_code, answer.location) == (303, "/desk/waiting?stage=grading")
    return page(client, "/desk/waiting")


def test_a_reminder_is_one_press_and_names_nobody(team: builders.Desk) -> None:
    builders.round_opened(team)
    client = sitting(team.app, team.lead)
    assert "/desk/waiting/KV412/remind" in page(client, "/desk/waiting")
    assert "Whoever is on turn is reminded" in pressed(client, "/desk/waiting/KV412/remind")
    session.rollback()
    kinds = [notice.kind for notice in session.query(Notice).filter_by(person_id=team.voters[0].person)]
    assert kinds == ["vote_owed", "vote_reminder"]


def test_late_people_are_replaced_and_given_time_from_the_list(team: builders.Desk, time: Clock) -> None:
    languages.set_languages(team.spare, ["ar"])
    ref, number = builders.round_opened(team)
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    absent = team.voters[2]
    assert "/substitute" not in page(sitting(team.app, team.lead), "/desk/waiting")
    time.goes(hours=73)
    client = sitting(team.app, team.lead)
    text = page(client, "/desk/waiting")
    assert f"Ask {team.spare.name} instead of {absent.name}" in plain(text)
    assert 'class="is-late"' in text
    pressed(client, "/desk/waiting/KV412/rounds/1/extend")
    assert 'class="is-late"' not in page(client, "/desk/waiting")
    swap = {"person": str(absent.person), "by": str(team.spare.person)}
    pressed(client, "/desk/waiting/KV412/rounds/1/substitute", **swap)
    asked = builders.view(ref).open_round
    assert asked.answer(builders.who(absent, ref)) == "released"
    assert asked.answer(builders.who(team.spare, ref)) == "assigned"


@pytest.mark.parametrize("limited", [True, False])
def test_nobody_is_suggested_instead_who_is_not_available(team: builders.Desk, time: Clock, limited: bool) -> None:
    ref, number = builders.round_opened(team)
    sources.capture_source(team.enterer, ref, 1, upload=Upload(PICTURE, "a.png"))
    care.set_care(team.spare, Settings(no_graphic=limited))
    for actor in team.voters[:2]:
        builders.cast(actor, ref, number)
    time.goes(hours=73)
    text = plain(page(sitting(team.app, team.lead), "/desk/waiting"))
    assert (f"Ask {team.spare.name} instead" in text) is not limited


def test_what_cannot_be_done_any_more_says_so_above_the_list(team: builders.Desk) -> None:
    builders.round_opened(team)
    answer = sitting(team.app, team.lead).post("/desk/waiting/KV412/rounds/1/substitute", data={"person": "2"})
    assert answer.status_code == 422
    assert "Not answered yet. Choose one." in answer.get_data(as_text=True)


def test_a_lead_who_was_asked_is_offered_nothing_that_would_tell(team: builders.Desk, time: Clock) -> None:
    """The row of an open round that they judge in is the same whether anybody has answered or is late."""
    ref, number = builders.round_opened(team, reviewers=(*team.voters[:2], team.leads[1]))
    mine = sitting(team.app, team.leads[1])
    builders.cast(team.leads[1], ref, number)
    before = body(page(mine, "/desk/waiting"))
    assert "/remind" not in before and "is-late" not in before
    builders.cast(team.voters[0], ref, number)
    assert body(page(mine, "/desk/waiting")) == before
    time.goes(hours=80)
    mine = sitting(team.app, team.leads[1])
    assert re.sub(r"\d+ days?|today", "", body(page(mine, "/desk/waiting"))) == re.sub("today", "", before)
    assert "/remind" in body(page(sitting(team.app, team.lead), "/desk/waiting"))


def body(text: str) -> str:
    return text.split("<tbody>")[1].split("</tbody>")[0]


# --- how the work lies -----------------------------------------------------------------------------------------


def test_the_workload_is_by_name_and_says_which_seats_are_asked_of_nobody(team: builders.Desk) -> None:
    builders.round_opened(team, reviewers=team.voters[:1])
    text = page(sitting(team.app, team.lead), "/desk/workload")
    names = re.findall(r'<a href="/desk/people/\d+"><bdi>([^<]*)</bdi>', text)
    assert names == sorted(names)
    assert "2 seats are asked of nobody. Open rounds: 1." in plain(text)


def test_a_lead_who_was_asked_is_not_told_of_the_seats_of_that_round(team: builders.Desk) -> None:
    builders.round_opened(team, reviewers=(team.voters[0], team.leads[1]))
    assert "Every open round has asked as many as it needs." in plain(page(sitting(team.app, team.leads[1]), "/desk/workload"))
    assert "1 seat is asked of nobody" in plain(page(sitting(team.app, team.lead), "/desk/workload"))


# --- the case, as it was last read -----------------------------------------------------------------------------


def case_side(client: Browser) -> str:
    return plain(page(client, "/desk/incidents/KV412/approval").split('id="changed-head"')[1].split("</section>")[0])


def test_the_case_says_what_changed_since_this_lead_last_read_it(team: builders.Desk, time: Clock) -> None:
    ref = builders.agreed(team)
    mine = sitting(team.app, team.lead)
    assert "You have not read this case before." in case_side(mine)
    assert "Nothing, since 24 Mar 2031" in case_side(mine)
    time.at += timedelta(hours=5)
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    mine, other = sitting(team.app, team.lead), sitting(team.app, team.leads[1])
    for _again in range(2):
        told = case_side(mine)
        assert "You read it on 24 Mar 2031" in told
        assert "Source S3 was attached." in told
    assert "You have not read this case before." in case_side(other)


def test_the_case_shows_sources_under_their_origin_and_the_split(team: builders.Desk) -> None:
    builders.agreed(team)
    text = page(sitting(team.app, team.lead), "/desk/incidents/KV412/approval")
    assert text.count('class="rest-origin"') == 2
    assert re.search(r'<ul class="split">.*?<li class="odd">', text, re.S)


# --- where -----------------------------------------------------------------------------------------------------


def test_a_place_is_drawn_as_an_area_and_said_in_words(team: builders.Desk) -> None:
    builders.agreed(team)
    text = page(sitting(team.app, team.lead), "/desk/incidents/KV412/approval")
    radius = float(re.search(r'<circle class="area" cx="[^"]*" cy="[^"]*" r="([^"]*)"', text)[1])
    assert radius > 20
    assert "somewhere within 1 km of 33.12, 41.88, known to the neighbourhood" in plain(text)
    assert "33.12345" not in text
    assert text.count('<svg class="chart map"') == 2


@pytest.mark.parametrize("point", [None, (89.9, 10.0)])
def test_what_cannot_be_drawn_is_not(team: builders.Desk, point: tuple[float, float] | None) -> None:
    builders.agreed(team, ready_at(team, point))
    text = page(sitting(team.app, team.lead), "/desk/incidents/KV412/approval")
    assert 'class="located"' not in text


def ready_at(team: builders.Desk, point: tuple[float, float] | None) -> str:
    place = Place((("en", "Marj Eluan"),), "Eluan plain", point, "village")
    return builders.with_sources(team, builders.opened(team, places=(place,)))


def test_the_public_page_shows_the_area_too(team: builders.Desk) -> None:
    builders.published(team)
    text = page(browser(team.app), "/incidents/KV412")
    assert '<circle class="area"' in text
    assert "33.123" not in text
