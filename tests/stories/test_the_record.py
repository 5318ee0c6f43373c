"""The facts typed without a script: a place more, a party less, and Enter that records instead of adding a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests import builders, chromium
from tests.stories.people import Reviewer

pytestmark = pytest.mark.story


def test_places_and_parties_come_and_go_and_enter_records(team: builders.Desk, open_window: Callable[..., Any]) -> None:
    ref = builders.opened(team)
    window = open_window(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    lina = Reviewer(window, team.enterer.name).signs_in()
    lina.opens("/desk/incidents/KV412/describe").fills("What is reported", "The store and a bridge.")
    lina.presses("Add another place")
    assert lina.page.url.endswith("#places-0")
    expect(lina.page.get_by_label("What is reported")).to_have_value("The store and a bridge.")
    second = lina.page.locator("#places-1")
    second.get_by_label("Place in English").fill("Qadir bridge")
    second.get_by_label("Latitude").fill("33.5")
    second.get_by_label("Longitude").fill("41.5")
    second.get_by_label("How exactly it is known").select_option("within_100m")
    second.get_by_label("The primary place").check()
    lina.presses("Add another party").presses("Take party 2 away")
    expect(lina.page.locator(".party-row")).to_have_count(1)
    lina.fills("Why", "The bridge was named by two.").page.get_by_label("Earlier codes").press("Enter")
    lina.is_told("The facts were written anew.")
    found = builders.view(ref)
    assert [place.name() for place in found.facts.places] == ["Qadir bridge", "Marj Eluan"]
    assert found.exact["points"] == [[33.5, 41.5], [33.12345, 41.87654]]
    assert found.facts.summary == "The store and a bridge."


def test_the_form_at_its_fullest_passes_axe(team: builders.Desk, open_window: Callable[..., Any]) -> None:
    builders.opened(team)
    lina = Reviewer(open_window(viewport={"width": 390, "height": 844}), team.enterer.name).signs_in()
    lina.opens("/desk/incidents/KV412/describe").presses("Add another place").presses("Add another party")
    for summary in ("Who reported it first", "Words that are not in these lists", "What else was seen", "Further groups of people"):
        lina.unfolds(summary)
    assert chromium.violations(lina.page) == []
    assert lina.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
