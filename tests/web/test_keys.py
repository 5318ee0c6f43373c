"""From "next" to a cast vote without the mouse; the draft that saves itself; the keys switched off. In Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders, chromium
from tests.web.sitting import sitting

Open = Callable[..., Any]


@pytest.fixture
def engine_name() -> str:
    """What is under test is the script: one engine says it all."""
    return "sqlite"


@pytest.fixture
def bench(live_server: chromium.Server, open_window: Open) -> Any:
    """A reviewer's window on a desk where one round waits for somebody."""
    with live_server.app.app_context():
        desk = builders.desk(live_server.app)
        builders.round_opened(desk, reviewers=())
        cookie = sitting(live_server.app, desk.spare).get_cookie("assay")
    assert cookie is not None
    page = open_window(viewport={"width": 1280, "height": 800})
    page.context.add_cookies([{"name": "assay", "value": cookie.value, "url": live_server.url}])
    page.goto("/desk")
    return page


def taken(bench: Any) -> None:
    """Take the next incident by its button, and wait until its scripts run."""
    bench.get_by_role("button", name="Take the next incident").click()
    bench.wait_for_url("**/desk/incidents/KV412")
    bench.wait_for_selector(".has-keys")


def test_a_vote_is_cast_by_keys_alone(bench: Any) -> None:
    bench.keyboard.press("n")
    bench.wait_for_url("**/desk/incidents/KV412")
    bench.wait_for_selector(".has-keys")
    bench.keyboard.press("2")
    assert bench.locator("input[name=grade]:checked").get_attribute("value") == "fair"
    bench.keyboard.press("j")
    bench.keyboard.press("x")
    assert bench.locator("#s1 input[name=sources]").is_checked()
    bench.keyboard.press("r")
    bench.keyboard.type("Two accounts, 2 origins.")
    assert bench.locator("input[name=grade]:checked").get_attribute("value") == "fair"
    bench.get_by_text("Draft saved").wait_for()
    bench.keyboard.press("Control+Enter")
    bench.wait_for_url("**/desk")
    assert bench.get_by_text("cast and sealed").is_visible()
    assert chromium.violations(bench) == []


def test_the_draft_saves_itself_and_is_there_again(bench: Any) -> None:
    taken(bench)
    bench.get_by_label("Rationale").fill("Begun by hand.")
    bench.locator("#s2 input[name=sources]").check()
    bench.get_by_text("Draft saved").wait_for()
    bench.reload()
    assert bench.get_by_label("Rationale").input_value() == "Begun by hand."
    assert bench.locator("#s2 input[name=sources]").is_checked()


def test_why_is_asked_only_where_the_grade_goes_against_its_definition(bench: Any) -> None:
    taken(bench)
    why = bench.get_by_label("Why this grade all the same")
    assert not why.is_visible()
    bench.get_by_label("Discounted").check()
    assert why.is_visible()
    bench.get_by_label("Fair").check()
    assert not why.is_visible()


def test_keys_have_a_sheet_and_can_be_switched_off(bench: Any) -> None:
    taken(bench)
    bench.keyboard.press("Shift+Slash")
    sheet = bench.get_by_role("dialog", name="Keys")
    assert sheet.is_visible()
    assert chromium.violations(bench) == []
    sheet.get_by_label("Keys are on").uncheck()
    bench.keyboard.press("Escape")
    assert not sheet.is_visible()
    bench.keyboard.press("3")
    assert bench.locator("input[name=grade]:checked").count() == 0
