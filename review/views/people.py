"""The people of the desk: the list, one person, invitations."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import leaving, second_factors
from review.actions import people as act
from review.forms.people import InviteForm, StandingForm
from review.queries import people
from review.rules.errors import Invalid
from review.views.answers import SEE_OTHER
from review.views.confirming import confirmed
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("people", __name__, url_prefix="/desk/people")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everybody, and who is invited."""
    return render_template("people/index.html", page=people.people_page(actor()), form=InviteForm(), link=None)


@blueprint.post("")
@confirmed
def invite() -> ResponseReturnValue:
    """Invite somebody; the link is on this one answer and nowhere else."""
    form, link, code = InviteForm(), None, 422
    if form.validate_on_submit():
        try:
            token = act.invite(
                actor(), email=form.email.data, name=form.name.data, role=form.role.data
            )
            link, code = url_for("signing_in.invitation", token=token, _external=True), 200
        except Invalid as refusal:
            tell(form, refusal)
    page = people.people_page(actor())
    return render_template("people/index.html", page=page, form=form, link=link), code


@blueprint.get("/<int:person>")
def one(person: int) -> ResponseReturnValue:
    """One person and how they came by their role."""
    page = people.person_page(actor(), person)
    return render_template("people/one.html", page=page, form=_standing(page), link=None)


@blueprint.post("/<int:person>/grant")
@confirmed
def grant(person: int) -> ResponseReturnValue:
    """Give a person a role; an earlier one ends with it."""
    return _change(
        person,
        lambda form: act.grant_role(actor(), person, form.role.data, reason=form.reason.data),
        _("The role was granted."),
    )


@blueprint.post("/<int:person>/revoke")
def revoke(person: int) -> ResponseReturnValue:
    """Take a person's role."""
    return _change(
        person,
        lambda form: act.revoke_role(actor(), person, reason=form.reason.data),
        _("The role was revoked."),
    )


@blueprint.post("/<int:person>/deactivate")
def deactivate(person: int) -> ResponseReturnValue:
    """Close a person's log-in."""
    return _change(
        person,
        lambda form: act.deactivate_person(actor(), person, reason=form.reason.data),
        _("The log-in was closed. What this person cast stays and counts."),
    )


@blueprint.post("/<int:person>/reactivate")
@confirmed
def reactivate(person: int) -> ResponseReturnValue:
    """Open a closed log-in again."""
    return _change(
        person,
        lambda form: act.reactivate_person(actor(), person, reason=form.reason.data),
        _("The log-in is open again."),
    )


@blueprint.post("/<int:person>/left")
@confirmed
def left(person: int) -> ResponseReturnValue:
    """Record that a person left: nothing links them any more to what they did."""
    form = StandingForm()
    try:
        leaving.let_leave(actor(), person)
    except Invalid as refusal:
        tell(form, refusal)
        page = people.person_page(actor(), person)
        return render_template("people/one.html", page=page, form=form, link=None), 422
    flash(_("It is recorded. What they did stays and counts, and names nobody."))
    return redirect(url_for("people.index"), SEE_OTHER)


@blueprint.post("/<int:person>/reset")
@confirmed
def reset(person: int) -> ResponseReturnValue:
    """A link to a new password; it is on this one answer and nowhere else."""
    token = act.reset_account(actor(), person)
    link = url_for("signing_in.reset", token=token, _external=True)
    page = people.person_page(actor(), person)
    return render_template("people/one.html", page=page, form=_standing(page), link=link)


@blueprint.post("/<int:person>/second-factor")
@confirmed
def reset_second_factor(person: int) -> ResponseReturnValue:
    """Take somebody's lost authenticator away."""
    act.reset_second_factor(actor(), person)
    flash(_("The authenticator was taken away, and every session of this person ended."))
    return redirect(url_for("people.one", person=person), SEE_OTHER)


@blueprint.post("/second-factors")
@confirmed
def switch_second_factors() -> ResponseReturnValue:
    """Say whether this desk asks second factors of leads and admins."""
    second_factors.switch(actor(), request.form.get("value", ""))
    flash(_("It is noted."))
    return redirect(url_for("people.index"), SEE_OTHER)


def _standing(page: people.PersonPage) -> StandingForm:
    return StandingForm(formdata=None, role=page.person.role or "reviewer")


def _change(person: int, change: Callable[[StandingForm], object], done: str) -> ResponseReturnValue:
    form = StandingForm()
    if form.validate_on_submit():
        try:
            change(form)
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(done)
            return redirect(url_for("people.one", person=person))
    return render_template("people/one.html", page=people.person_page(actor(), person), form=form, link=None), 422
