"""The first person sets the desk up, signs out and in again: by keyboard, on a phone, in the dark, right to left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from review.actions import invitations
from tests import chromium
from tests.actions.test_accounts import WORDS

pytestmark = pytest.mark.story

Open = Callable[..., Any]
PHONE = {"viewport": {"width": 390, "height": 844}}


def first_link(app: Flask) -> str:
    with app.app_context():
        return f"/setup/{invitations.first_link()}"


def test_setting_up_then_signing_out_and_in_by_keyboard(live_server: chromium.Server, page: Any) -> None:
    page.goto(first_link(live_server.app))
    assert chromium.violations(page) == []
    page.get_by_label("Your name").fill("Ilse Marchetti-Osei")
    page.get_by_label("E-mail").fill("ilse@desk.invalid")
    page.get_by_label("Password", exact=True).fill(WORDS)
    page.get_by_label("The same password again").fill("something else")
    page.get_by_role("button", name="Set up the desk").click()
    assert page.get_by_text("The two passwords differ.").is_visible()
    assert page.get_by_label("Your name").input_value() == "Ilse Marchetti-Osei"
    page.get_by_label("Password", exact=True).fill(WORDS)
    page.get_by_label("The same password again").fill(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk**")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/login")
    page.get_by_label("E-mail").focus()
    page.keyboard.type("ilse@desk.invalid")
    page.keyboard.press("Tab")
    page.keyboard.type(WORDS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk**")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_log_in_page_reads_well_on_a_phone(open_window: Open, scheme: str) -> None:
    page = open_window(color_scheme=scheme, **PHONE)
    page.goto("/login")
    assert chromium.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_log_in_page_bears_longer_words_and_the_other_direction(
    make_app: Callable[..., Flask], open_window: Open
) -> None:
    with chromium.serving(make_app(PSEUDO=True)) as server:
        page = open_window(base_url=server.url, **PHONE)
        page.goto("/login")
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert chromium.violations(page) == []
