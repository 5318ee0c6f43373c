"""What a list of a form offers: the words of a vocabulary, each by its key."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from review.rules.vocabulary import Vocabulary


def offered(vocabulary: Vocabulary, empty: Any = None) -> list[tuple[str, Any]]:
    """Every word of the vocabulary; before them, where one is given, the word for nothing chosen."""
    choices = [(key, _l(label)) for key, label in vocabulary.items()]
    return [("", empty), *choices] if empty is not None else choices
