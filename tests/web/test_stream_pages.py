"""Streams under limited means: dated public notices, the queue that grows, and the way to catch up."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from review.actions import exits, redactions, restrictions, streams
from review.models import session
from review.queries import backlog, published_streams
from review.rules.permissions import Actor
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked
from tests.actions.test_record import twin
from tests.clocks import Clock
from tests.web.sitting import Browser, browser, hidden, masked, sitting
from tests.web.test_ledger_pages import page, plain

WHY = "Three people cannot grade both theatres."


@pytest.fixture
def team(staffed: builders.Desk, time: Clock) -> builders.Desk:
    return staffed


def logged(team: builders.Desk, code: str, killed: int = 1) -> str:
    harm = (("civilians", builders.Casualties(builders.Range(killed, killed), builders.Range())),)
    return builders.opened(team, codes=(code,), ranges=harm)


def public(team: builders.Desk) -> published_streams.PublicStream:
    session.rollback()
    return published_streams.stream_public(team.stream)


def rows(client: Browser, path: str) -> list[str]:
    return re.findall(r'<bdi class="code">([^<]*)</bdi>', page(client, path))


def test_each_switch_is_a_dated_notice_with_a_role_and_no_name(team: builders.Desk, time: Clock) -> None:
    builders.published(team)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason=WHY)
    time.at += timedelta(days=2)
    logged(team, "KV1")
    told = public(team)
    assert (told.mode, told.since, told.logged and told.logged.number, told.published.number) == ("log-only", "2031-03-24", 1, 1)
    assert [(one.day, one.mode, one.reason, one.role, one.first) for one in told.history] == [
        ("2031-03-24", "log-only", WHY, "lead", False), ("2031-03-24", "active", None, "admin", True),
    ]  # fmt: skip
    outside, inside = browser(team.app), sitting(team.app, team.leads[1])
    text = plain(page(outside, f"/streams/{team.stream}"))
    assert "1 logged, not assessed." in text and WHY in text and "Decided by: Lead editor." in text
    assert team.lead.name not in text and "KV1" not in text
    assert team.lead.name in page(inside, f"/desk/streams/{team.stream}")
    listing = page(outside, "/streams")
    link = re.search(rf'<a href="(/incidents\?stream={team.stream})"[^>]*>1<', listing)
    assert link is not None and page(outside, link[1]).count("record-name") == 1
    assert outside.get("/streams/no-such-stream").status_code == 404


def test_an_active_stream_tells_nothing_of_what_waits(team: builders.Desk) -> None:
    outside = browser(team.app)
    paths = ("/streams", f"/streams/{team.stream}")
    before = [masked(outside.get(path)) for path in paths]
    builders.agreed(team, builders.with_sources(team))
    logged(team, "KV1")
    assert [masked(outside.get(path)) for path in paths] == before


def test_a_stream_that_is_logged_tells_one_number_of_what_is_shown_to_all(team: builders.Desk) -> None:
    streams.switch_stream(team.lead, team.stream, mode="paused", reason=WHY)
    logged(team, "KV1")
    few, gone = logged(team, "KV2"), logged(team, "KV3")
    restrictions.restrict_incident(team.lead, few, people=[], reason="A family is in danger.")
    exits.dismiss_incident(team.lead, gone, reason="No harm to anybody.")
    told = public(team)
    assert told.logged is not None and (told.logged.number, told.logged.more) == (1, False)
    assert backlog.backlogs(team.leads[1])[team.stream].waiting == 1
    assert backlog.backlogs(team.lead)[team.stream].waiting == 2  # it is shown to this lead


def test_what_came_with_another_desks_grade_is_not_called_unassessed(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    slug = "tarn-brigades-unsorted"
    streams.switch_stream(team.lead, slug, mode="log-only", reason=WHY)
    session.rollback()
    told, waits = published_streams.stream_public(slug), backlog.backlogs(team.lead)[slug]
    assert told.logged is not None
    assert (told.logged.number, told.published.number, waits.waiting, waits.imported) == (1, 2, 3, 2)
    front = page(browser(team.app), "/")
    assert "1 logged, not assessed." in plain(front) and f'href="/streams/{slug}"' in front


def test_the_queue_grows_by_month_and_each_figure_is_the_length_of_its_list(team: builders.Desk, time: Clock) -> None:
    for code in ("KV1", "KV2"):
        logged(team, code)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason=WHY)
    time.goes(days=8)
    logged(team, "KV3")
    waits = backlog.backlogs(team.lead)[team.stream]
    assert (waits.waiting, waits.oldest, waits.days, waits.imported) == (3, "2031-03-24", 8, 0)
    assert [(one.month, one.logged, one.so_far) for one in waits.months] == [("2031-03", 2, 2), ("2031-04", 1, 3)]
    lead = sitting(team.app, team.lead)
    for place in ("/desk/streams", f"/desk/streams/{team.stream}", "/desk/waiting"):
        found = re.search(r'<a href="(/desk/incidents\?[^"]*stage=logged[^"]*)"[^>]*>\D*(\d+)', page(lead, place))
        assert found is not None, place
        assert len(rows(lead, unescape(found[1]))) == int(found[2]) == 3, place


def test_a_stream_taken_up_again_shows_what_was_logged_meanwhile_the_gravest_first(
    team: builders.Desk, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backlog, "SIZE", 2)
    before = logged(team, "KV1", 90)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason=WHY)
    _light, meanwhile, _late = (logged(team, *one) for one in (("KV2", 1), ("KV3", 7), ("KV4", 7)))
    taken = logged(team, "KV5", 50)
    time.at += timedelta(days=3)
    lead = sitting(team.app, team.lead)
    done = lead.post(f"/desk/streams/{team.stream}", data={"mode": "active", "reason": "Two more have joined."})
    assert (done.status_code, done.location) == (302, f"/desk/streams/{team.stream}/catch-up")
    logged(team, "KV6", 90)
    builders.round_opened(team, builders.with_sources(team, taken))
    first = page(lead, done.location)
    assert "Not assessed from 24 March 2031 to 27 March 2031. Logged in that time: 4; still waiting: 3." in plain(first)
    onward = re.search(r'href="([^"]*after=[^"]*)" rel="next"', first)
    assert onward is not None
    assert [*rows(lead, done.location), *rows(lead, unescape(onward[1]))] == ["KV3", "KV4", "KV2"]
    assert backlog.catch_up_page(team.lead, team.stream).waiting == 3
    for ref in (before, meanwhile):
        builders.with_sources(team, ref)
    (several,) = re.findall(r'href="(/desk/assign[^"]*)"', first)
    chosen, everything = page(lead, unescape(several)), page(lead, f"/desk/assign?stream={team.stream}")
    assert re.findall(r'name="incident" value="(KV\d)"', chosen) == ["KV3"]
    assert re.findall(r'name="incident" value="(KV\d)"', everything) == ["KV1", "KV3"]
    wanted = {"stream": team.stream, "logged": hidden(chosen, "logged"), "incident": "KV3", "how": "load"}
    shown = lead.post("/desk/assign/preview", data=wanted).get_data(as_text=True)
    assert hidden(shown, "logged") == "meanwhile" and re.findall(r'name="incident" value="(KV\d)"', shown) == ["KV3"]
    given = {"stream": team.stream, "logged": "meanwhile", "give": hidden(shown, "give")}
    assert lead.post("/desk/assign", data=given).location == unescape(several)


def test_a_notice_whose_words_were_removed_stays_without_them(team: builders.Desk) -> None:
    streams.switch_stream(team.lead, team.stream, mode="paused", reason=WHY)
    request = asked(team, None, Named(public(team).history[0].seq, "reason"))
    redactions.second_redaction(team.leads[1], request, reason="I have read it.")
    assert [(one.mode, one.reason) for one in public(team).history] == [("paused", None), ("active", None)]
    assert WHY not in page(browser(team.app), f"/streams/{team.stream}")


def test_before_the_first_stream_is_defined_the_page_of_a_new_incident_says_who_defines_it(desk: Flask) -> None:
    admin = Actor(builders.first_admin(), "admin", "Tamsin Orrel")
    noor = sitting(desk, builders.add(admin, "Noor Velan", "reviewer"))
    told = "No stream is defined yet."
    assert told in noor.get("/desk/incidents/new").text
    streams.define_stream(admin, slug=builders.STREAM, name="Karsian Air Force, Velmar")
    assert told not in noor.get("/desk/incidents/new").text
