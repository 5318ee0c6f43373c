"""Folding text: one form for the spellings that readers hold to be the same, Arabic ones included."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LETTERS = {
    **dict.fromkeys("أإآٱ", "ا"), "ى": "ي", "ئ": "ي", "ی": "ي", "ؤ": "و", "ة": "ه", "ک": "ك", "ـ": "",
}  # fmt: skip
_SPACE = re.compile(r"\s+")
_UNSEEN = ("Mn", "Me", "Cf")  # marks above and below, and what only steers the direction of a line


def folded(text: str) -> str:
    """Case, accents, vowel marks, hamza seats, tatweel and the digits of every script folded away; spaces
    single."""
    if text.isascii():
        return _SPACE.sub(" ", text.casefold()).strip()
    # Twice, as Unicode's own caseless matching does: a decomposed letter may still have a case.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    return _SPACE.sub(" ", plain.translate(_FOLDED)).strip()


def spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words, themselves folded, stand in a text as it is written: (first, behind the last), in order."""
    letters = [(place, part) for place, one in enumerate(text) for part in (" " if one.isspace() else folded(one))]
    plain = "".join(part for _place, part in letters)
    places = [place for place, _part in letters] + [len(text)]
    found = sorted(
        (places[at.start()], places[at.end() - 1] + 1)
        for word in words
        if word
        for at in re.finditer(re.escape(word), plain)
    )
    joined: list[tuple[int, int]] = []
    for first, end in found:
        while end < len(text) and unicodedata.category(text[end]) in _UNSEEN:
            end += 1  # a mark belongs to the letter before it
        if joined and first <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((first, end))
    return joined


class _Folded(dict[int, str]):
    """Each letter as it is folded, found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _letter(chr(code))
        return folded


def _letter(letter: str) -> str:
    if unicodedata.category(letter) in _UNSEEN:
        return ""
    return _LETTERS.get(letter, str(unicodedata.decimal(letter, letter)))


_FOLDED = _Folded()
