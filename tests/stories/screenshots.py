"""`make screenshots`: the main pages of the demo as each role sees them, in both languages and at both widths.

They go into `.screenshots/<language>-<width>/<page>.png`, which git does not keep. `--readme` makes the pictures in
`docs/` anew instead.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, Page, sync_playwright

from review import create_app
from review.extensions import db
from review.queries import health
from tests import chromium
from tests.stories.whole_desk import seat

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / ".screenshots"
WIDTHS = {1280: 800, 390: 844}
# A page goes on below this; what is wrong with a layout shows before it.
TALLEST = 3600
DESK = "/desk/incidents"


@dataclass(frozen=True)
class Shot:
    """One page, and whose it is: the part of their address before the @, nobody for the public."""

    name: str
    path: str
    who: str = ""


SHOTS = (
    Shot("front", "/"),
    Shot("incidents", "/incidents"),
    Shot("incidents-map", "/incidents?view=map"),
    Shot("incident", "/incidents/KV412"),
    Shot("incident-dissent", "/incidents/NJ118"),
    Shot("record", "/record"),
    Shot("record-party", "/record?party=karsian air force"),
    Shot("record-ledger", "/record?party=northern joint command"),
    Shot("record-map", "/record/map"),
    Shot("streams-public", "/streams"),
    Shot("data", "/data"),
    Shot("api", "/api"),
    Shot("submit", "/submit"),
    Shot("receipt", "/submit/receipt"),
    Shot("correction", "/incidents/KV412/correction"),
    Shot("method", "/method"),
    Shot("audit", "/audit"),
    Shot("checkpoints", "/audit/checkpoints"),
    Shot("help", "/help"),
    Shot("login", "/login"),
    Shot("not-found", "/not-a-page"),
    Shot("bench", f"{DESK}/KV421", "mara"),
    Shot("desk", "/desk", "mara"),
    Shot("inbox", "/desk/inbox", "mara"),
    Shot("account", "/desk/account", "mara"),
    Shot("source", f"{DESK}/KV421/sources/1", "mara"),
    Shot("incident-desk", f"{DESK}/NJ118", "mara"),
    Shot("arguing", f"{DESK}/NJ121/settlement", "mara"),
    Shot("after-the-vote", "/desk/after-the-vote", "ben"),
    Shot("settlement", f"{DESK}/NJ107/settlement", "sunniva"),
    Shot("claims", "/desk/claims", "lina"),
    Shot("claim-new", "/desk/claims/new", "lina"),
    Shot("describe", f"{DESK}/KV415/describe", "lina"),
    Shot("waiting", "/desk/waiting", "lead"),
    Shot("workload", "/desk/workload", "lead"),
    Shot("assign", "/desk/assign", "lead"),
    Shot("incidents-desk", DESK, "lead"),
    Shot("incidents-desk-map", f"{DESK}?view=map", "lead"),
    Shot("approval", f"{DESK}/KV415/approval", "lead"),
    Shot("incident-lead", f"{DESK}/NJ118", "lead"),
    Shot("settlement-lead", f"{DESK}/NJ118/settlement", "lead"),
    Shot("history", f"{DESK}/NJ118/history", "lead"),
    Shot("removals", "/desk/redactions", "lead"),
    Shot("submissions", "/desk/submissions", "lead"),
    Shot("corrections", "/desk/corrections", "lead"),
    Shot("ledger", "/desk/ledger", "lead"),
    Shot("agreement", "/desk/agreement", "lead"),
    Shot("parties", "/desk/parties", "admin"),
    Shot("method-desk", "/desk/method", "admin"),
    Shot("tokens", "/desk/account/tokens", "admin"),
    Shot("people", "/desk/people", "admin"),
    Shot("streams", "/desk/streams", "admin"),
    Shot("policy", "/desk/policy", "admin"),
    Shot("checks", "/desk/checks", "admin"),
    Shot("import", "/desk/import", "admin"),
    Shot("export", "/desk/export", "auditor"),
)
DARK = ("front", "incident-dissent", "bench", "settlement", "waiting", "approval", "history")
PRINTED = ("incident-dissent", "approval", "history", "incidents", "audit")
README = ("bench", "settlement", "approval")


def main() -> None:
    """Make what was asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("names", nargs="*", help="only these pages, by the names of their files")
    options.add_argument("--readme", action="store_true", help="the pictures of the README, into docs/")
    asked = options.parse_args()
    wanted = [shot for shot in SHOTS if not asked.names or shot.name in asked.names]
    with (
        tempfile.TemporaryDirectory(prefix="assay-screenshots-") as home,
        demo(Path(home)) as server,
        sync_playwright() as playwright,
    ):
        browser = chromium.launch(playwright)
        if asked.readme:
            for_the_readme(browser, server)
        else:
            everything(browser, server, wanted)
        browser.close()


@contextmanager
def demo(home: Path) -> Iterator[chromium.Server]:
    """What `make demo` serves, on a free port."""
    settings, _passwords = filled_demo(home)
    app = create_app(dict(settings))
    with chromium.serving(app) as server:
        yield server
    _release(app)


def filled_demo(home: Path) -> tuple[dict[str, str], dict[str, str]]:
    """The desk of `make demo` in a folder: its settings, and what its people type to sign in, by their addresses."""
    home.chmod(0o700)
    url = f"sqlite:///{home / 'assay.db'}"
    settings = {"ASSAY_HOME": str(home), "DATABASE_URL": url, "MIGRATION_DATABASE_URL": url}
    app = create_app(dict(settings))
    with app.app_context():
        upgrade()
    filled = app.test_cli_runner().invoke(args=["demo"])
    if filled.exit_code:
        raise SystemExit(filled.output)
    with app.app_context():
        health.beat()  # the worker that stands beside the demo
    _release(app)
    people = [line.split() for line in filled.stdout.splitlines() if "@" in line]
    return settings, {email: password for _role, email, password in people}


def _release(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def everything(browser: Browser, server: chromium.Server, shots: list[Shot]) -> None:
    """Every page in both languages at both widths; some of them in the dark, and as they are printed."""
    for language in ("en", "ar"):
        for width in WIDTHS:
            take(browser, server, shots, f"{language}-{width}", language, width)
        dark = [shot for shot in shots if shot.name in DARK]
        take(browser, server, dark, f"{language}-1280-dark", language, 1280, color_scheme="dark")
        printed = [shot for shot in shots if shot.name in PRINTED]
        take(browser, server, printed, f"{language}-print", language, 794, media="print")


def take(
    browser: Browser, server: chromium.Server, shots: list[Shot], folder: str, language: str, width: int, **look: Any
) -> None:
    """Each of these pages into one folder."""
    into = OUT / folder
    into.mkdir(parents=True, exist_ok=True)
    media = look.pop("media", "screen")
    size = {"width": width, "height": WIDTHS.get(width, 1123)}
    touch = {"has_touch": True, "is_mobile": True} if width == 390 else {}
    for who in dict.fromkeys(shot.who for shot in shots):
        with window(browser, server, who, locale=language, viewport=size, **touch, **look) as page:
            page.emulate_media(media=media)
            for shot in (one for one in shots if one.who == who):
                answer = page.goto(shot.path)
                if answer is None or answer.status >= 500:
                    raise SystemExit(f"{shot.path} broke for {who or 'the public'}")
                keep(page, into / f"{shot.name}.png")
    print(f"{into.relative_to(ROOT)}: {len(shots)}", flush=True)


def for_the_readme(browser: Browser, server: chromium.Server) -> None:
    """What the README shows, as it stands on a small desk's screen."""
    for shot in (one for one in SHOTS if one.name in README):
        with window(browser, server, shot.who, viewport={"width": 1280, "height": 680}) as page:
            page.goto(shot.path)
            page.screenshot(path=ROOT / "docs" / f"{shot.name}.png")


@contextmanager
def window(browser: Browser, server: chromium.Server, who: str, **options: Any) -> Iterator[Page]:
    """A window in which this person is signed in; nobody is where no name is given."""
    opened = chromium.open_window(browser, server.url, **options)
    if who:
        seat(opened.context, server.app, f"{who}@assay.invalid")
    yield opened.page
    opened.context.close()
    if opened.complaints:
        raise SystemExit("\n".join(opened.complaints))


def keep(page: Page, path: Path) -> None:
    """The whole page, or as much of it as anybody looks at."""
    page.evaluate("document.fonts.ready")
    height = min(TALLEST, page.evaluate("document.documentElement.scrollHeight"))
    width = page.viewport_size["width"] if page.viewport_size else 1280
    page.screenshot(path=path, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})


if __name__ == "__main__":
    main()
