"""How often may be asked, and how much may be sent.

Reads are counted in each process and forgotten after a minute: a count in the database would make every read a write,
and there is one writer. What is written, claims, is counted in the database.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from review.api.errors import Problem
from review.api.places import is_ours
from review.rules.words import N_
from review.views.pacing import Pace
from review.views.visitor import source

EACH, ALL = 240, 6_000  # answers a minute, for one address and for all together
LARGEST_BODY = 64 * 1024
SLOWER = N_("Too many at once. RateLimit-Reset says in how many seconds the count begins anew.")


def register(app: Flask) -> None:
    """Count every request for programs, those for nothing too, and read no long body."""
    app.extensions["api-pace"] = Pace(each=EACH, all=ALL)
    app.before_request(_count)


def _count() -> None:
    if not is_ours(request.path):
        return
    pace: Pace = current_app.extensions["api-pace"]
    admitted = pace.admits(source())
    g.limit = (pace.each, pace.left(source()), pace.seconds())
    if not admitted:
        raise Problem(429, "too_many", SLOWER, headers={"Retry-After": str(pace.seconds())})
    # Of a body that does not say how long it is, no more than this is read either.
    request.max_content_length = LARGEST_BODY
    if (request.content_length or 0) > LARGEST_BODY:
        raise RequestEntityTooLarge


def told(response: Response) -> None:
    """Say on an answer what is left."""
    if "limit" not in g:
        return
    limit, left, seconds = g.limit
    response.headers["RateLimit-Limit"] = str(limit)
    response.headers["RateLimit-Remaining"] = str(left)
    response.headers["RateLimit-Reset"] = str(seconds)
