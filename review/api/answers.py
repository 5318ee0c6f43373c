"""What every answer for programs carries: who may read it, how long it may be kept, what is left of the limit.

Public answers may be read by a page of any origin: they hold nothing but what everybody may read, no cookie counts
here, and so no other site learns anything by asking in somebody's browser. What a token opens may not.
"""

from __future__ import annotations

from flask import Flask, Response, request

from review.api import limits
from review.api.cookies import ForPagesAlone
from review.api.places import is_ours, is_public

TOLD = "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After"
A_DAY = "86400"


def register(app: Flask) -> None:
    """Dress the answers, and let no cookie in."""
    app.session_interface = ForPagesAlone()
    app.after_request(_dress)


def _dress(response: Response) -> Response:
    if not is_ours(request.path):
        return response
    limits.told(response)
    if not is_public(request.path):
        response.headers["Cache-Control"] = "no-store"
        response.vary.update(("Accept-Language", "Authorization"))
        return response
    _for_any_origin(response)
    if response.status_code != 200 or request.method not in ("GET", "HEAD"):
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept-Language")
        return response
    response.headers["Cache-Control"] = "public, no-cache"
    response.add_etag()  # of the bytes, and these of nothing but what was published
    response.make_conditional(request)
    return response


def _for_any_origin(response: Response) -> None:
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = TOLD
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
        response.headers["Access-Control-Max-Age"] = A_DAY
