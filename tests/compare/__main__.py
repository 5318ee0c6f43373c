"""`make compare`: Label Studio and this desk on one machine, the same work: keys, clicks and seconds, then goal 9."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_migrate import upgrade
from playwright.sync_api import Browser, sync_playwright

from review import create_app
from review.extensions import db
from tests import chromium, engines
from tests.bench import __main__ as bench
from tests.bench import desk
from tests.bench.report import Report
from tests.bench.servers import serving
from tests.compare import keystrokes, label_studio, over_http

WIDE = {"width": 1280, "height": 800}
ENOUGH = 160  # incidents of a desk on which one person is asked for twenty votes


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=2_000, help="items of each program under load")
    options.add_argument("--seconds", type=int, default=8, help="length of each measurement under load")
    options.add_argument("--engine", choices=["sqlite", "postgresql"], default="postgresql")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-compare-") as name, two(asked.engine, Path(name)) as places:
        compare(places, asked.engine, asked.items, asked.seconds, Path(name))


def compare(places: tuple[dict[str, str], dict[str, str]], engine: str, items: int, seconds: int, folder: Path) -> None:
    """Both programs served side by side, the work in turn."""
    settings, database = places
    filled = _filled(settings, items, folder)
    with serving("wsgi:app", settings) as base:
        if not label_studio.installed():
            _alone(base, filled)
            return
        print(f"Label Studio {label_studio.version()} beside this desk, both on {engine}, two gunicorn workers of eight threads", flush=True)
        home = folder / "studio"
        home.mkdir()
        with label_studio.running(home, database) as studio:
            print(_typed(base, filled, studio, studio.project(keystrokes.ITEMS)), flush=True)
            there = over_http.theirs(studio, studio.project(items), items)
            report = Report()
            over_http.run(report, engine, over_http.ours(base, filled), there, items, seconds, folder)
            report.close()


def _typed(base: str, filled: desk.Filled, studio: label_studio.Studio, project: int) -> str:
    """The table of keys, clicks and seconds."""
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        theirs, ours = _hands(browser), _hands(browser)
        work = keystrokes.label(theirs, studio.base, project, label_studio.EMAIL, label_studio.PASSWORD)
        keystrokes.in_turn((theirs, work), (ours, _votes(ours, base, filled)))
    return keystrokes.table(theirs, ours)


def _alone(base: str, filled: desk.Filled) -> None:
    """Label Studio could not be installed here: what the desk takes is still said."""
    with sync_playwright() as playwright, chromium.launch(playwright) as browser:
        ours = _hands(browser)
        keystrokes.in_turn((ours, _votes(ours, base, filled)))
    print(f"Label Studio is not installed here; this desk alone, {keystrokes.ITEMS} votes: {ours.keys} keys besides the words, "
          f"{ours.clicks} clicks, {ours.waited:.1f} s of waiting, {ours.seconds:.1f} s in all")  # fmt: skip


def _votes(hands: keystrokes.Hands, base: str, filled: desk.Filled) -> keystrokes.Work:
    name, _equals, value = desk.sign_in(base, filled.emails[0]).cookie.partition("=")
    hands.page.context.add_cookies([{"name": name, "value": value, "url": base}])
    return keystrokes.vote(hands, base)


def _hands(browser: Browser) -> keystrokes.Hands:
    """A fresh window of the same browser for each program, and two hands at it."""
    context = browser.new_context(viewport=WIDE, locale="en-GB")
    context.set_default_timeout(120_000)
    return keystrokes.Hands(context.new_page())


def _filled(settings: dict[str, str], items: int, folder: Path) -> desk.Filled:
    app = create_app(dict(settings))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    made = desk.fill(app, max(items, ENOUGH), folder)
    bench.release(app)
    return made


@contextmanager
def two(engine: str, folder: Path) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """The settings of an empty desk, and of an empty Label Studio, on the same engine."""
    home = folder / "home"
    home.mkdir(mode=0o700)
    if engine == "sqlite":
        url = f"sqlite:///{home / 'assay.db'}"
        yield bench.settings(home, url, url), {"DJANGO_DB": "sqlite"}
        return
    programs = engines.server_programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not here (Debian package postgresql); --engine sqlite compares without it.")
    with engines.cluster(programs, bench.DURABLE) as running:
        name = running.create()
        addresses = [running.url(role, name) for role in (engines.APPLICATION, engines.OWNER)]
        database = {
            "DJANGO_DB": "default", "POSTGRE_HOST": "127.0.0.1", "POSTGRE_PORT": str(running.port),
            "POSTGRE_USER": engines.OWNER, "POSTGRE_PASSWORD": "", "POSTGRE_NAME": running.create(),
        }  # fmt: skip
        yield bench.settings(home, *addresses), database


if __name__ == "__main__":
    main()
