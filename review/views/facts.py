"""The facts of an incident: typed when it is opened, written anew when they change."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import incidents as act
from review.forms.facts import FIELDS, FactsForm
from review.queries import facts
from review.rules.errors import Invalid
from review.rules.facts import Facts
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("facts", __name__, url_prefix="/desk/incidents")


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form of a new incident."""
    page = facts.new_page(actor(), request.args.get("claim"))
    return render_template("facts/new.html", page=page, form=_offering(page, FactsForm.showing(Facts())))


@blueprint.post("/new")
def open_one() -> ResponseReturnValue:
    """Open an incident, with the claim that it was opened from."""
    page = facts.new_page(actor(), request.args.get("claim"))
    form = _offering(page, FactsForm())
    if form.validate_on_submit():
        try:
            name = act.open_incident(
                actor(),
                stream=form.stream.data or "",
                facts=form.facts(Facts()),
                claims=[page.claim.seq] if page.claim else [],
            )
        except Invalid as refusal:
            tell(form, refusal, FIELDS)
        else:
            flash(_("The incident was opened."))
            return redirect(f"/desk/incidents/{name}")
    return render_template("facts/new.html", page=page, form=form), 422


@blueprint.get("/<ref>/describe")
def describe(ref: str) -> ResponseReturnValue:
    """The facts as they stand, to be written anew."""
    page = facts.describe_page(actor(), ref)
    return render_template("facts/describe.html", page=page, form=FactsForm.showing(page.facts))


@blueprint.post("/<ref>/describe")
def write(ref: str) -> ResponseReturnValue:
    """Write the facts anew, with a reason."""
    form, page = FactsForm(), facts.describe_page(actor(), ref)
    if form.validate_on_submit():
        try:
            act.describe_incident(
                actor(),
                ref,
                facts=form.facts(page.facts),
                reason=form.reason.data or "",
                seen=request.form.get("seen"),
            )
        except Invalid as refusal:
            tell(form, refusal, FIELDS)
        else:
            flash(_("The facts were written anew."))
            return redirect(f"/desk/incidents/{page.ref}")
    return render_template("facts/describe.html", page=page, form=form), 422


def _offering(page: facts.NewPage, form: FactsForm) -> FactsForm:
    form.stream.choices = [("", _("Choose a stream")), *page.streams]
    return form
