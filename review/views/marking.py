"""What was looked for, marked where it stands in a text, in both scripts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from markupsafe import Markup, escape

from review.rules.folding import folded, spans
from review.views.escaping import escaped

_LINK = '<a href="/desk/incidents/%s"><bdi class="code">%s</bdi> <bdi>%s</bdi></a>'


def register(app: Flask) -> None:
    """Offer the filter to the templates."""
    app.jinja_env.filters.update(found=found, links=links)


def links(rows: Iterable[Any], q: str, untitled: str) -> list[Markup]:
    """The links of a list of incidents, by code and title, each word of the search marked in them."""
    known = list(rows)
    codes, titles = [row.code or row.ref for row in known], [row.title or untitled for row in known]
    marked = (list(map(str, (found(words, q) for words in some))) if q else escaped(some) for some in (codes, titles))
    return [Markup(_LINK % words) for words in zip(escaped([row.ref for row in known]), *marked, strict=True)]  # noqa: S704  (escaped above)


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
