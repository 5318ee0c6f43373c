"""A person's own second factor: set an authenticator up, make recovery codes anew, give it up."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from review.actions import second_factors
from review.forms.accounts import AuthenticatorForm
from review.rules.errors import Invalid
from review.views.answers import SEE_OTHER
from review.views.confirming import confirmed
from review.views.doors import safe_path
from review.views.refusals import tell
from review.views.words import said

blueprint = Blueprint("second_factors", __name__, url_prefix="/desk/account/second-factor")

ACCOUNT = "/desk/account"


@blueprint.get("")
def enrol_page() -> ResponseReturnValue:
    """A picture to scan, the same as letters, and a place for the code that the phone then shows."""
    return _page(AuthenticatorForm(formdata=None, offered=second_factors.offer(current_user.id)))


@blueprint.post("")
@confirmed
def enrol() -> ResponseReturnValue:
    """Take the authenticator up; the recovery codes are on this one answer and nowhere else."""
    form = AuthenticatorForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        codes = second_factors.enrol(
            current_user.id, form.offered.data, form.code.data, keep=current_user.token
        )
    except Invalid as refusal:
        tell(form, refusal)
        return _page(form), 422
    return _codes(codes)


@blueprint.post("/codes")
@confirmed
def codes() -> ResponseReturnValue:
    """New recovery codes in place of the old."""
    try:
        return _codes(second_factors.new_recovery_codes(current_user.id))
    except Invalid as refusal:
        return _told(refusal)


@blueprint.post("/remove")
@confirmed
def remove() -> ResponseReturnValue:
    """Give the authenticator up."""
    try:
        second_factors.remove(current_user.id)
    except Invalid as refusal:
        return _told(refusal)
    flash(_("You sign in with your password alone from now on."))
    return redirect(ACCOUNT, SEE_OTHER)


def _page(form: AuthenticatorForm) -> str:
    try:
        secret, address = second_factors.shown(current_user.id, current_user.email, form.offered.data or "")
    except Invalid:
        form.offered.data = second_factors.offer(current_user.id)
        secret, address = second_factors.shown(current_user.id, current_user.email, form.offered.data)
    return render_template(
        "account/second_factor.html",
        form=form,
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        address=address,
        picture=_picture(address),
    )


def _picture(address: str) -> Markup:
    drawn = segno.make(address, micro=False, error="m")
    # Our own drawing of our own address: nothing in it was typed.
    return Markup(drawn.svg_inline(scale=5, border=4, dark="#000", light="#fff"))  # noqa: S704


def _codes(codes: tuple[str, ...]) -> str:
    onward = safe_path(request.args.get("next"), ACCOUNT)
    return render_template("account/recovery_codes.html", codes=codes, onward=onward)


def _told(refusal: Invalid) -> ResponseReturnValue:
    for sentence in refusal.problems.values():
        flash(said(sentence, refusal.values), "stop")
    return redirect(ACCOUNT, SEE_OTHER)
