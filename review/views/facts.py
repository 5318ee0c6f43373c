"""The facts of an incident: typed when it is opened, written anew when they change."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import incidents as act
from review.forms.facts import FactsForm
from review.queries import facts
from review.rules.errors import Invalid
from review.rules.facts import Facts
from review.rules.incidents import DOUBTS, doubts
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("facts", __name__, url_prefix="/desk/incidents")


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form of a new incident."""
    page = facts.new_page(actor(), request.args.get("claim"))
    return render_template("facts/new.html", page=page, form=_offering(page, FactsForm.showing(page.begun)))


@blueprint.post("/new")
def open_one() -> ResponseReturnValue:
    """Open an incident, with the claim that it was opened from."""
    page = facts.new_page(actor(), request.args.get("claim"))
    form = _offering(page, FactsForm())
    if form.reshaped(request.form):
        return render_template("facts/new.html", page=page, form=form)
    if form.validate_on_submit():
        typed = form.facts(Facts())
        try:
            name = act.open_incident(
                actor(),
                stream=form.stream.data or "",
                facts=typed,
                exact=form.beside(Facts(), None),
                claims=[page.claim.seq] if page.claim else [],
            )
        except Invalid as refusal:
            tell(form, refusal, form.targets(Facts()))
        else:
            _done(_("The incident was opened."), typed)
            return redirect(f"/desk/incidents/{name}")
    return render_template("facts/new.html", page=page, form=form), 422


@blueprint.get("/<ref>/describe")
def describe(ref: str) -> ResponseReturnValue:
    """The facts as they stand, to be written anew."""
    page = facts.describe_page(actor(), ref)
    form = FactsForm.showing(page.facts, page.exact, page.evidence)
    return render_template("facts/describe.html", page=page, form=form)


@blueprint.post("/<ref>/describe")
def write(ref: str) -> ResponseReturnValue:
    """Write the facts anew, with a reason; or give the form one place or party more or less."""
    form, page = FactsForm(), facts.describe_page(actor(), ref)
    if form.reshaped(request.form):
        return render_template("facts/describe.html", page=page, form=form)
    if form.validate_on_submit():
        typed = form.facts(page.facts)
        try:
            act.describe_incident(
                actor(),
                ref,
                facts=typed,
                exact=form.beside(page.facts, page.exact),
                reason=form.reason.data or "",
                seen=form.seen.data or None,
            )
        except Invalid as refusal:
            tell(form, refusal, form.targets(page.facts))
        else:
            _done(_("The facts were written anew."), typed)
            return redirect(f"/desk/incidents/{page.ref}")
    return render_template("facts/describe.html", page=page, form=form), 422


def _done(sentence: str, typed: Facts) -> None:
    """Say what was done, and what in it is worth a second look."""
    flash(" ".join([sentence, *(_(DOUBTS[key]) for key in doubts(typed))]))


def _offering(page: facts.NewPage, form: FactsForm) -> FactsForm:
    form.stream.choices = [("", _("Choose a stream")), *page.streams]
    return form
