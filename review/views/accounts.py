"""A person's own account: their password, where they are signed in, in which language and zone they read."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review.actions import accounts, passwords, sessions
from review.forms.accounts import ChangePasswordForm, ReadingForm
from review.queries.accounts import account_page
from review.rules.errors import Invalid
from review.views.answers import SEE_OTHER
from review.views.language import LANGUAGES
from review.views.refusals import tell
from review.views.visitor import source

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


@blueprint.post("/sessions/end")
def end() -> ResponseReturnValue:
    """Sign oneself out in one other place, or here."""
    sessions.end_one(current_user.id, request.form.get("session", ""))
    flash(_("That session has ended."))
    return _back()


def _page(**forms: Any) -> str:
    forms.setdefault("password", ChangePasswordForm(formdata=None))
    forms.setdefault("reading", _reading_form(formdata=None))
    return render_template("account/account.html", page=account_page(current_user.token), forms=forms)


def _reading_form(**about: Any) -> ReadingForm:
    form = ReadingForm(language=current_user.language or "", timezone=current_user.timezone or "", **about)
    form.language.choices = [("", _("As the browser asks")), *LANGUAGES.items()]
    return form


def _back() -> ResponseReturnValue:
    return redirect(url_for("accounts.index"), SEE_OTHER)
