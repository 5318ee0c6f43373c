"""One's own desk: what is on one's turn, the next incident, one's inbox; for leads, what waits and how work lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import assignments, seats
from review.actions import inbox as inboxes
from review.actions.languages import set_languages
from review.forms.typed import NOTHING, Typed
from review.forms.typed import whole as is_whole
from review.queries import desk as desks
from review.queries import inbox as told
from review.queries import waiting as waits
from review.queries import workload as work
from review.queries.care import mail_is_sent
from review.queries.incidents import address_of
from review.queries.under_way import Place
from review.views.answers import SEE_OTHER, answer, done, show, typed_in
from review.views.doors import safe_path
from review.views.plain import whole
from review.views.visitor import actor

blueprint = Blueprint("desk", __name__)

FILTERS = ("only", "stage", "stream")


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
    page = "settlements.settlement" if desks.settles(actor(), ref) else "incidents.incident"
    return redirect(url_for(page, ref=address_of(ref)), SEE_OTHER)


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
    """Everything that this person was told, and what is on their turn, with why."""
    wanted = request.args
    page = told.inbox(actor(), number=wanted.get("page", 1, type=whole), only_new="new" in wanted)
    return render_template("desk/inbox.html", page=page, turns=desks.turns(actor()), mails=mail_is_sent())


@blueprint.post("/desk/inbox/<int:notice>")
def mark_one(notice: int) -> ResponseReturnValue:
    """Mark one line as read, or as not read yet."""
    inboxes.mark_one(actor(), notice, read=request.form.get("as") != "new")
    return redirect(safe_path(request.form.get("back"), url_for("desk.inbox")), SEE_OTHER)


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
    return show("desk/waiting.html", _waiting(wanted, place(wanted.get("after", ""))))


def again(typed: Typed, code: int) -> ResponseReturnValue:
    """The list of what waits once more, for something pressed in it that could not be done."""
    return show("desk/waiting.html", _waiting(request.form, None), typed, code)


def _waiting(wanted: Mapping[str, str], after: Place | None) -> waits.WaitingPage:
    filters = {name: wanted.get(name, "") for name in FILTERS}
    return waits.waiting(actor(), **filters, after=after)


def waiting_address(typed: Mapping[str, Sequence[str]]) -> str:
    """The list of what waits as it was narrowed when something was pressed in it."""
    kept: dict[str, Any] = {name: typed[name][0] for name in FILTERS if typed.get(name) and typed[name][0]}
    return url_for("desk.waiting", **kept)


def place(text: str) -> Place | None:
    """Where a page of the list goes on, as its address says it: gravity and incident."""
    gravity, _dash, id_ = text.partition("-")
    return Place(int(gravity), int(id_)) if is_whole(gravity) and is_whole(id_) else None


@blueprint.get("/desk/workload")
def workload() -> ResponseReturnValue:
    """How the work lies with each person."""
    return show("desk/workload.html", work.workload(actor()))
