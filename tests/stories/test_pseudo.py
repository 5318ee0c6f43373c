"""The desk in the pseudo-locale: a word that is not accented was never marked for the translators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import chromium
from tests.stories import whole_desk
from tests.stories.conftest import Sample
from tests.stories.test_axe import FITS, NARROW, UNFOLD, everybody

pytestmark = pytest.mark.story

# Typed values and codes stand apart: isolated, in a language of their own, or marked as nothing to translate.
APART = "bdi, [dir=auto], [dir=ltr], code, kbd, time, pre, script, style, [translate=no], .num, .range, .wordmark"
APART += ", .country"  # named in the reader's language by CLDR, which knows no pseudo-locale
# A marked word has lost its plain vowels; plain ones that nobody translates.
UNTRANSLATED = ["Assay", "JSON", "SHA", "UTC"]
# Lists of what is no word of ours: what people typed, names as they are everywhere, the header of a file.
TYPED = ["stream", "origin", "source", "party", "person", "by", "codebook", "policy", "language", "timezone"]
WORDS = r"""([apart, untranslated, typed]) => {
  const language = document.documentElement.lang;
  const foreign = one => { const own = one.closest('[lang]'); return own && own.lang !== language; };
  const ours = text => text.replace(/\u2068[^\u2069]*\u2069/g, '');  // what stands isolated was typed
  const plain = text => (ours(text).match(/[A-Za-z]{2,}/g) || []).filter(word => /[aeiouy]/i.test(word) && !untranslated.includes(word));
  const found = [];
  const note = (text, where) => { const words = plain(text); if (words.length) found.push(words.join(' ') + ' in <' + where + '>'); };
  const shown = one => one.checkVisibility() && !one.closest(apart) && !foreign(one);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (one.closest('option') || !shown(one)) continue;
    note(walker.currentNode.data, one.tagName.toLowerCase() + (one.className.baseVal ?? '.' + one.className));
  }
  for (const one of document.querySelectorAll('[aria-label], [placeholder], [alt]')) {
    if (!one.checkVisibility() || foreign(one)) continue;
    for (const name of ['aria-label', 'placeholder', 'alt']) {
      const said = one.getAttribute(name) || '';
      if (!said.includes('⟦')) note(said, one.tagName.toLowerCase() + ' ' + name);  // a marked one may name what it is about
    }
  }
  for (const list of document.querySelectorAll('select')) {
    for (const choice of list.options) {
      if (!choice.value || !(typed.includes(list.name) || list.name.startsWith('column-'))) note(choice.text, 'option of ' + list.name);
    }
  }
  return [...new Set(found)];
}"""


@pytest.fixture
def whole(sample: Sample, live_server: chromium.Server) -> whole_desk.Whole:
    """The sample with something on everybody's turn."""
    return whole_desk.whole(live_server.app)


def test_every_word_of_ours_is_marked_and_every_page_bears_longer_ones_from_the_right(
    whole: whole_desk.Whole, make_app: Callable[..., Any], open_window: Callable[..., Any]
) -> None:
    with chromium.serving(make_app(PSEUDO=True, WTF_CSRF_ENABLED=True)) as server:
        found = everybody(whole, open_window, unmarked, base_url=server.url, viewport=NARROW)
    assert found == [], "\n".join(found)


def unmarked(page: Any, path: str) -> Iterator[str]:
    """What stands on this page in plain English, and whether it fits."""
    page.goto(path)
    if page.locator("html").get_attribute("dir") != "rtl":
        yield f"{path} does not run from the right"
    page.evaluate(UNFOLD)
    yield from (f"{path}: {words}" for words in page.evaluate(WORDS, [APART, UNTRANSLATED, TYPED]))
    if not page.evaluate(FITS):
        yield f"{path} scrolls sideways at 390 px: {page.evaluate(chromium.TOO_WIDE)}"
