"""A person's own account: their password, where they are signed in, in which language and zone they read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review.actions import accounts, passwords, sessions
from review.forms.accounts import ChangePasswordForm, ReadingForm
from review.forms.typed import NOTHING, Typed
from review.queries.accounts import account_page
from review.queries.care import own_settings
from review.rules.errors import Invalid
from review.views.answers import SEE_OTHER
from review.views.language import LANGUAGES
from review.views.refusals import tell
from review.views.visitor import actor, source

blueprint = Blueprint("accounts", __name__, url_prefix="/desk/account")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """Everything of one's own account on one page."""
    return _page()


@blueprint.post("/password")
def password() -> ResponseReturnValue:
    """Choose a new password; every other session ends."""
    form = ChangePasswordForm()
    if not form.validate_on_submit():
        return _page(password=form), 422
    try:
        passwords.change_password(
            current_user.id,
            form.old.data,
            form.password.data,
            form.again.data,
            keep=current_user.token,
            address=source(),
        )
    except Invalid as refusal:
        tell(form, refusal)
        return _page(password=form), 422
    flash(_("The new password is kept. You are signed out everywhere else."))
    return _back()


@blueprint.post("/reading")
def reading() -> ResponseReturnValue:
    """Keep the language and the time zone."""
    form = _reading_form()
    if not form.validate_on_submit():
        return _page(reading=form), 422
    accounts.read_the_desk(
        current_user.id, language=form.language.data or None, timezone=form.timezone.data or None
    )
    flash(_("It is kept, and holds wherever you sign in."))
    return _back()


@blueprint.post("/keys")
def keys() -> ResponseReturnValue:
    """Switch the keys of the desk on or off, for oneself."""
    on = request.form.get("keys") == "on"
    accounts.work_with_keys(current_user.id, on=on)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(keys="on" if on else "off")
    flash(_("The keys are on.") if on else _("The keys are off."))
    return redirect(url_for("accounts.index", _anchor="keys-head"), SEE_OTHER)


@blueprint.post("/sessions/end")
def end() -> ResponseReturnValue:
    """Sign oneself out in one other place, or here."""
    sessions.end_one(current_user.id, request.form.get("session", ""))
    flash(_("That session has ended."))
    return _back()


def care_page(typed: Typed, code: int) -> ResponseReturnValue:
    """The page once more, for the form of what one set for oneself."""
    return _page(typed), code


def _page(typed: Typed = NOTHING, **forms: Any) -> str:
    forms.setdefault("password", ChangePasswordForm(formdata=None))
    forms.setdefault("reading", _reading_form(formdata=None))
    page, own = account_page(current_user.token), own_settings(actor())
    return render_template("account/account.html", page=page, own=own, typed=typed, forms=forms)


def _reading_form(**about: Any) -> ReadingForm:
    form = ReadingForm(language=current_user.language or "", timezone=current_user.timezone or "", **about)
    form.language.choices = [("", _("As the browser asks")), *LANGUAGES.items()]
    return form


def _back() -> ResponseReturnValue:
    return redirect(url_for("accounts.index"), SEE_OTHER)
