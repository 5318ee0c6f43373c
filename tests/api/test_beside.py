"""What a party says itself and how far reviewers agree: a program reads what the pages show, and nothing beyond it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask, render_template_string

from review.api.agreement import AgreementShape
from review.models import session
from review.queries.agreement import OfCodebook
from review.rules import agreement
from review.rules.agreement import FEWEST
from review.rules.facts import Range
from review.rules.grades import AIRWARS_1
from review.rules.ledger import Report
from review.rules.record import HEADLINE as INCLUDED
from tests import builders, staffing
from tests.actions.test_ledger import ADDRESS, KARSIA, MARCH, conceded_once, conceding, entered
from tests.web.sitting import Browser, browser

BASE = "/api/v1"
KARSIAN = KARSIA.replace(" ", "+")
HEADLINE = {"incidents": 1, "fewest": 3, "most": 5, "not_known": 0, "open_below": 0, "open_above": 0}


def beside(team: builders.Desk, time: object) -> str:
    """A month reported twice and a month that does not follow, beside what is conceded; and what is not public."""
    ref = conceded_once(team, time)
    entered(team)
    entered(team, Report(carried=40, received=13, credible=3, non_credible=20, duplicate=1, open=28), seen=1, why="A slip.")
    entered(team, Report(carried=30, received=None, open=None), month="2031-04")
    entered(team, MARCH, party="Nobody Whom An Incident Names")
    conceding(team, Range(70, 90), codes=("ZQ999",))
    return ref


@pytest.fixture
def filling() -> staffing.Filling:
    return beside


@pytest.fixture
def program(staffed: builders.Desk) -> Browser:
    session.rollback()
    return browser(staffed.app)


def answered(program: Browser, path: str) -> Any:
    answer = program.get(BASE + path)
    assert answer.status_code == 200 and answer.headers["ETag"], path
    return answer.get_json()


def shown(program: Browser, path: str) -> str:
    """What a stranger reads on a page, without its marks."""
    text = unescape(program.get(path).get_data(as_text=True))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_what_a_party_says_is_what_its_page_says(program: Browser, filled: str) -> None:
    told = answered(program, f"/record/official?party={KARSIAN}")
    assert (told["party"], told["grades"], told["assessed"]) == (KARSIA, list(INCLUDED), HEADLINE)
    assert told["conceded"] == {**HEADLINE, "fewest": 1, "most": 2}
    april, march = told["data"]
    assert (april["month"], april["conceded"]["incidents"]) == ("2031-04", 0)
    assert april["reported"]["findings"] == [{"kind": "follows", "values": {"before": 28, "carried": 30}}]
    assert april["reported"]["standing"]["report"]["received"] is None, "blank is not zero"
    assert march["reported"]["findings"] == [
        {"kind": "sum", "values": {"carried": 40, "received": 13, "closed": 24, "made": 29, "open": 28}}
    ]
    (earlier,) = march["reported"]["earlier"]
    figures = {"carried": 40, "received": 12, "credible": 3, "non_credible": 20, "duplicate": 1, "open": 28}
    assert earlier == {"day": march["reported"]["standing"]["day"], "url": ADDRESS, "report": figures}
    page = shown(program, f"/record?party={KARSIAN}")
    assert "Assessed 3–5 civilians killed" in page and "conceded 1–2" in page
    assert "40 carried over and 13 received, less 24 closed, make 29 open; the report says 28" in page


def test_the_grades_asked_for_move_what_is_assessed_and_nothing_else(program: Browser, filled: str) -> None:
    weak = answered(program, f"/record/official?party={KARSIAN}&grade=weak")
    fair = answered(program, f"/record/official?party={KARSIAN}&grade=fair")
    assert weak["assessed"]["incidents"] == 0 and fair["assessed"] == HEADLINE
    assert weak["conceded"] == fair["conceded"]
    assert [one["reported"] for one in weak["data"]] == [one["reported"] for one in fair["data"]]


def test_of_everybody_there_are_the_names_that_the_page_shows(program: Browser, filled: str) -> None:
    told = answered(program, "/record/official")
    assert (told["party"], told["data"], told["ledgers"]) == (None, [], {KARSIA: builders.PARTY})
    assert "Nobody Whom" not in shown(program, "/record")
    for path in (f"/record/official?party={'nobody'}", "/record/official?party=nobody+whom+an+incident+names"):
        answer = program.get(BASE + path)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


def test_the_list_behind_what_is_conceded_is_the_pages(program: Browser, filled: str) -> None:
    month = f"party={KARSIAN}&month=2031-03"
    told = answered(program, f"/record/conceded?{month}")
    assert (told["party"], told["name"], told["month"]) == (KARSIA, builders.PARTY, "2031-03")
    assert told["figure"] == {**HEADLINE, "fewest": 1, "most": 2}
    assert [one["ref"] for one in told["data"]] == ["KV412"]
    assert told["data"] == [one for one in answered(program, "/incidents")["data"] if one["ref"] == "KV412"]
    assert "1 published incident in which" in shown(program, f"/record/conceded?{month}")
    assert answered(program, f"/record/conceded?party={KARSIAN}&month=undated")["data"] == []
    assert program.get(f"{BASE}/record/conceded?month=2031-13").status_code == 422


def test_agreement_says_too_few_as_the_page_does(program: Browser, filled: str) -> None:
    told = answered(program, "/agreement")
    assert told["fewest"] == FEWEST
    (book,) = told["data"]
    assert (book["codebook"], book["measured"]["incidents"], book["measured"]["votes"]) == ("airwars/1", 1, 3)
    assert book["measured"]["too_few"] and book["measured"]["alpha"] is None and book["measured"]["pairs"] == []
    assert [one["slug"] for one in book["streams"]] == [builders.STREAM]
    page = shown(program, "/method")
    assert "First rounds with two live votes or more: 1, with 3 votes." in page and "Too few" in page
    assert "Where a first round was abandoned, the next one counts in its place" in page


def test_a_coefficient_is_no_closer_than_on_the_page(app: Flask) -> None:
    tallies = {("fair", "fair", "weak"): 31, ("weak", "weak", "weak"): 12, ("contested", "fair", "fair"): 7}
    measured = agreement.measured(tallies, AIRWARS_1)
    page = {"fewest": 1, "of_a_hundred": 95, "draws": 1, "data": [OfCodebook("airwars/1", measured, ())]}
    told = AgreementShape().dump(page)["data"][0]["measured"]
    shown_as = '{% from "_macros/agreement.html" import figures %}{{ figures(page) }}'
    with app.test_request_context():
        figures = render_template_string(shown_as, page=page["data"])
    assert not told["too_few"]
    for name in ("alpha", "low", "high", "nominal"):
        assert told[name] != getattr(measured, name) and f"{told[name]:.2f}" in figures, name
    assert told["pairs"][1]["observed"] == 62.0 and [one["distance"] for one in told["pairs"][:2]] == [0, 1]
