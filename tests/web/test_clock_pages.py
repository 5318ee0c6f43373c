"""A clock that stepped, on the pages: a sentence says that nothing is written and who can mend it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from review import clock
from review.actions import log
from review.rules import clocks as rule
from tests import builders, clocks, trail
from tests.web.sitting import sitting

TEN_YEARS = timedelta(days=3653)
TEXT = "Grain store at Marj Eluan hit at dusk, five dead."


@pytest.fixture
def team(time: clocks.Clock, staffed: builders.Desk) -> builders.Desk:
    """The smallest desk at noon of a Monday."""
    return staffed


def sentence(last: str) -> str:
    return rule.STOPPED % {"last": last, "now": clock.today()}


def test_a_form_sent_meanwhile_gets_the_sentence_and_keeps_what_was_typed(team: builders.Desk, time: clocks.Clock) -> None:
    last, size = clock.today(), trail.size()
    form = {"text": TEXT, "language": "en"}
    time.at += timedelta(days=8)
    client = sitting(team.app, team.reviewers[0])
    answer = client.post("/desk/claims/new", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 503
    assert sentence(last) in page
    assert TEXT in page
    assert trail.size() == size
    assert client.get("/desk/incidents").status_code == 200
    time.at -= timedelta(days=8)
    assert sitting(team.app, team.reviewers[0]).post("/desk/claims/new", data=form).status_code == 302


def test_the_public_page_says_nothing_is_taken_now(team: builders.Desk, time: clocks.Clock) -> None:
    last = clock.today()
    time.at += TEN_YEARS
    public = team.app.test_client()
    assert public.get("/").status_code == 200
    assert public.get("/audit").status_code == 200
    assert sentence(last) not in public.get("/").get_data(as_text=True)


@pytest.mark.parametrize("role", ["admin", "lead", "reviewers", "auditor"])
def test_an_admin_and_nobody_else_sees_it_on_every_page(team: builders.Desk, time: clocks.Clock, role: str) -> None:
    actor = team.reviewers[0] if role == "reviewers" else getattr(team, role)
    last = clock.today()
    assert sentence(last) not in sitting(team.app, actor).get("/desk/incidents").get_data(as_text=True)
    time.at += TEN_YEARS
    shown = sentence(last) in sitting(team.app, actor).get("/desk/incidents").get_data(as_text=True)
    assert shown == (role == "admin")
    log.accept_clock(team.admin, reason="Looked at against a radio clock.")
    assert sentence(last) not in sitting(team.app, actor).get("/desk/incidents").get_data(as_text=True)
