"""What no page of ours sends, refused before any view: a NUL, a number longer than any row's."""

from __future__ import annotations

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter

DIGITS = 9


class Number(IntegerConverter):
    """A whole number of an address; a longer one names nothing, and no database could be asked for it."""

    regex = rf"\d{{1,{DIGITS}}}"


def register(app: Flask) -> None:
    """Let addresses hold numbers of this length only, and no request a NUL."""
    app.url_map.converters["int"] = Number
    app.before_request(_refuse_nul)


def whole(text: str) -> int:
    """A whole number of a query; ValueError where it is none that a row could have."""
    if len(text) > DIGITS:
        raise ValueError(text)
    return int(text)


def _refuse_nul() -> None:
    """PostgreSQL holds no NUL in a text; SQLite would."""
    sent = (request.path, *request.args.values(), *request.form.values())
    if any("\0" in text for text in sent):
        abort(400)
