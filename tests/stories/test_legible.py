"""Zoomed to twice its size, in the dark, without motion, in the other language: nothing is cut off, nothing overlaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import chromium
from tests.stories import clipping, whole_desk
from tests.stories.conftest import Sample
from tests.stories.test_axe import UNFOLD, everybody, whole

pytestmark = pytest.mark.story

__all__ = ["whole"]  # the fixture of test_axe

Open = Callable[..., Any]
# What zooming to 200 % leaves of a window: half its width and height, each pixel drawn as two.
ZOOMED = {"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
ZOOMED_PHONE = {"viewport": {"width": 320, "height": 422}, "device_scale_factor": 2}
WIDE = {"viewport": {"width": 1280, "height": 800}}
NARROW = {"viewport": {"width": 390, "height": 844}}
LOOKS = {"zoomed": ZOOMED, "zoomed on a phone": ZOOMED_PHONE, "wide": WIDE, "narrow": NARROW}
AT = "/desk/incidents"
MAIN = {
    "": ["/", "/incidents", "/incidents/NJ118", "/record", "/method"],
    "mara@assay.invalid": ["/desk", f"{AT}/KV421", f"{AT}/NJ121/settlement"],
    "lina@assay.invalid": ["/desk/claims"],
    "lead@assay.invalid": ["/desk/waiting", f"{AT}/KV415/approval", f"{AT}/NJ118/history"],
}


def read(page: Any, path: str) -> Iterator[str]:
    """What cannot be read of one page, every part of it unfolded."""
    page.goto(path)
    page.evaluate(UNFOLD)
    yield from (f"{path} {fault}" for fault in clipping.hidden(page))


@pytest.fixture
def main(sample: Sample, live_server: chromium.Server) -> whole_desk.Whole:
    """The main pages of the sample as it is."""
    return whole_desk.Whole(live_server.app, MAIN)


def test_the_main_pages_can_be_read_at_twice_their_size_in_arabic(main: whole_desk.Whole, open_window: Open) -> None:
    found = everybody(main, open_window, read, **ZOOMED_PHONE, locale="ar", color_scheme="dark", reduced_motion="reduce")
    assert found == [], "\n".join(found)


def test_what_is_cut_off_and_what_lies_on_other_words_is_named(open_window: Open) -> None:
    page = open_window(**NARROW)
    page.set_content(
        "<p>Sound.</p><p style='overflow: hidden; height: 8px'>Cut at half its height.</p>"
        "<p>Below.</p><p style='margin-top: -2.2em'>Above.</p><p style='width: 600px'>Wide.</p>"
    )
    assert [fault.split(":")[0] for fault in clipping.hidden(page)] == ["scrolls sideways", "cut off", "overlaid"]


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_can_be_read_however_somebody_looks_at_it(
    whole: whole_desk.Whole, open_window: Open, look: str, language: str, scheme: str, motion: str
) -> None:
    how = {"locale": language, "color_scheme": scheme, "reduced_motion": motion}
    found = everybody(whole, open_window, read, **LOOKS[look], **how)
    assert found == [], "\n".join(found)


@pytest.mark.soak
def test_a_page_that_switches_its_language_stays_whole(main: whole_desk.Whole, open_window: Open) -> None:
    found = everybody(main, open_window, _switched, **NARROW)
    assert found == [], "\n".join(found)


def _switched(page: Any, path: str) -> Iterator[str]:
    """The same page after the link that switches the language was followed, and after it was followed back."""
    page.goto(path)
    for language in ("ar", "en"):
        page.locator(f"a[hreflang={language}]").first.click()
        page.wait_for_function("language => document.documentElement.lang === language", arg=language)
        yield from (f"{path} in {language} {fault}" for fault in clipping.hidden(page))
