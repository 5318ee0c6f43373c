"""What leaves the building: a bundle asked for, made by the worker, taken by whoever asked; what was made before."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import bundles as act
from review.forms.exports import ExportForm
from review.queries import bundles, exports
from review.rules.errors import Invalid
from review.views.answers import SEE_OTHER, in_words
from review.views.confirming import confirmed
from review.views.files import sent
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("exports", __name__, url_prefix="/desk/export")

LOOK_AGAIN = 3  # seconds


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Ask for a bundle; what one asked for, and what was made."""
    return _index(ExportForm(), 200)


def _index(form: ExportForm, code: int) -> ResponseReturnValue:
    page = exports.export_page(actor())
    answer = make_response(render_template("exports/index.html", page=page, form=form), code)
    if page.under_way and not form.is_submitted():
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


@blueprint.post("")
@confirmed
def ask() -> ResponseReturnValue:
    """Ask for one; the worker makes it."""
    exports.export_page(actor())
    form = ExportForm()
    if form.validate_on_submit():
        try:
            name = act.ask(
                actor(), profile=form.profile.data or "", ref=form.incident.data,
                recipient=form.recipient.data, purpose=form.purpose.data,
            )  # fmt: skip
            return redirect(url_for("exports.one", name=name), SEE_OTHER)
        except Invalid as refusal:
            tell(form, refusal)
    return _index(form, 422)


@blueprint.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """One bundle: how far the worker is, or where it can be taken."""
    page = bundles.bundle_page(actor(), name)
    answer = make_response(render_template("exports/one.html", page=page))
    if page.stage == "waiting":
        answer.headers["Refresh"] = str(LOOK_AGAIN)
    return answer


@blueprint.get("/<name>/bundle.zip")
def take(name: str) -> ResponseReturnValue:
    """The bundle itself, for whoever asked for it."""
    return sent(bundles.own_file(actor(), name))


@blueprint.post("/<name>/again")
def again(name: str) -> ResponseReturnValue:
    """Have one whose making stopped made once more."""
    try:
        act.ask_again(actor(), name)
    except Invalid as refusal:
        flash(" ".join(in_words(refusal).values()))
    return redirect(url_for("exports.one", name=name), SEE_OTHER)


@blueprint.post("/<name>/discard")
def discard(name: str) -> ResponseReturnValue:
    """Let go of one before its week is over."""
    act.discard(actor(), name)
    flash(_("The bundle is no longer kept here. That it was made stays recorded."))
    return redirect(url_for("exports.index"), SEE_OTHER)
