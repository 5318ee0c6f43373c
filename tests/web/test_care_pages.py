"""Looking after oneself, as pages: nothing shown unasked anywhere, settings, a break, a pass, help, mails stopped."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import pytest

from review.actions import care, sources
from review.actions.uploads import Upload
from review.models import session
from review.models.limits import settings_for
from review.rules.care import Settings
from review.store import objects
from tests import builders
from tests.actions.test_care import PICTURE
from tests.clocks import Clock
from tests.web.sitting import Browser, browser, sitting

AT = "/desk/incidents/KV412"
SHOWN = re.compile(r"<(img|video|audio|source|picture|iframe|object|embed)\b|/media\"|/sources/1/file")


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def pictured(team: builders.Desk) -> str:
    """An incident with a picture as the kept copy of its first source, published."""
    ref = builders.with_sources(team)
    sources.capture_source(team.enterer, ref, 1, upload=Upload(PICTURE, "a.png"))
    return ref


def text(client: Browser, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def test_no_page_holds_a_picture_or_its_address_before_somebody_asks(team: builders.Desk) -> None:
    ref = builders.agreed(team, pictured(team))
    reader, lead = sitting(team.app, team.voters[0]), sitting(team.app, team.lead)
    pages = [AT, f"{AT}/sources/1", f"{AT}/history", "/desk/incidents", "/desk", "/desk/inbox"]
    told = {path: text(reader, path) for path in pages}
    told |= {f"lead {path}": text(lead, path) for path in (AT, f"{AT}/approval", f"{AT}/history", "/desk/waiting")}
    builders.approved(team, ref)
    told |= {f"public {path}": text(browser(team.app), path) for path in ("/incidents/KV412", "/incidents", "/")}
    assert [path for path, page in told.items() if SHOWN.search(page)] == []
    assert "One picture, not loaded." in told[AT]
    assert reader.get(f"{AT}/sources/1/media").status_code == 404


def test_asked_for_it_is_grey_then_in_colour_in_this_session_alone_and_put_away_again(team: builders.Desk) -> None:
    pictured(team)
    mine, other = sitting(team.app, team.voters[0]), sitting(team.app, team.voters[0])
    answer = mine.post(f"{AT}/sources/1/show", data={"how": "grey"})
    assert (answer.status_code, answer.location) == (303, f"{AT}/sources/1#media-1")
    page = text(mine, AT)
    assert f'<img src="{AT}/sources/1/media"' in page
    assert 'class="shown-media in-grey"' in page
    file = mine.get(f"{AT}/sources/1/media")
    assert (file.status_code, file.content_type, file.get_data()) == (200, "image/png", PICTURE)
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    mine.post(f"{AT}/sources/1/show", data={"how": "colour"})
    assert 'class="shown-media"' in text(mine, AT)
    assert not SHOWN.search(text(other, AT))
    mine.post(f"{AT}/sources/1/show", data={"how": "withheld"})
    assert not SHOWN.search(text(mine, AT))
    assert mine.get(f"{AT}/sources/1/media").status_code == 404


def test_a_player_is_sent_the_part_that_it_asks_for(team: builders.Desk) -> None:
    pictured(team)
    mine = sitting(team.app, team.voters[0])
    mine.post(f"{AT}/sources/1/show", data={"how": "grey"})
    part = mine.get(f"{AT}/sources/1/media", headers={"Range": "bytes=1-3"})
    assert (part.status_code, part.get_data()) == (206, PICTURE[1:4])
    assert part.headers["Content-Range"] == f"bytes 1-3/{len(PICTURE)}"
    whole = mine.get(f"{AT}/sources/1/media")
    assert (whole.content_length, whole.get_data()) == (len(PICTURE), PICTURE)
    objects().discard(hashlib.sha256(PICTURE).hexdigest())
    assert mine.get(f"{AT}/sources/1/media").status_code == 404


def test_words_only_leaves_one_line_and_what_was_found_calm_is_shown_to_whom_chose_so(team: builders.Desk) -> None:
    pictured(team)
    one, other = team.voters[:2]
    care.set_care(one, Settings(media="text"))
    care.set_care(other, Settings(media="calm"))
    reading, looking = sitting(team.app, one), sitting(team.app, other)
    assert "One picture is kept, not loaded." in text(reading, AT)
    assert "withheld" not in text(reading, AT).partition('id="media-1"')[2][:400]
    assert not SHOWN.search(text(looking, AT))
    looking.post(f"{AT}/sources/1/warning", data={"word": "calm"})
    assert "<img" in text(looking, AT)
    assert not SHOWN.search(text(reading, AT))
    reading.post(f"{AT}/sources/1/warning", data={"word": "graphic"})
    assert "marked as graphic" in text(looking, AT)
    assert not SHOWN.search(text(looking, AT))


def test_settings_are_kept_and_a_wrong_number_comes_back_with_what_was_typed(team: builders.Desk) -> None:
    mine = sitting(team.app, team.spare)
    form = {"media": "text", "per_day": "٣", "per_week": "", "no_graphic": "y", "break_after": "30", "mail": "none"}
    assert mine.post("/desk/account/care", data=form).status_code == 303
    assert settings_for(session, team.spare.person) == Settings("text", 3, None, True, 30, "none")
    answer = mine.post("/desk/account/care", data={**form, "per_week": "many"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'value="many"' in page and "This is no number from 1 to 200." in page
    mine.post("/desk/account/care", data={**form, "per_day": "", "break_after": ""})
    session.rollback()
    assert settings_for(session, team.spare.person) == Settings("text", None, None, True, None, "none")


def test_a_reached_limit_is_said_with_the_way_to_change_it(team: builders.Desk) -> None:
    builders.round_opened(team, reviewers=(team.spare,))
    care.set_care(team.spare, Settings(per_day=1))
    mine = sitting(team.app, team.spare)
    assert "You have taken on as much as you set for yourself." in text(mine, "/desk")
    assert "You have reached your limit." in text(mine, "/desk/account")
    assert "You have taken on" not in text(sitting(team.app, team.voters[0]), "/desk")


def test_a_lead_reads_who_is_not_available_and_no_reason(team: builders.Desk) -> None:
    builders.round_opened(team, pictured(team), reviewers=team.voters[:2])
    lead = sitting(team.app, team.lead)
    before = text(lead, AT)
    care.set_care(team.spare, Settings(no_graphic=True))
    after = text(lead, AT)
    assert "Not available now" not in before
    assert f"Not available now: <bdi>{team.spare.name}</bdi>" in after
    assert f'<option value="{team.spare.person}"' not in after
    form = {"person": str(team.spare.person)}
    refused = lead.post(f"{AT}/rounds/1/assign", data=form)
    assert refused.status_code == 422
    assert "is not available now. Ask somebody else." in refused.get_data(as_text=True)


def test_a_break_is_suggested_in_the_page_and_put_off_by_one_press(team: builders.Desk, time: Clock) -> None:
    mine = sitting(team.app, team.spare)
    for minutes in (0, 10, 10, 10, 10):
        time.at += timedelta(minutes=minutes)
        assert 'id="break"' not in text(mine, "/desk")
    time.at += timedelta(minutes=10)
    assert "You have been here for 50 minutes." in text(mine, "/desk")
    answer = mine.post("/desk/break", data={"back": "/desk/inbox?page=1"})
    assert (answer.status_code, answer.location) == (303, "/desk/inbox?page=1")
    assert 'id="break"' not in text(mine, "/desk")


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", ""])
def test_going_on_leads_nowhere_else(team: builders.Desk, back: str) -> None:
    assert sitting(team.app, team.spare).post("/desk/break", data={"back": back}).location == "/desk"


def test_passing_asks_for_no_reason(team: builders.Desk) -> None:
    ref, number = builders.round_opened(team)
    mine = sitting(team.app, team.voters[0])
    assert "Pass, no reason needed" in text(mine, AT)
    answer = mine.post(f"{AT}/pass", data={"round": str(number)})
    assert (answer.status_code, answer.location) == (303, "/desk")
    assert "Nobody asks why" in text(mine, "/desk")
    assert builders.view(ref).open_round.answer(builders.who(team.voters[0], ref)) == "abstained"


def test_the_page_of_help_is_open_has_our_text_and_takes_the_desks_own(team: builders.Desk) -> None:
    anybody, admin = browser(team.app), sitting(team.app, team.admin)
    assert "vicarious trauma" in text(anybody, "/help")
    form = {"en": "## Call\n**Noor**, https://help.example/now\n\n- <b>any</b> hour", "ar": ""}
    assert admin.post("/desk/help", data=form).status_code == 303
    page = text(anybody, "/help")
    assert '<h2 dir="auto">Call</h2>' in page and "<strong>Noor</strong>" in page
    assert '<a href="https://help.example/now"' in page
    assert "&lt;b&gt;any&lt;/b&gt; hour" in page and "vicarious" not in page
    long = admin.post("/desk/help", data={"en": "x" * 9000, "ar": ""})
    assert long.status_code == 422 and "x" * 9000 in long.get_data(as_text=True)
    edited = text(admin, "/desk/help")
    assert "Written by this desk." in edited and f"Changed on 24 March 2031 by <bdi>{team.admin.name}</bdi>." in edited
    assert team.admin.name not in text(anybody, "/help")


def test_mails_are_stopped_from_the_mail_without_a_log_in(team: builders.Desk) -> None:
    path = f"/mail/stop/{care.stop_token(team.spare.person or 0)}"
    anybody = browser(team.app)
    assert "Stop the mails" in text(anybody, path)
    assert settings_for(session, team.spare.person).mail == "daily"
    session.rollback()
    assert anybody.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    session.rollback()
    assert settings_for(session, team.spare.person).mail == "none"


def test_an_inbox_says_whose_turn_and_why_and_that_no_mail_is_sent(team: builders.Desk) -> None:
    builders.round_opened(team)
    mine = sitting(team.app, team.voters[0])
    page = text(mine, "/desk/inbox")
    assert "You were asked in round 1 and have not answered." in page
    assert "This desk sends no mail" in page
    notice = re.search(r'action="(/desk/inbox/\d+)"', page)
    assert notice
    sitting(team.app, team.voters[1]).post(notice[1], data={"as": "read"})
    assert "1 line not read yet." in text(mine, "/desk/inbox")
    mine.post(notice[1], data={"as": "read"})
    assert "0 lines not read yet." in text(mine, "/desk/inbox")
    assert "You have read everything." in text(mine, "/desk/inbox?new=1")
    mine.post(notice[1], data={"as": "new"})
    assert "1 line not read yet." in text(mine, "/desk/inbox?new=1")
