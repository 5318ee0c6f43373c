"""What the public types into the forms of sending in, and what those offer to choose from."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from review.forms.typed import Typed
from review.rules.vocabulary import LANGUAGES

COMMON = ("ar", "en")  # what most of it is in stands first
ACCOUNT = ("text", "language", "translation", "when", "where", "links", "contact")
WISH = ("text", "right", "source", "contact")
TOLD = ("way", "day")  # of what somebody of the desk writes down


def languages() -> list[tuple[str, Any]]:
    """Every language by its code, the common ones first."""
    rest = sorted((str(_l(name)), code) for code, name in LANGUAGES.items() if code not in COMMON)
    return [*((code, _l(LANGUAGES[code])) for code in COMMON), *((code, name) for name, code in rest)]


def fields(typed: Typed, names: tuple[str, ...]) -> dict[str, str | None]:
    """These fields as they were typed."""
    return {name: typed.text(name) for name in names}
