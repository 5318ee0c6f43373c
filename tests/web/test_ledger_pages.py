"""The pages of the ledger and what the public reads of it; the press by which an admission is taken up."""

from __future__ import annotations

import re
from html import unescape

import pytest

from review.actions import sources
from tests import builders, staffing
from tests.actions.test_ledger import ADDRESS, KARSIA, MARCH, admitted, conceded_once, conceding, entered, out
from tests.web.sitting import Browser, browser, hidden, masked, sitting

TAG = re.compile(r"<[^>]+>")
TYPED = {
    "party": builders.PARTY, "month": "٢٠٣١-٠٣", "carried": "٤٠", "received": "12", "credible": "3", "non_credible": "20",
    "duplicate": "1", "open": "27", "url": ADDRESS, "seen": "0",
}  # fmt: skip


@pytest.fixture
def filling() -> staffing.Filling:
    return conceded_once


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def page(client: Browser, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return answer.get_data(as_text=True)


def plain(text: str) -> str:
    return " ".join(unescape(TAG.sub("", text)).split())


def test_a_month_is_entered_corrected_and_read_by_everybody(team: builders.Desk) -> None:
    lead, public = sitting(team.app, team.lead), browser(team.app)
    assert "Copy the first one" in page(lead, "/desk/ledger")
    for changes, sentence in (({"open": "many"}, "Use a whole number"), ({"url": "a letter"}, "This is no web address.")):
        wrong = lead.post("/desk/ledger/report", data={**TYPED, **changes})
        told = wrong.get_data(as_text=True)
        assert wrong.status_code == 422 and sentence in told and 'value="20"' in told
    done = lead.post("/desk/ledger/report", data=TYPED)
    assert (done.status_code, done.location) == (303, f"/desk/ledger/party?party={KARSIA.replace(' ', '+')}")
    warning = "40 carried over and 12 received, less 24 closed, make 28 open; the report says 27."
    assert warning in plain(page(lead, done.location))
    shown = plain(page(public, f"/record?party={KARSIA}"))
    assert warning in shown and "copied by hand" in shown and "no part of the sealed trail" in shown
    assert team.lead.name not in shown
    form = page(lead, f"/desk/ledger/report?party={builders.PARTY}&month=2031-03")
    assert re.search(r'name="seen"[^>]* value="1"', form) and "Version 1 of March 2031" in plain(form)
    stale = lead.post("/desk/ledger/report", data={**TYPED, "why": "Misread a 7."})
    assert stale.status_code == 422 and "stand already, as version 1" in stale.get_data(as_text=True)
    corrected = {**TYPED, "open": "28", "seen": "1", "why": "Misread a 7."}
    assert lead.post("/desk/ledger/report", data=corrected).status_code == 303
    inside = plain(page(lead, done.location))
    assert warning not in inside and "Misread a 7." in inside and team.lead.name in inside
    after = page(public, f"/record?party={KARSIA}")
    assert warning not in plain(after) and "Misread" not in after and "as entered on" in after
    assert "Karsian Air Force" in page(public, "/record")


def test_assessed_stands_beside_conceded_and_its_number_leads_to_its_list(team: builders.Desk) -> None:
    out(team, conceding(team, builders.Range(None, None), codes=("KV2",)))
    entered(team, MARCH, month="2031-05")
    public = browser(team.app)
    shown = page(public, f"/record?party={KARSIA}")
    assert "Assessed 6–10 civilians killed, conceded 1–2." in plain(shown)
    found = re.search(r'<a href="(/record/conceded[^"]*)"><bdi class="range">1–2</bdi></a>', shown)
    assert found is not None
    behind = page(public, unescape(found[1]))
    assert behind.count("record-name") == 1
    assert "Karsian Air Force: March 2031" in plain(behind) and "together 1–2." in plain(behind)
    assessed = re.search(r'<a href="(/record/incidents[^"]*)"><bdi class="range">6–10</bdi></a></td><td><a href="/record/conc', shown)
    assert assessed is not None and page(public, unescape(assessed[1])).count("record-name") == 2
    assert "no number" in shown  # of May there is a report and no concession
    contested = plain(page(public, f"/record?party={KARSIA}&grade=contested"))
    assert "Assessed: no number under these grades, conceded 1–2." in contested


def test_an_admission_is_taken_up_by_one_press_in_the_list(team: builders.Desk, filled: str) -> None:
    ref = filled
    public, lead = browser(team.app), sitting(team.app, team.leads[1])
    before = masked(public.get(f"/incidents/{ref}"))
    admitted(team, ref)
    assert masked(public.get(f"/incidents/{ref}")) == before
    assert "Admission recorded." in page(lead, f"/desk/incidents/{ref}")
    text = page(lead, "/desk/waiting?stage=accepted")
    assert "Admission recorded: a new round may grade it Confirmed." in plain(text)
    path = "/desk/waiting/KV412/reopen"
    sources.attach_source(team.enterer, ref, draft=builders.draft(9))
    late = lead.post(path, data={"seen": hidden(text, "seen"), "stage": "accepted"})
    assert late.status_code == 409 and builders.row(ref).stage == "published"
    seen = hidden(page(lead, "/desk/waiting?stage=accepted"), "seen")
    pressed = lead.post(path, data={"seen": seen, "stage": "accepted"})
    assert (pressed.status_code, builders.row(ref).stage) == (303, "grading")
    shown = plain(page(public, f"/incidents/{ref}"))
    assert "Being graded again." in shown and "accepted" not in shown
