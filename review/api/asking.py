"""What every public route is made of: its address, what may be asked of it, and the shapes that it answers with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from review.api.contract import blueprint
from review.api.shapes import ErrorShape

Decorated = Callable[[Callable[..., Any]], Callable[..., Any]]

UNCHANGED = "What you have is what is here."


def reads(
    rule: str,
    shape: type[Schema],
    tag: str,
    *,
    asks: type[Schema] | None = None,
    none: str = "",
    closed: Decorated | None = None,
) -> Decorated:
    """A GET. `asks` are the parameters it takes, `none` says what a 404 means where it can be one, `closed` asks for a
    token first."""

    def hung(view: Callable[..., Any]) -> Callable[..., Any]:
        found = blueprint.doc(operationId=view.__name__)(blueprint.response(200, shape)(view))
        if asks is not None:
            found = blueprint.arguments(asks, location="query", as_kwargs=True)(found)
            found = blueprint.alt_response(422, schema=ErrorShape)(found)
        if none:
            found = blueprint.alt_response(404, schema=ErrorShape, description=none)(found)
        return closed(found) if closed else found

    return lambda view: blueprint.route(rule, methods=["GET"], tags=[tag])(_every(hung(view)))


def _every(view: Callable[..., Any]) -> Callable[..., Any]:
    found = blueprint.alt_response(304, description=UNCHANGED)(view)
    for status in (400, 429, 503):
        found = blueprint.alt_response(status, schema=ErrorShape)(found)
    return found
