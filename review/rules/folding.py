"""Folding text: one form for the spellings that readers hold to be the same, Arabic ones included."""

from __future__ import annotations

import re
import unicodedata

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
