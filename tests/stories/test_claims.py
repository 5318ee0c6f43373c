"""A claim typed into the desk: a long number is noticed at the keyboard, and what it may repeat is shown at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from review.actions import claims
from review.rules.mentions import long_numbers
from tests import builders, chromium
from tests.stories.people import Reviewer

pytestmark = pytest.mark.story

WITH_NUMBER = "The guard of the grain store, ID 900112233, is among the dead. https://eluan.example/p/123456789012"


def test_a_long_number_is_noticed_as_it_is_typed_and_kept_at_the_next_press(
    team: builders.Desk, open_window: Callable[..., Any]
) -> None:
    claims.receive_claim(team.enterer, text="Grain store: its guard is dead.", language="en")
    lina = Reviewer(open_window(viewport={"width": 390, "height": 844}), team.enterer.name).signs_in()
    lina.opens("/desk/claims/new")
    warning = lina.page.locator("[data-long-number]")
    expect(warning).to_be_hidden()
    typed = lina.page.locator("[name=text]")
    typed.fill(WITH_NUMBER)
    expect(warning).to_contain_text("900112233 looks like a national ID")
    assert "123456789012" not in warning.inner_text()
    assert chromium.violations(lina.page) == []
    typed.fill("No number here.")
    expect(warning).to_be_hidden()
    typed.fill(WITH_NUMBER)
    lina.presses("Keep the claim").is_told("The claim was received.")
    lina.reads("Same words: grain, guard, store.")
    assert chromium.violations(lina.page) == []


TEXTS = (
    "900112233", "12345678", "123456789", "1234567890 and 123456789", "ID 900112233, ID 900112233.", "٩٠٠١١٢٢٣٣", "۹۰۰۱۱۲۲۳۳",
    "9001-12233", "900 112 233", "+44900112233", "https://eluan.example/p/123456789012", "http://a.example/1?n=123456789 987654321",
    "x123456789y", "(https://a.example/123456789)", "https://123456789\n123456780", "no number", "１２３４５６７８９", "12345٦٧٨٩",
)  # fmt: skip


def test_the_keyboard_and_the_rule_notice_the_same_numbers(team: builders.Desk, open_window: Callable[..., Any]) -> None:
    lina = Reviewer(open_window(), team.enterer.name).signs_in()
    lina.opens("/desk/claims/new")
    noticed = {}
    for text in TEXTS:
        lina.page.locator("[name=text]").fill(text)
        noticed[text] = lina.page.locator("[name=heeded]").input_value().split()
    assert noticed == {text: list(dict.fromkeys(long_numbers(text))) for text in TEXTS}
    assert sum(map(bool, noticed.values())) > 8 and [] in noticed.values()


def test_on_a_phone_the_list_and_each_claim_are_pages_of_their_own(
    team: builders.Desk, open_window: Callable[..., Any]
) -> None:
    claims.receive_claim(team.enterer, text="Grain store: its guard is dead.", language="en")
    lina = Reviewer(open_window(viewport={"width": 390, "height": 844}), team.enterer.name).signs_in()
    lina.opens("/desk/claims")
    claim, place = lina.page.locator(".claim-read"), lina.page.locator(".claim-list ol a")
    expect(claim).to_be_hidden()
    place.first.click()
    expect(claim).to_be_visible()
    assert (claim.bounding_box() or {})["y"] < (place.first.bounding_box() or {})["y"]
    lina.page.set_viewport_size({"width": 1280, "height": 800})
    lina.opens("/desk/claims")
    expect(claim).to_be_visible()
