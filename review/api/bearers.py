"""Who a program acts for: the person behind the token in the header Authorization."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue

from review.actions import tokens as act
from review.api.contract import blueprint
from review.api.errors import Problem
from review.api.shapes import ErrorShape
from review.queries import tokens
from review.queries.tokens import Bearer
from review.rules.words import N_

View = Callable[..., ResponseReturnValue]

NO_TOKEN = N_("Send a token in the header Authorization, behind the word Bearer. People make theirs in their account.")
NO_SUCH = N_("This token does not hold: it was ended, it ran out, or it never was one.")
OTHER_SCOPE = N_("This token was not given the scope %(scope)s.")
OTHER_ROLE = N_("The role of the person behind this token does not hold this right any more.")
ENROL_FIRST = N_(
    "The desk asks a second factor of the person behind this token. Once they have set up an authenticator, they make "
    "a new token."
)
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Assay"'}


def needs(scope: str) -> Callable[[View], View]:
    """Let through to this view only a token of this scope, for as long as its person's role bears it."""

    def closed(view: View) -> View:
        @wraps(view)
        def judged(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            g.bearer = _admitted(scope)
            return view(*args, **kwargs)

        documented = blueprint.doc(security=[{"token": [scope]}])(judged)
        for status in (401, 403):
            documented = blueprint.alt_response(status, schema=ErrorShape)(documented)
        return documented

    return closed


def _admitted(scope: str) -> Bearer:
    kind, _space, token = request.headers.get("Authorization", "").partition(" ")
    if kind.casefold() != "bearer" or not token.strip():
        raise Problem(401, "no_token", NO_TOKEN, headers=CHALLENGE)
    found = tokens.bearer(token.strip())
    if found is None:
        raise Problem(401, "unknown_token", NO_SUCH, headers=CHALLENGE)
    if found.must_enrol:
        raise Problem(403, "second_factor", ENROL_FIRST)
    if scope not in found.given:
        raise Problem(403, "other_scope", OTHER_SCOPE, scope=scope)
    if scope not in found.scopes:
        raise Problem(403, "forbidden", OTHER_ROLE)
    act.used(found.key, found.last_used)
    return found


def bearer() -> Bearer:
    """The person behind the token, in a view that needs one."""
    found: Bearer = g.bearer
    return found
