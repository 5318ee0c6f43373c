"""The people of the desk: the list, one person, invitations."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import people as act
from review.forms.people import InviteForm, StandingForm
from review.queries import people
from review.rules.errors import Invalid
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("people", __name__, url_prefix="/desk/people")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everybody, and who is invited."""
    return render_template("people/index.html", page=people.people_page(actor()), form=InviteForm(), link=None)


@blueprint.post("")
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
    form = StandingForm(role=page.person.role or "reviewer")
    return render_template("people/one.html", page=page, form=form)


@blueprint.post("/<int:person>/grant")
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
def reactivate(person: int) -> ResponseReturnValue:
    """Open a closed log-in again."""
    return _change(
        person,
        lambda form: act.reactivate_person(actor(), person, reason=form.reason.data),
        _("The log-in is open again."),
    )


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
    return render_template("people/one.html", page=people.person_page(actor(), person), form=form), 422
