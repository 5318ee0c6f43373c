"""What was looked for, marked where it stands in a text, in both scripts."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup, escape

from review.rules.folding import folded, spans


def register(app: Flask) -> None:
    """Offer the filter to the templates."""
    app.jinja_env.filters["found"] = found


def found(text: str | None, q: str) -> Markup:
    """The text, each word of the search marked in it however it is spelt."""
    whole = text or ""
    if not q:
        return escape(whole)
    written, last = Markup(""), 0
    for first, end in spans(whole, folded(q).split()):
        written += escape(whole[last:first]) + Markup("<mark>%s</mark>") % whole[first:end]
        last = end
    return written + escape(whole[last:])
