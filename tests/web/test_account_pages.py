"""One's own account, the password asked for again, and what is kept when a session runs out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pyotp
import pytest
from flask import Flask

from review import clock
from review.actions import passwords, second_factors, sessions
from review.actions.accounts import account_write
from review.models import Person, session
from review.queries.accounts import signed_in
from review.rules.accounts import CONFIRMED, IDLE, IDLE_SOON
from review.rules.permissions import Actor
from review.rules.second_factors import ASKED, OFF
from tests import builders
from tests.clocks import Clock
from tests.staffing import Filling
from tests.web.sitting import Browser, browser, hidden, sitting

WORDS = "seven quiet herons by the weir"
START = datetime(2031, 3, 14, 12, tzinfo=UTC)
BECAUSE = "Every guard is met. سمعنا الطائرة قبل الغروب."
OFF_SAID = "Second factors are off."


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """It is noon until a test says otherwise."""
    with clock.reading(lambda: START):
        yield


def _with_passwords(built: builders.Desk, _time: Clock | None) -> None:
    hashed = passwords.hash_password(WORDS)
    with account_write():
        for actor in (built.admin, built.lead, built.spare, built.voters[0]):
            passwords.put_password(actor.person, hashed)


@pytest.fixture
def filling() -> Filling:
    return _with_passwords


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def at(moment: datetime) -> object:
    return clock.reading(lambda: moment)


def seat(team: builders.Desk, actor: Actor, moment: datetime = START) -> Browser:
    with at(moment):
        return sitting(team.app, actor)


def address(actor: Actor) -> str:
    return "tamsin@desk.invalid" if actor.role == "admin" else builders.address(actor.name)


def signs_in(client: Browser, actor: Actor, path: str = "/login", **fields: str):
    return client.post(path, data={"email": address(actor), "password": WORDS, **fields})


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's form, but for its token."""
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found if name != "csrf_token"}


def enrolled(actor: Actor) -> pyotp.TOTP:
    offered = second_factors.offer(actor.person)
    phone = pyotp.TOTP(second_factors.shown(actor.person, "x@y.invalid", offered)[0])
    with at(START):
        second_factors.enrol(actor.person, offered, phone.at(START), keep="")
    return phone


# --- the password again ------------------------------------------------------------------------------------


def approving(team: builders.Desk, client: Browser, ref: str) -> dict[str, str]:
    page = client.get(f"/desk/incidents/{ref}/approval").get_data(as_text=True)
    return {"seen": hidden(page, "seen"), "reason": BECAUSE, "not_before": ""}


def test_approving_asks_for_the_password_and_then_goes_on_with_every_word(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    lead = sitting(team.app, team.lead)
    sent = approving(team, lead, ref)
    path = f"/desk/incidents/{ref}/approval/approve"
    later = clock.now() + CONFIRMED
    with at(later):
        asked = lead.post(path, data=sent)
        assert asked.status_code == 401
        page = asked.get_data(as_text=True)
        assert fields(page) == sent
        assert f'action="{path}"' in page
        wrong = lead.post(path, data={**fields(page), "present_password": "not these words at all"})
        assert wrong.status_code == 422
        assert fields(wrong.get_data(as_text=True)) == sent
        assert "not these words at all" not in wrong.get_data(as_text=True)
        assert builders.row(ref).stage == "approval"
        done = lead.post(path, data={**fields(page), "present_password": WORDS})
        assert done.status_code == 303
        session.rollback()
        assert builders.row(ref).stage == "published"


def test_within_ten_minutes_of_the_password_it_is_not_asked_for(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    lead = sitting(team.app, team.lead)
    answer = lead.post(f"/desk/incidents/{ref}/approval/approve", data=approving(team, lead, ref))
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/desk/people/{person}/grant", {"role": "auditor", "reason": BECAUSE}),
        ("/desk/people", {"email": "noor@desk.invalid", "name": "Noor", "role": "lead"}),
        ("/desk/people/{person}/reactivate", {"role": "reviewer", "reason": BECAUSE}),
        ("/desk/people/{person}/reset", {}),
        ("/desk/people/{person}/second-factor", {}),
        ("/desk/people/second-factors", {"value": "off"}),
    ],
)
def test_what_an_admin_does_to_the_desk_asks_for_the_password(
    team: builders.Desk, path: str, sent: dict[str, str]
) -> None:
    admin, address = seat(team, team.admin), path.format(person=team.spare.person)
    with at(START + CONFIRMED):
        asked = admin.post(address, data=sent)
        assert asked.status_code == 401
        assert fields(asked.get_data(as_text=True)) == sent
        assert admin.post(address, data={**sent, "present_password": WORDS}).status_code in (200, 302, 303, 422)
        # For the next ten minutes it is not asked for again.
        assert admin.post(address, data=sent).status_code != 401


def test_no_new_password_is_shown_again_or_carried_over_a_signing_in(team: builders.Desk) -> None:
    fresh = "a fresh phrase for it"
    form = {"old": WORDS, "password": fresh, "again": fresh}
    client = seat(team, team.spare)
    with at(START + IDLE):
        late = client.post("/desk/account/password", data=form)
        assert late.status_code == 401
        assert "kept" not in fields(late.get_data(as_text=True))
        mixed = client.post("/desk/account/password", data={**form, "text": BECAUSE})
        carried = signs_in(client, team.spare, kept=fields(mixed.get_data(as_text=True))["kept"]).get_data(as_text=True)
        assert fields(carried) == {"text": BECAUSE}
    used = browser(team.app).post("/reset/used-before", data={**form, "text": BECAUSE})
    page = unescape(used.get_data(as_text=True))
    assert used.status_code == 404
    assert fresh not in page
    assert BECAUSE in page


def test_the_password_is_never_among_what_a_refusal_shows_again(team: builders.Desk) -> None:
    ref = builders.agreed(team)
    lead = sitting(team.app, team.lead)
    stale = {"seen": "another page", "reason": BECAUSE, "present_password": WORDS}
    answer = lead.post(f"/desk/incidents/{ref}/approval/approve", data=stale)
    assert answer.status_code == 409
    assert BECAUSE in unescape(answer.get_data(as_text=True))
    assert WORDS not in answer.get_data(as_text=True)


# --- a session that ran out --------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "idle"), [("lead", IDLE_SOON), ("admin", IDLE_SOON), ("reviewer", IDLE)])
def test_idling_out_leads_to_the_log_in_and_back_to_the_page(team: builders.Desk, role: str, idle: timedelta) -> None:
    actor = {"lead": team.lead, "admin": team.admin, "reviewer": team.spare}[role]
    client = seat(team, actor)
    with at(START + idle - timedelta(minutes=2)):
        assert client.get("/desk/incidents").status_code == 200
    with at(START + 3 * idle):
        stopped = client.get("/desk/incidents?stage=logged")
        assert stopped.location.startswith("/login?next=")
        assert signs_in(client, actor, stopped.location).location == "/desk/incidents?stage=logged"


def sent_too_late(team: builders.Desk) -> tuple[Browser, dict[str, str], str]:
    """A claim typed before the session ran out and sent after it; the client, what was sent, the answer's page."""
    client = seat(team, team.spare)
    typed = {"text": "Grain store at Marj Eluan hit at dusk.", "language": "en", "translation": "", "url": "", "reporter": ""}
    answer = client.post("/desk/claims/new", data=typed)
    assert answer.status_code == 401
    return client, typed, answer.get_data(as_text=True)


def test_a_form_sent_after_the_session_ran_out_is_carried_over_the_signing_in(team: builders.Desk) -> None:
    with at(START + IDLE):
        client, typed, page = sent_too_late(team)
        kept = fields(page)["kept"]
        assert typed["text"] not in page
        again = signs_in(client, team.spare, kept=kept, password="not these words at all")
        assert fields(again.get_data(as_text=True))["kept"] == kept
        carried = signs_in(client, team.spare, kept=kept).get_data(as_text=True)
        assert fields(carried) == typed
        assert 'action="/desk/claims/new"' in carried
        assert client.post("/desk/claims/new", data=fields(carried)).status_code in (302, 303)


def test_whoever_else_signs_in_at_that_screen_gets_nothing_of_it(team: builders.Desk) -> None:
    with at(START + IDLE):
        client, _typed, page = sent_too_late(team)
        other = signs_in(client, team.voters[0], kept=fields(page)["kept"])
        assert (other.status_code, other.location) == (302, "/desk")


def test_a_draft_is_there_after_signing_in_again(team: builders.Desk) -> None:
    ref, _number = builders.round_opened(team)
    mara = seat(team, team.voters[0])
    with at(START):
        assert mara.post(f"/desk/incidents/{ref}/draft", data={"kind": "vote", "rationale": BECAUSE}).status_code == 303
    with at(START + IDLE):
        assert mara.get(f"/desk/incidents/{ref}").status_code == 302
        signs_in(mara, team.voters[0])
        assert BECAUSE in unescape(mara.get(f"/desk/incidents/{ref}").get_data(as_text=True))


# --- the account page --------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended_one_by_one(team: builders.Desk) -> None:
    here, there = browser(team.app), browser(team.app)
    signs_in(here, team.spare)
    there.post("/login", data={"email": address(team.spare), "password": WORDS}, headers={"User-Agent": "Velmar Phone 9"})
    page = here.get("/desk/account").get_data(as_text=True)
    assert "Velmar Phone 9" in page
    keys = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(keys) == 2
    phone = re.search(r'Velmar Phone 9.*?name="session" value="(\w+)"', page, re.DOTALL)[1]
    here.post("/desk/account/sessions/end", data={"session": phone})
    assert there.get("/desk").status_code == 302
    assert here.get("/desk").status_code == 200


def test_changing_the_password_ends_the_other_sessions_and_needs_the_old_one(team: builders.Desk) -> None:
    here, there = sitting(team.app, team.spare), sitting(team.app, team.spare)
    fresh = {"old": WORDS, "password": "a fresh phrase for it", "again": "a fresh phrase for it"}
    assert here.post("/desk/account/password", data={**fresh, "old": "not these words"}).status_code == 422
    assert there.get("/desk").status_code == 200
    assert here.post("/desk/account/password", data=fresh).status_code == 303
    assert there.get("/desk").status_code == 302
    assert here.get("/desk").status_code == 200


def test_language_and_time_zone_are_the_persons_and_go_with_them(team: builders.Desk) -> None:
    sitting(team.app, team.spare).post("/desk/account/reading", data={"language": "ar", "timezone": "Asia/Damascus"})
    elsewhere = sitting(team.app, team.spare)
    assert 'lang="ar" dir="rtl"' in elsewhere.get("/desk/account").get_data(as_text=True)
    elsewhere.get("/language/en")
    page = sitting(team.app, team.spare).get("/desk/account").get_data(as_text=True)
    assert 'lang="en" dir="ltr"' in page
    assert "UTC+3" in page
    refused = elsewhere.post("/desk/account/reading", data={"language": "en", "timezone": "Nowhere/Else"})
    assert refused.status_code == 422


def test_the_switch_of_somebody_not_signed_in_changes_nobodys_setting(team: builders.Desk) -> None:
    browser(team.app).get("/language/ar")
    session.rollback()
    assert session.get(Person, team.spare.person).language is None


# --- second factors on the pages ---------------------------------------------------------------------------


def test_a_lead_who_must_set_one_up_can_do_nothing_else_first(team: builders.Desk) -> None:
    lead = browser(team.app)
    assert signs_in(lead, team.lead).location == "/desk"
    assert lead.get("/desk/waiting").status_code == 200
    signs_in(lead, team.lead)
    assert lead.get("/desk/waiting").location == "/desk/account/second-factor?next=/desk/waiting"
    stopped = lead.post("/desk/claims/new", data={"text": "Typed before the desk asked."})
    assert stopped.status_code == 403
    assert "Typed before the desk asked." in stopped.get_data(as_text=True)
    page = lead.get("/desk/account/second-factor?next=/desk/waiting").get_data(as_text=True)
    secret = re.search(r'id="secret"[^>]*>([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    form = {"offered": re.search(r'name="offered"[^>]*value="([^"]+)"', page)[1], "code": "000000"}
    wrong = lead.post("/desk/account/second-factor?next=/desk/waiting", data=form)
    assert wrong.status_code == 422
    assert secret in re.sub(r"\s", "", wrong.get_data(as_text=True))
    code = pyotp.TOTP(secret).at(clock.now())
    codes = lead.post("/desk/account/second-factor?next=/desk/waiting", data={**form, "code": code}).get_data(as_text=True)
    assert len(re.findall(r"\d{5}-\d{5}-\d{5}-\d{5}", codes)) == 10
    assert 'href="/desk/waiting"' in codes
    assert lead.get("/desk/waiting").status_code == 200


def test_the_log_in_page_takes_the_code_and_says_the_same_without_it(team: builders.Desk) -> None:
    phone = enrolled(team.lead)
    with at(START + timedelta(minutes=5)):
        client = browser(team.app)
        without = signs_in(client, team.lead)
        wrong = signs_in(client, team.lead, password="not these words at all")
        assert without.status_code == wrong.status_code == 422
        assert mute(without.get_data(as_text=True)) == mute(wrong.get_data(as_text=True))
        code = phone.at(START + timedelta(minutes=5))
        assert signs_in(client, team.lead, code=code).location == "/desk"


def mute(page: str) -> str:
    return re.sub(r'nonce="[^"]+"', "", page)


def test_a_reset_link_does_not_get_past_the_second_factor(team: builders.Desk) -> None:
    enrolled(team.lead)
    admin = sitting(team.app, team.admin)
    page = admin.post(f"/desk/people/{team.lead.person}/reset").get_data(as_text=True)
    path = re.search(r"/reset/[\w-]+", page)[0]
    guest, fresh = browser(team.app), "a fresh phrase for it"
    assert guest.post(path, data={"password": fresh, "again": fresh}).location == "/login"
    assert guest.get("/desk").status_code == 302
    assert guest.get(path).status_code == 404
    assert path not in admin.get(f"/desk/people/{team.lead.person}").get_data(as_text=True)


def test_a_desk_without_second_factors_says_so_on_every_page_of_its_admin(team: builders.Desk) -> None:
    paths = ("/desk", "/desk/people", f"/desk/people/{team.spare.person}", "/desk/streams", "/desk/policy", "/desk/export",
             "/desk/incidents", "/desk/account", "/desk/no-such-page")  # fmt: skip
    admin, lead = sitting(team.app, team.admin), sitting(team.app, team.lead)
    assert not any(OFF_SAID in admin.get(path).get_data(as_text=True) for path in paths)
    second_factors.switch(team.admin, OFF)
    assert [path for path in paths if OFF_SAID not in admin.get(path).get_data(as_text=True)] == []
    assert OFF_SAID not in lead.get("/desk/people").get_data(as_text=True)
    admin.post("/desk/people/second-factors", data={"value": ASKED})
    assert OFF_SAID not in admin.get("/desk").get_data(as_text=True)


# --- where a request comes from ----------------------------------------------------------------------------


def test_the_proxys_word_counts_only_behind_a_proxy(make_app, team: builders.Desk) -> None:
    def paused(app: Flask, told: str) -> bool:
        client, codes = browser(app), []
        for number in range(6):
            headers = {"X-Forwarded-For": told.format(number)}
            answer = client.post("/login", data={"email": "n@desk.invalid", "password": "wrong words here"}, headers=headers)
            codes.append("too many tries" in answer.get_data(as_text=True))
        return codes[-1]

    # A stranger's header is nothing to a desk without a proxy: the tries are all of one place.
    assert paused(team.app, "192.0.2.{}")
    behind = make_app(ASSAY_URL="https://desk.invalid")
    assert not paused(behind, "192.0.2.9, 198.51.100.{}")
    assert paused(behind, "192.0.2.{}, 203.0.113.5")


def test_the_session_that_opened_by_a_link_is_like_any_other(team: builders.Desk) -> None:
    with at(START):
        token = sessions.open_session(team.spare.person)
        assert signed_in(token).confirmed
