"""Chromium as people use it, without telling anybody: Debian's binary, no network of its own."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright
from werkzeug.serving import WSGIRequestHandler, make_server

QUIET = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
# A refused form or a missing page is an answer, not a fault of the page.
ANSWER = "Failed to load resource: the server responded with a status of"


def binary() -> str | None:
    """Where Chromium is, if it is here."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    """Start it; root may only without its sandbox."""
    flags = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else list(QUIET)
    return playwright.chromium.launch(executable_path=binary(), args=flags)

# The innermost elements that reach beyond the window's edge, for the message of a test that found one.
TOO_WIDE = """() => [...document.querySelectorAll('body *')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.width && (box.right > innerWidth + 1 || box.left < -1); })
  .filter(one => !one.closest('.scroll, .vh, pre'))
  .slice(-4).map(one => one.outerHTML.slice(0, 120)).join(' | ')"""


@dataclass
class Window:
    """One person's browser: a cookie jar of its own, and a note of everything the pages complained of."""

    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Note an error of the console: a broken content policy is one."""
        if message.type in ("error", "warning") and not message.text.startswith(ANSWER):
            self.complaints.append(f"{self.page.url}: {message.text}")


def open_window(browser: Browser, base_url: str, **options: Any) -> Window:
    """A fresh window; `options` are Playwright's (viewport, color_scheme, locale, java_script_enabled)."""
    context = browser.new_context(base_url=base_url, **{"locale": "en-GB", **options})
    context.set_default_timeout(30_000)
    window = Window(context, context.new_page())
    window.page.on("console", window.hear)
    window.page.on("pageerror", lambda error: window.complaints.append(f"{window.page.url}: {error}"))
    return window


@lru_cache(maxsize=1)
def _axe() -> str:
    return (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it stands, one line a rule with the first places."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe() + ";0")
        page.add_init_script(_axe())  # this window's next pages bring it along: cheaper than sending it to each
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
        ".then(result => result.violations)",
        list(RULES),
    )
    return [
        f"{page.url} {rule['id']}: {rule['help']} at "
        + "; ".join(str(node["target"]) for node in rule["nodes"][:3])
        for rule in found
    ]


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@dataclass(frozen=True)
class Server:
    """An application listening on 127.0.0.1."""

    url: str
    app: Flask


@contextmanager
def serving(app: Flask) -> Iterator[Server]:
    """Serve the application from threads of this process, so that it shares the test's clock."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", app)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
