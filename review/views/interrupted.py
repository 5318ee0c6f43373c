"""A form sent after its session ran out: carried over the signing in, for whoever wrote it."""

from __future__ import annotations

from typing import Any

from flask import request, session

from review.actions import interrupted
from review.forms.accounts import SignInForm
from review.queries.accounts import whose_ran_out
from review.views.confirming import carried

FIELD = "kept"


def about() -> dict[str, Any]:
    """What the page says that asks to sign in again: its form, and what was sent, sealed for its writer."""
    return {"form": SignInForm(formdata=None), "kept": _kept()}


def unsent(person_id: int) -> interrupted.Interrupted | None:
    """What this person had sent before they signed in again; None where there was nothing, or it was another's."""
    sealed = request.form.get(FIELD)
    return interrupted.opened(person_id, sealed) if sealed else None


def _kept() -> str | None:
    token = session.get("_user_id")
    fields = carried()
    if request.method != "POST" or not token or not fields:
        return None
    writer = whose_ran_out(token)
    return interrupted.kept(writer, request.full_path.rstrip("?"), fields) if writer else None
