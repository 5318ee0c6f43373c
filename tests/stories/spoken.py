"""English sentences of the stories in the language of whoever is at the window, as the desk's own catalogue has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).resolve().parents[2] / "review" / "translations"
PLACE = re.compile(r"%\((\w+)\)[sd]")


@lru_cache(maxsize=4)
def _catalogue(language: str) -> tuple[Catalog, GNUTranslations]:
    folder = CATALOGUES / language / "LC_MESSAGES"
    with (folder / "messages.mo").open("rb") as compiled, (folder / "messages.po").open("rb") as written:
        return read_po(written), GNUTranslations(compiled)


@lru_cache(maxsize=4)
def _patterns(language: str) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(_each(_catalogue(language)[0]))


def _each(catalogue: Catalog) -> Iterator[tuple[re.Pattern[str], str, str]]:
    """Each sentence with places, as what it may read like; a sentence without a count stands alone."""
    for entry in catalogue:
        one, several = (entry.id, "") if isinstance(entry.id, str) else entry.id
        for told in filter(None, (one, several)):
            if PLACE.search(told):
                yield _filled(told), one, several


def _filled(told: str) -> re.Pattern[str]:
    parts, known = PLACE.split(told), set()  # words, a place, words, ...
    pattern = ""
    for at, part in enumerate(parts):
        pattern += re.escape(part) if at % 2 == 0 else f"(?P={part})" if part in known else f"(?P<{part}>.+?)"
        known |= {part} if at % 2 else set()
    return re.compile(pattern)


@lru_cache(maxsize=512)
def spoken(words: str, language: str) -> str:
    """The same words there; what no catalogue knows, such as a name or a code, stays."""
    if language == "en":
        return words
    known = _catalogue(language)[1]
    if (told := known.gettext(words)) != words:
        return told
    for pattern, one, several in _patterns(language):
        if found := pattern.fullmatch(words):
            values = found.groupdict()
            count = int(values.get("count") or 0)
            return (known.ngettext(one, several, count) if several else known.gettext(one)) % values
    return words
