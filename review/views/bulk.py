"""Asking for several incidents at once: choose, look at who gets what, press once. Each incident is its own act."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from review.actions import assignments, rounds
from review.forms.bulk import Ask, asks
from review.forms.typed import NOTHING, Typed
from review.queries.bulk import bulk_page
from review.rules.errors import Busy, Forbidden, Invalid, NotFound, Refused, Stale
from review.rules.permissions import may
from review.views.answers import SEE_OTHER, done, in_words, show, typed_in
from review.views.desk import place
from review.views.visitor import actor

blueprint = Blueprint("bulk", __name__)


@blueprint.get("/desk/assign")
def assign() -> ResponseReturnValue:
    """The incidents that want people."""
    wanted = request.args
    page = bulk_page(
        actor(),
        stream=wanted.get("stream", ""),
        logged=wanted.get("logged", ""),
        after=place(wanted.get("after", "")),
    )
    return show("desk/assign.html", page, NOTHING)


@blueprint.post("/desk/assign/preview")
def preview() -> ResponseReturnValue:
    """Who would get what, and who is left out and why. Nothing is done yet."""
    typed = typed_in("assign")
    these = typed.numbers("people") if typed.value("how") == "these" else None
    page = bulk_page(
        actor(),
        stream=typed.value("stream"),
        logged=typed.value("logged"),
        after=place(typed.value("after")),
        chosen=typed.all("incident"),
        people=these,
    )
    if page.preview is None or these == ():
        return show("desk/assign.html", page, typed.refused(_missing(typed, these)), 422)
    return show("desk/assign.html", page, typed)


def _missing(typed: Typed, these: tuple[int, ...] | None) -> dict[str, str]:
    if not typed.all("incident"):
        return {"incident": _("Nothing is chosen yet. Tick the incidents to ask for.")}
    if these == ():
        return {"people": _("Nobody is chosen yet. Tick the people to ask, or let it go by language and load.")}
    return {"incident": _("What was chosen no longer wants anybody. Look at the list again.")}


@blueprint.post("/desk/assign")
def ask() -> ResponseReturnValue:
    """Do what the preview showed: one act an incident, so that one that moved meanwhile stops no other."""
    if not may(actor().role, "assign_panel"):
        raise Forbidden("assign_panel")
    wanted = asks(typed_in("ask"))
    refused = [problem for one in wanted if (problem := _ask(one)) is not None]
    count = len(wanted) - len(refused)
    done(_("Incidents for which people were asked: %(count)s.", count=count))
    for problem in refused:
        done(problem)
    stream, logged = (request.form.get(name) or None for name in ("stream", "logged"))
    return redirect(url_for("bulk.assign", stream=stream, logged=logged), SEE_OTHER)


def _ask(one: Ask) -> str | None:
    """Ask these people in one incident; a sentence where it could not be done."""
    try:
        if one.round:
            assignments.assign_panel(actor(), one.ref, one.round, one.people)
        else:
            rounds.open_round(actor(), one.ref, reviewers=one.people)
    except Invalid as refusal:
        return Markup(" ").join((_("%(ref)s: nobody was asked.", ref=one.ref), *in_words(refusal).values()))
    except Busy:
        return _("%(ref)s: nobody was asked, because the desk was busy. Choose it again.", ref=one.ref)
    except (NotFound, Refused, Stale):
        return _("%(ref)s: nobody was asked. It has moved since; look at it and choose again.", ref=one.ref)
    return None
