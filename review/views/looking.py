"""A page that is asked for is looked at and changes nothing: its questions need no transaction around them.

What such a page does write, that a session is in use for one, goes through a doorway, which begins its own.
"""

from __future__ import annotations

from flask import Flask, request

from review.extensions import looking


def register(app: Flask) -> None:
    """Say so before anything else asks the database, and take it back when the page is done."""
    app.before_request(_begin)
    app.teardown_request(_end)


def _begin() -> None:
    looking.set(request.method in ("GET", "HEAD"))


def _end(_raised: BaseException | None) -> None:
    looking.set(False)
