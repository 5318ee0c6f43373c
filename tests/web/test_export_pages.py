"""The export pages: ask, password, progress, notice, take; and what everybody may take without an account."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from review import clock
from review.actions import bundling, log
from review.actions import checkpoints as published
from tests import builders, trail
from tests.web.sitting import Browser, browser, sitting

FORM = {"profile": "internal", "incident": "", "recipient": "The tribunal", "purpose": "Case 4, count 2"}


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    builders.published(staffed)
    log.record_heads()
    published.publish_checkpoint()
    return staffed


@pytest.fixture
def lead(team: builders.Desk) -> Browser:
    return sitting(team.app, team.lead)


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def ready(lead: Browser, **changes: str) -> str:
    """The address of a bundle that was asked for and made."""
    sent = lead.post("/desk/export", data={**FORM, **changes})
    assert sent.status_code == 303, text(sent)
    builders.work()
    return str(sent.location)


def test_it_is_asked_for_made_and_taken(team: builders.Desk, lead: Browser) -> None:
    sent = lead.post("/desk/export", data=FORM)
    waiting = lead.get(sent.location)
    assert waiting.headers["Refresh"] == "3"
    assert f"0 of {trail.size()} entries are read" in text(waiting)
    assert lead.get("/desk/export").headers["Refresh"] == "3"
    assert lead.get(f"{sent.location}/bundle.zip").status_code == 404
    builders.work()
    done = lead.get(sent.location)
    assert "Refresh" not in done.headers and "Refresh" not in lead.get("/desk/export").headers
    taken = lead.get(f"{sent.location}/bundle.zip")
    assert taken.headers["Content-Type"] == "application/zip"
    assert int(taken.headers["Content-Length"]) == len(taken.data)
    assert re.fullmatch(r"attachment; filename=assay-\d+-internal\.zip", taken.headers["Content-Disposition"])
    assert taken.headers["Cache-Control"] == "no-store"
    assert hashlib.sha256(taken.data).hexdigest() in text(done)
    assert "data/events.jsonl" in zipfile.ZipFile(io.BytesIO(taken.data)).namelist()
    part = lead.get(f"{sent.location}/bundle.zip", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"PK\3\4")


def test_the_notice_leads_to_it(team: builders.Desk, lead: Browser) -> None:
    ready(lead)
    for page in ("/desk", "/desk/inbox"):
        assert re.search(r'Your bundle is ready\..*?<a href="/desk/export">', text(lead.get(page)), re.S), page


def test_the_password_is_asked_for_first_and_nothing_typed_is_lost(team: builders.Desk, lead: Browser) -> None:
    moment = clock.now()
    with clock.reading(lambda: moment + timedelta(minutes=11)):
        asked = lead.post("/desk/export", data=FORM)
        assert asked.status_code == 401
        assert 'value="Case 4, count 2"' in text(asked)
        assert "Bundles that you asked for" not in text(lead.get("/desk/export"))
    assert lead.post("/desk/export", data=FORM).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"recipient": ""}, "Say who is given it"),
        ({"purpose": " "}, "Say what it is for"),
        ({"profile": "secret"}, "Choose one of the three."),
        ({"incident": "KV999"}, "No incident answers to this."),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_field(lead: Browser, wrong: dict[str, str], sentence: str) -> None:
    answer = lead.post("/desk/export", data={**FORM, **wrong})
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Case 4, count 2" in text(answer) or wrong.get("purpose") is not None
    assert "Refresh" not in answer.headers


def test_when_the_next_checkpoint_comes_is_said(desk: Flask) -> None:
    built = builders.desk(desk)
    answer = sitting(built.app, built.auditor).post("/desk/export", data=FORM)
    assert answer.status_code == 422
    assert re.search(r"The next one is published at \d+ \w+ \d+, \d\d:00 UTC", text(answer))


def test_it_is_for_whoever_asked(team: builders.Desk, lead: Browser) -> None:
    place = ready(lead)
    other = sitting(team.app, team.auditor)
    for path in (place, f"{place}/bundle.zip"):
        assert (lead.get(path).status_code, other.get(path).status_code) == (200, 404)
    assert other.post(f"{place}/discard").status_code == 404
    assert sitting(team.app, team.spare).get(place).status_code == 403
    assert lead.post(f"{place}/discard").status_code == 303
    assert lead.get(place).status_code == 404


def test_what_stopped_says_why_and_is_tried_again(
    lead: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(bundling, "export", full)
        place = ready(lead)
    assert "There is no room left on the disk." in text(lead.get(place))
    assert lead.post(f"{place}/again").status_code == 303
    builders.work()
    assert lead.get(f"{place}/bundle.zip").status_code == 200


def test_those_who_may_export_read_for_whom_it_was(team: builders.Desk, lead: Browser) -> None:
    ready(lead)
    page = text(sitting(team.app, team.admin).get("/desk/export"))
    assert all(words in page for words in ("The tribunal", "Case 4, count 2", "Ilse Marchetti"))
    assert "Ilse Marchetti" not in text(sitting(team.app, team.auditor).get("/desk/export"))


# --- what everybody may take -------------------------------------------------------------------------------


@pytest.fixture
def stranger(team: builders.Desk) -> Browser:
    """Somebody without an account, on the day after."""
    return browser(team.app)


@pytest.fixture
def made(team: builders.Desk) -> None:
    """The night has passed, and the worker with it."""
    tomorrow = clock.now() + timedelta(days=1)
    with clock.reading(lambda: tomorrow):
        builders.work()


@pytest.mark.usefixtures("made")
def test_everybody_takes_the_public_bundle(team: builders.Desk, stranger: Browser) -> None:
    taken = stranger.get("/audit/bundle.zip")
    assert (taken.status_code, taken.headers["Content-Type"]) == (200, "application/zip")
    assert int(taken.headers["Content-Length"]) == len(taken.data)
    assert "Set-Cookie" not in taken.headers
    digest = hashlib.sha256(taken.data).hexdigest()
    assert taken.headers["ETag"] == f'"{digest}"'
    assert "Last-Modified" in taken.headers
    again = stranger.get("/audit/bundle.zip", headers={"If-None-Match": f'"{digest}"'})
    assert (again.status_code, again.data) == (304, b"")
    assert b"Profile: public" in zipfile.ZipFile(io.BytesIO(taken.data)).read("bag-info.txt")


@pytest.mark.usefixtures("made")
def test_one_incident_is_ready_after_it_was_asked_for(team: builders.Desk, stranger: Browser) -> None:
    page = text(stranger.get("/incidents/KV412"))
    assert 'href="/incidents/KV412/bundle.zip"' in page
    first = stranger.get("/incidents/KV412/bundle.zip")
    assert (first.status_code, first.headers["Retry-After"]) == (503, "10")
    assert "Not ready yet" in text(first)
    builders.work()
    taken = stranger.get("/incidents/KV412/bundle.zip")
    assert taken.status_code == 200
    assert "data/incident.json" in zipfile.ZipFile(io.BytesIO(taken.data)).namelist()


def test_before_there_is_one_it_is_not_ready(desk: Flask) -> None:
    built = builders.desk(desk)
    answer = browser(built.app).get("/audit/bundle.zip")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


@pytest.mark.usefixtures("made")
def test_an_unpublished_incident_is_nothing(team: builders.Desk, stranger: Browser) -> None:
    builders.opened(team, codes=("KV600",))
    assert stranger.get("/incidents/KV600/bundle.zip").status_code == 404
    assert stranger.get("/incidents/no-such/bundle.zip").status_code == 404
