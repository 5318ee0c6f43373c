"""Twenty items judged with a choice and a reason, in Chromium, by somebody who types the same words: keys, clicks, waiting.

Whoever types needs no time, so what is left of the clock is the program's. A key held down counts as a key. The words
are the same on both sides and are counted apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

expect.set_options(timeout=120_000)
ITEMS = 20
REASON = "Two accounts of their own; the store stood where the first one puts it."


@dataclass
class Hands:
    """Two hands at a keyboard and a mouse, counted; and how long they waited after each item for the next one."""

    page: Page
    keys: int = 0
    clicks: int = 0
    words: int = 0
    waited: float = 0.0
    seconds: float = 0.0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.keys += len(key.split("+"))
            self.page.keyboard.press(key)

    def click(self, place: Any) -> None:
        self.clicks += 1
        place.click()

    def write(self, words: str) -> None:
        self.words += len(words)
        self.page.keyboard.type(words)

    def waits_for(self, what: Callable[[], object]) -> None:
        began = time.perf_counter()
        what()
        self.waited += time.perf_counter() - began


Work = Iterator[None]


def label(hands: Hands, base: str, project: int, email: str, password: str) -> Work:
    """Label Studio: signed in, then one item after the other, from "Label All Tasks" on."""
    page = hands.page
    page.goto(f"{base}/user/login/")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{base}/")
    page.goto(f"{base}/projects/{project}/data")
    start = page.get_by_role("button", name="Label All Tasks")
    start.wait_for()
    yield
    hands.click(start)
    for number in range(ITEMS):
        hands.waits_for(lambda number=number: _next_item(page, number))
        hands.press("2")
        expect(page.locator("input[name=Fair]")).to_be_checked()
        hands.click(page.get_by_test_id("textarea-input"))
        hands.write(REASON)
        hands.press("Enter")
        expect(page.get_by_text(REASON)).to_be_visible()
        hands.waits_for(lambda: _submit(hands))
        yield


def _submit(hands: Hands) -> None:
    """Until it is stored: what is closed before that is lost."""
    with hands.page.expect_response(lambda answer: "/annotations" in answer.url and answer.request.method == "POST"):
        hands.press("Control+Enter")


def _next_item(page: Page, number: int) -> None:
    page.get_by_text(f"Item {number}.").wait_for()
    expect(page.locator("input[name=Fair]")).not_to_be_checked()
    expect(page.get_by_test_id("bottombar-submit-button")).to_be_enabled()


def vote(hands: Hands, base: str) -> Work:
    """This desk: one vote after the other, from "next" until it is cast and sealed, each resting on a source."""
    page = hands.page
    page.goto(f"{base}/desk")
    page.locator("html.keys-heard").wait_for()
    yield
    for _number in range(ITEMS):
        hands.press("n")
        hands.waits_for(page.locator("html.keys-heard #ballot").wait_for)
        hands.press("2")
        expect(page.locator("input[name=grade][value=fair]")).to_be_checked()
        hands.press("x", "r")
        hands.write(REASON)
        hands.press("Control+Enter")
        hands.waits_for(page.locator("html.keys-heard .toast").wait_for)
        yield


def in_turn(*both: tuple[Hands, Work]) -> None:
    """An item here, an item there, so that both meet the same machine; signing in is not counted."""
    for number in range(ITEMS + 1):
        for hands, work in both:
            began = time.perf_counter()
            next(work)
            hands.seconds += time.perf_counter() - began if number else 0.0


def table(theirs: Hands, ours: Hands) -> str:
    """Both side by side."""
    rows = [
        ("keys besides the words", str(theirs.keys), str(ours.keys)),
        ("clicks", str(theirs.clicks), str(ours.clicks)),
        ("keys of the words", str(theirs.words), str(ours.words)),
        ("seconds of waiting", f"{theirs.waited:.1f}", f"{ours.waited:.1f}"),
        ("seconds in all, typing no time", f"{theirs.seconds:.1f}", f"{ours.seconds:.1f}"),
    ]
    lines = [f"\n{ITEMS} items judged with a choice and a reason", f"{'':<34}{'Label Studio':>14}{'here':>10}"]
    return "\n".join(lines + [f"{name:<34}{one:>14}{other:>10}" for name, one, other in rows])
