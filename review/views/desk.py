"""One's own desk: what is on one's turn, the next incident, and, for leads, what waits at the whole desk."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from review.actions import rounds
from review.queries import desk as desks
from review.queries import waiting as waits
from review.queries.incidents import address_of
from review.views.answers import SEE_OTHER, show
from review.views.visitor import actor

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
def desk() -> ResponseReturnValue:
    """What is on this person's turn."""
    return show("desk/desk.html", desks.desk(actor(), nothing_next="nothing" in request.args))


@blueprint.post("/desk/next")
def take_next() -> ResponseReturnValue:
    """Take the next incident, or learn calmly that there is none."""
    ref = rounds.take_next(actor())
    if ref is None:
        return redirect(url_for("desk.desk", nothing=1), SEE_OTHER)
    return redirect(url_for("incidents.incident", ref=address_of(ref)), SEE_OTHER)


@blueprint.get("/desk/waiting")
def waiting() -> ResponseReturnValue:
    """What waits, for what, and who can mend it."""
    wanted = request.args
    page = waits.waiting(actor(), only=wanted.get("only", ""), stream=wanted.get("stream", ""))
    return show("desk/waiting.html", page)
