"""Every page by whoever opens it: nothing that axe finds wrong, no word in the console, no sideways scroll."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import chromium
from tests.stories import whole_desk
from tests.stories.conftest import Sample
from tests.stories.people import Reviewer
from tests.web import addresses

pytestmark = pytest.mark.story

Open = Callable[..., Any]
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 390, "height": 844}
# All but the menu of a lead's bar: open, it lies over the page until it is closed again.
UNFOLD = "document.querySelectorAll('details:not(.folded)').forEach(part => part.open = true)"
LEADS_NOWHERE = "[...document.querySelectorAll('[role=alert] a')].filter(way => !document.querySelector(way.hash)).map(way => way.hash)"
FITS = "document.documentElement.scrollWidth <= innerWidth"
# The set-up link works on an empty desk only (test_getting_in); the others are no pages.
NOT_HERE = {"signing_in.set_up", "health.healthz", "sources.file", "exports.take", "public.bundle", "public.bundle_of"}
# Texts for programs, the verifier, and proofs to keep.
NOT_HERE |= {f"checkpoints.{name}" for name in ("latest", "one", "feed", "consistency")}
NOT_HERE |= {"public.verifier", "proofs.public", "proofs.of_step"}
NOT_HERE |= {"care.media_file", "incidents.listed_csv", "incidents.listed_json", "submissions.file"}  # files
NOT_HERE |= {f"open_data.{name}" for name in ("feed", "file", "program", "snapshot_file")}


@pytest.fixture
def whole(sample: Sample, live_server: chromium.Server) -> whole_desk.Whole:
    """The sample with something on everybody's turn."""
    return whole_desk.whole(live_server.app)


def faults(page: Any, path: str) -> Iterator[str]:
    """What is wrong with one page, every part of it unfolded, wide and on a phone."""
    page.set_viewport_size(WIDE)
    answer = page.goto(path)
    if answer.status != whole_desk.REFUSED.get(path, 200):
        yield f"{path} answers {answer.status}"
    page.evaluate(UNFOLD)
    yield from chromium.violations(page)
    page.set_viewport_size(NARROW)
    if not page.evaluate(FITS):
        yield f"{path} scrolls sideways at 390 px: {page.evaluate(chromium.TOO_WIDE)}"


def everybody(
    whole: whole_desk.Whole, open_window: Open, look: Callable[[Any, str], Iterator[str]], **options: Any
) -> list[str]:
    """Each person opens each of their pages; what was wrong anywhere."""
    found = []
    for email, paths in whole.pages.items():
        page = open_window(**options)
        if email:
            whole_desk.seat(page.context, whole.app, email)
        for path in paths:
            found += [f"{email or 'public'}: {fault}" for fault in look(page, path)]
    return found


def test_every_page_of_the_desk_and_of_the_public_is_sound(whole: whole_desk.Whole, open_window: Open) -> None:
    found = everybody(whole, open_window, faults)
    assert found == [], "\n".join(found)


def test_the_sheet_of_keys_is_sound(whole: whole_desk.Whole, open_window: Open) -> None:
    page = open_window(viewport=WIDE)
    whole_desk.seat(page.context, whole.app, "mara@assay.invalid")
    page.goto(f"/desk/incidents/{whole_desk.FRESH}")
    page.locator("html.has-keys").wait_for()
    page.keyboard.press("Shift+?")
    page.locator("#keys").wait_for(state="visible")
    assert chromium.violations(page) == []


def test_what_is_refused_is_said_soundly_and_nothing_typed_is_lost(whole: whole_desk.Whole, open_window: Open) -> None:
    page = open_window(viewport=WIDE)
    whole_desk.seat(page.context, whole.app, "mara@assay.invalid")
    mara = Reviewer(page, "Mara Teske").opens(f"/desk/incidents/{whole_desk.FRESH}")
    mara.presses("Cast vote", "#ballot").reads("Not taken yet.")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"  # in sight wherever its form stands
    assert page.evaluate(LEADS_NOWHERE) == []
    assert chromium.violations(page) == []
    mara.fills_the_ballot("fair", (3, 5), "S1 and S2 tell it apart.", rests=(1, 2))
    whole_desk.moves(whole.app, whole_desk.FRESH)
    mara.presses("Cast vote", "#ballot").reads("S1 and S2 tell it apart.").reads("It is kept as your draft")
    assert chromium.violations(page) == []


def test_no_page_is_left_out(whole: whole_desk.Whole) -> None:
    adapter = whole.app.url_map.bind("127.0.0.1")
    paths = [path.partition("?")[0] for paths in whole.pages.values() for path in paths]
    opened = {adapter.match(path)[0] for path in paths if path not in whole_desk.REFUSED}
    answering = {rule.endpoint for rule in addresses.rules(whole.app, "GET") if not rule.endpoint.startswith("api.")}
    assert sorted(answering - NOT_HERE - opened) == []


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_every_page_is_sound_in_every_language_and_scheme(
    whole: whole_desk.Whole, open_window: Open, language: str, scheme: str
) -> None:
    found = everybody(whole, open_window, faults_at_both_widths, locale=language, color_scheme=scheme)
    assert found == [], "\n".join(found)


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_sound_in_the_pseudo_locale(
    whole: whole_desk.Whole, make_app: Callable[..., Any], open_window: Open, scheme: str
) -> None:
    with chromium.serving(make_app(PSEUDO=True, WTF_CSRF_ENABLED=True)) as server:
        found = everybody(whole, open_window, faults_at_both_widths, base_url=server.url, color_scheme=scheme)
    assert found == [], "\n".join(found)


def faults_at_both_widths(page: Any, path: str) -> Iterator[str]:
    """The same, and what axe finds on the phone as well."""
    yield from faults(page, path)
    yield from chromium.violations(page)
