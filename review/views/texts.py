"""Answers that a program reads: plain text, and unchanged where the asker has it already."""

from __future__ import annotations

from flask import Response, request
from werkzeug.wrappers import Response as Answer


def text_answer(body: str, code: int = 200) -> Answer:
    """A text byte for byte, with a mark by which the next asking may be answered with 304."""
    response = Response(body, code, mimetype="text/plain")
    if code != 200 or request.method not in ("GET", "HEAD"):
        return response
    response.add_etag()
    return response.make_conditional(request)
