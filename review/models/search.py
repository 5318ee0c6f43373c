"""Folding text for search: one form for the spellings that readers hold to be the same, Arabic ones included."""

from __future__ import annotations

import re
import unicodedata

_ALEF: dict[int, str | None] = dict.fromkeys(map(ord, "أإآٱ"), "ا")
_LETTERS: dict[int, str | None] = {**_ALEF, ord("ى"): "ي", ord("ئ"): "ي", ord("ؤ"): "و", ord("ة"): "ه", ord("ـ"): None}
_DIGITS: dict[int, str | None] = {ord(digit): str(value) for value, digit in enumerate("٠١٢٣٤٥٦٧٨٩")}
_SPACE = re.compile(r"\s+")


def folded(text: str) -> str:
    """Case, marks, hamza seats, tatweel and Arabic digits folded away; spaces single."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS | _DIGITS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _SPACE.sub(" ", bare.translate(_LETTERS)).strip()
