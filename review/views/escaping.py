"""Many words of a page made safe at once: to look through all of them costs what a look at a few of them does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

_OPTION = '<option value="%s"%s>%s</option>'
BETWEEN = "\0"  # which no request brings in, and no text of PostgreSQL holds


def register(app: Flask) -> None:
    """Offer long lists to choose from to every template."""
    app.jinja_env.filters["options"] = options


def escaped(words: Sequence[Any]) -> list[str]:
    """Each of them as `escape` writes it."""
    if set(map(type, words)) == {str}:
        joined = BETWEEN.join(words)
        if joined.count(BETWEEN) == len(words) - 1:
            return str(escape(joined)).split(BETWEEN)
    return [str(escape(one)) for one in words]


def options(choices: Iterable[tuple[Any, Any]], now: str = "") -> Markup:
    """What a list offers: pairs of a value and its words; `now` is the value that is chosen."""
    pairs = list(choices)
    values = [str(value) for value, _words in pairs]
    safe = zip(values, escaped(values), escaped([words for _value, words in pairs]), strict=True)
    written = (_OPTION % (shown, " selected" if value == now else "", words) for value, shown, words in safe)
    return Markup("".join(written))  # noqa: S704  (escaped above)
