"""Requests for a correction on the lead editors' desk: whose each is, and what becomes of it."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import corrections as act
from review.actions import submitting
from review.actions.taking_down import enter_correction
from review.forms.submissions import TOLD, WISH, fields
from review.forms.typed import Typed
from review.queries import corrections
from review.rules.errors import Invalid
from review.rules.submissions import grouped_code
from review.views.answers import Page, answer, done, in_words, show, typed_in
from review.views.visitor import actor

blueprint = Blueprint("corrections", __name__, url_prefix="/desk/corrections")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """What waits for an outcome, oldest first; or what has one."""
    ended = request.args.get("state") == "ended"
    return show("corrections/index.html", corrections.corrections_page(actor(), ended=ended))


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form for what came by telephone, by letter or in person."""
    begun = {"incident": (request.args.get("incident", ""),)}
    return _form(Typed("enter", begun), submitting.new_stamp())


def _form(typed: Typed, stamp: str, code: int = 200) -> ResponseReturnValue:
    return show("corrections/new.html", corrections.form_page(actor(), stamp), typed, code)


@blueprint.post("")
def enter() -> ResponseReturnValue:
    """Keep it in quarantine; the answer holds the receipt's code, once, to be read out."""
    typed = typed_in("enter")
    stamp = typed.value("stamp")
    try:
        code = enter_correction(actor(), stamp, typed.text("incident"), fields(typed, (*WISH, *TOLD)))
    except Invalid as refusal:
        kept = stamp if submitting.is_ours(stamp) else submitting.new_stamp()
        return _form(typed.refused(in_words(refusal)), kept, 422)
    answered = make_response(render_template("corrections/entered.html", code=grouped_code(code)))
    answered.headers["Cache-Control"] = "no-store"
    return answered


@blueprint.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """One request, whole, with the ways to end it."""
    return show("corrections/one.html", corrections.correction_page(actor(), name))


def _again(name: str) -> Page:
    return lambda typed, code: show("corrections/one.html", corrections.correction_page(actor(), name), typed, code)


@blueprint.post("/<name>/take")
def take(name: str) -> ResponseReturnValue:
    """Take a request on."""

    def own(_typed: Typed) -> str:
        act.take_correction(actor(), name)
        done(_("The request is yours now."))
        return url_for("corrections.one", name=name)

    return answer(own, typed_in("take"), _again(name))


@blueprint.post("/<name>/publish")
def publish(name: str) -> ResponseReturnValue:
    """Publish a dated note beside the version that stands."""

    def note(typed: Typed) -> str:
        act.publish_correction(actor(), name, text=typed.text("text"), seen=typed.value("seen"))
        done(_("The note is published, with today’s day."))
        return url_for("corrections.one", name=name)

    return answer(note, typed_in("publish"), _again(name))


@blueprint.post("/<name>/recheck")
def recheck(name: str) -> ResponseReturnValue:
    """Have the version that stands checked again because of it."""

    def check(typed: Typed) -> str:
        act.recheck_correction(actor(), name, reason=typed.text("reason"), seen=typed.value("seen"))
        done(_("The published version is being checked again. Its page says so."))
        return url_for("corrections.one", name=name)

    return answer(check, typed_in("recheck"), _again(name))


@blueprint.post("/<name>/grade")
def grade(name: str) -> ResponseReturnValue:
    """Have an imported record graded here because of it."""

    def bring_up(typed: Typed) -> str:
        act.grade_correction(actor(), name, reason=typed.text("reason"), seen=typed.value("seen"))
        done(_("The imported record is being graded here. Its grade stands until a version of the desk does."))
        return url_for("corrections.one", name=name)

    return answer(bring_up, typed_in("grade"), _again(name))


@blueprint.post("/<name>/decline")
def decline(name: str) -> ResponseReturnValue:
    """Change nothing, and tell the sender why."""

    def refuse(typed: Typed) -> str:
        act.decline_correction(actor(), name, reason=typed.text("reason"))
        done(_("The request is declined. Whoever holds its receipt reads your reason."))
        return url_for("corrections.one", name=name)

    return answer(refuse, typed_in("decline"), _again(name))
