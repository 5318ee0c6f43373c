"""How soon a page is there to be read: its largest contentful paint in Chromium, nothing cached, a processor four times as slow."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests import chromium
from tests.bench import desk
from tests.bench.report import Line, Report, alternately
from tests.bench.servers import serving
from tests.stories.screenshots import filled_demo

SLOWER = 4
GOAL = 1.0  # seconds
ROUNDS = 7
WIDE = {"width": 1280, "height": 800}
PAGES = (
    ("bench", "mara", "/desk/incidents/KV421"),
    ("desk", "mara", "/desk"),
    ("public incident", "", "/incidents/KV412"),
)
LARGEST = """() => new Promise(told => new PerformanceObserver(list => told(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


def run(report: Report, yardstick_url: str, folder: Path) -> None:
    """The demo served as a desk is, each page opened in turn with the bare one."""
    home = folder / "demo"
    home.mkdir(mode=0o700)
    settings, passwords = filled_demo(home)
    yardstick = {"YARDSTICK_URL": yardstick_url}
    with (
        serving("wsgi:app", settings) as base,
        serving("tests.bench.yardsticks:create()", yardstick) as other,
        sync_playwright() as playwright,
    ):
        browser = chromium.launch(playwright)
        for name, who, path in PAGES:
            cookie = _cookie(base, who, passwords)
            _painted(browser, base, path, cookie)  # the first of all warms the server
            rounds = alternately(
                lambda path=path, cookie=cookie: _painted(browser, base, path, cookie),
                lambda: _painted(browser, other, "/queue", {}),
                ROUNDS,
            )
            took, bare, _ratio = rounds
            report.say(Line(f"- largest paint of the {name}, 4x slower", f"{took:.0f} ms", f"bare {bare:.0f} ms", took / 1000, GOAL, at_least=False))
        browser.close()


def _cookie(base: str, who: str, passwords: Mapping[str, str]) -> dict[str, str]:
    if not who:
        return {}
    email = f"{who}@assay.invalid"
    name, _equals, value = desk.sign_in(base, email, passwords[email]).cookie.partition("=")
    return {"name": name, "value": value, "url": base}


def _painted(browser: Browser, base: str, path: str, cookie: dict[str, str]) -> float:
    """Milliseconds from the question to the largest paint, in a browser that knows nothing yet."""
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    if cookie:
        context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(base + path)
    took: Any = page.evaluate(LARGEST)
    context.close()
    return float(took)
