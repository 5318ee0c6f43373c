"""One's own desk: what is on one's turn, the next incident, one's inbox; for leads, what waits and how work lies."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import assignments, seats
from review.actions import inbox as inboxes
from review.actions.languages import set_languages
from review.forms.typed import NOTHING, Typed
from review.queries import desk as desks
from review.queries import inbox as told
from review.queries import waiting as waits
from review.queries import workload as work
from review.queries.incidents import address_of
from review.views.answers import SEE_OTHER, answer, done, show, typed_in
from review.views.plain import whole
from review.views.visitor import actor

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
def desk() -> ResponseReturnValue:
    """What is on this person's turn."""
    return _desk(NOTHING, 200)


def _desk(typed: Typed, code: int) -> ResponseReturnValue:
    return show("desk/desk.html", desks.desk(actor(), nothing_next="nothing" in request.args), typed, code)


@blueprint.post("/desk/next")
def take_next() -> ResponseReturnValue:
    """Take the next incident, or learn calmly that there is none."""
    ref = assignments.take_next(actor())
    if ref is None:
        return redirect(url_for("desk.desk", nothing=1), SEE_OTHER)
    return redirect(url_for("incidents.incident", ref=address_of(ref)), SEE_OTHER)


@blueprint.post("/desk/let-go")
def let_go() -> ResponseReturnValue:
    """Give back the seat that is held, for somebody else to take."""
    seats.let_go(actor())
    done(_("The seat is free again. Nobody is told."))
    return redirect(url_for("desk.desk"), SEE_OTHER)


@blueprint.post("/desk/languages")
def languages() -> ResponseReturnValue:
    """Say which languages one reads."""

    def act(typed: Typed) -> str:
        set_languages(actor(), typed.all("languages"))
        done(_("The languages that you read are kept."))
        return url_for("desk.desk", _anchor="languages")

    return answer(act, typed_in("languages"), _desk)


@blueprint.get("/desk/inbox")
def inbox() -> ResponseReturnValue:
    """Everything that this person was told."""
    return show("desk/inbox.html", told.inbox(actor(), number=request.args.get("page", 1, type=whole)))


@blueprint.post("/desk/inbox/read")
def mark_read() -> ResponseReturnValue:
    """Mark what the page showed, and what came before it, as read."""
    until = _moment(request.form.get("until", ""))
    if until is not None:
        inboxes.mark_read(actor(), until)
        done(_("Marked as read."))
    return redirect(url_for("desk.inbox"), SEE_OTHER)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


@blueprint.get("/desk/waiting")
def waiting() -> ResponseReturnValue:
    """What waits, for what, and who can mend it."""
    wanted = request.args
    page = waits.waiting(actor(), only=wanted.get("only", ""), stream=wanted.get("stream", ""))
    return show("desk/waiting.html", page)


@blueprint.get("/desk/workload")
def workload() -> ResponseReturnValue:
    """How the work lies with each person."""
    return show("desk/workload.html", work.workload(actor()))
