"""The password once more before what weighs most: approve, grant, export, and taking somebody's account in hand.

The page that asks carries the whole form that was interrupted and sends it on with the password, to the same address.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.datastructures import ImmutableMultiDict

from review.actions import passwords
from review.rules.errors import Invalid
from review.views.visitor import source
from review.views.words import said

View = Callable[..., ResponseReturnValue]

FIELD = "present_password"
# Never shown again and never carried over a signing in: a good password has the look of a sentence.
PASSWORDS = (FIELD, "old", "password", "again")
NOT_CARRIED = ("csrf_token", *PASSWORDS)


def confirmed(view: View) -> View:
    """Let a form through to this view only within ten minutes of its sender's password, else ask for it first."""

    @wraps(view)
    def ask_first(*args: object, **kwargs: object) -> ResponseReturnValue:
        if request.method != "POST":
            return view(*args, **kwargs)
        problem = _heard()
        if problem is None and not current_user.confirmed:
            return _ask(None, 401)
        if problem:
            return _ask(problem, 422)
        return view(*args, **kwargs)

    return ask_first


def carried() -> list[tuple[str, str]]:
    """Every field of the form that was interrupted, in its order."""
    return [(name, value) for name, value in request.form.items(multi=True) if name not in NOT_CARRIED]


def _heard() -> str | None:
    """Take the password out of the form and check it; what is the matter with it, if anything is."""
    password = request.form.get(FIELD)
    if password is None:
        return None
    # What follows must not find the password among the things that were typed.
    request.form = ImmutableMultiDict([(n, v) for n, v in request.form.items(multi=True) if n != FIELD])
    try:
        passwords.confirm(current_user.token, current_user.id, password, address=source())
    except Invalid as refusal:
        return said(next(iter(refusal.problems.values())), refusal.values)
    current_user.confirmed = True
    return None


def _ask(problem: str | None, code: int) -> Response:
    page = render_template(
        "account/confirm.html", fields=carried(), path=request.full_path.rstrip("?"), name=FIELD, problem=problem
    )
    return make_response(page, code)
