"""Signing in and out, and the one-time links: set the desk up, join it, choose a new password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user
from flask_wtf import FlaskForm

from review.actions import invitations, passwords, people, sessions, signing_in
from review.forms.accounts import JoinForm, PasswordForm, SetUpForm, SignInForm
from review.queries.accounts import has_second_factor, signed_in
from review.rules.errors import Invalid
from review.views import interrupted
from review.views.doors import safe_path
from review.views.visitor import Visitor, source

DESK = "/desk"

blueprint = Blueprint("signing_in", __name__)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> ResponseReturnValue:
    """Sign in with e-mail, password and, where one has an authenticator, its code."""
    onward = safe_path(request.args.get("next"), DESK)
    if current_user.is_authenticated and request.method == "GET":
        return redirect(onward)
    form = SignInForm()
    kept = request.form.get(interrupted.FIELD)
    if not form.validate_on_submit():
        return _page("account/login.html", form, kept=kept)
    try:
        token = signing_in.sign_in(
            form.email.data,
            form.password.data,
            form.code.data,
            address=source(),
            agent=request.user_agent.string,
        )
    except Invalid as refusal:
        return _page("account/login.html", form, refusal, kept=kept)
    enter(token)
    unsent = interrupted.unsent(current_user.id)
    if unsent:
        return render_template("account/carry_on.html", unsent=unsent)
    return redirect(onward)


@blueprint.post("/logout")
def logout() -> ResponseReturnValue:
    """End this session, here and in the database."""
    sessions.sign_out(current_user.token)
    session.clear()
    flash(_("You are signed out. Your drafts wait on the server."))
    return redirect(url_for("signing_in.login"))


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
def set_up(token: str) -> ResponseReturnValue:
    """The first person, an admin, sets the desk up."""
    invitations.peek(token, "setup")
    form = SetUpForm()
    if not form.validate_on_submit():
        return _page("account/set_up.html", form)
    try:
        password_hash = passwords.hash_password(
            form.password.data, email=form.email.data, again=form.again.data
        )
        person_id = people.set_up(
            token, email=form.email.data, name=form.name.data, password_hash=password_hash
        )
    except Invalid as refusal:
        return _page("account/set_up.html", form, refusal)
    return _welcome(person_id)


@blueprint.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    """An invited person joins in the role they were invited to."""
    link = invitations.peek(token, "invitation")
    form = JoinForm(name=link.name)
    if not form.validate_on_submit():
        return _page("account/join.html", form, link=link)
    try:
        password_hash = passwords.hash_password(form.password.data, email=link.email, again=form.again.data)
        person_id = people.join(token, name=form.name.data, password_hash=password_hash)
    except Invalid as refusal:
        return _page("account/join.html", form, refusal, link=link)
    return _welcome(person_id)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    """Choose a new password; whoever has a second factor signs in with both, for a link alone is no proof of it."""
    invitations.peek(token, "reset")
    form = PasswordForm()
    if not form.validate_on_submit():
        return _page("account/reset.html", form)
    try:
        person_id = invitations.reset_password(token, form.password.data, form.again.data)
    except Invalid as refusal:
        return _page("account/reset.html", form, refusal)
    if has_second_factor(person_id):
        flash(_("The new password is kept. Sign in with it and a code of your authenticator."))
        return redirect(url_for("signing_in.login"))
    return _welcome(person_id)


def enter(token: str) -> None:
    """Begin a fresh browser session for this token; whatever the old one held is gone."""
    if current_user.is_authenticated:
        sessions.sign_out(current_user.token)
    person = signed_in(token)
    if person is None:
        return
    session.clear()
    login_user(Visitor(token, person))


def _welcome(person_id: int) -> ResponseReturnValue:
    enter(sessions.open_session(person_id, agent=request.user_agent.string))
    return redirect(DESK)


def _page(
    template: str, form: FlaskForm, refusal: Invalid | None = None, **about: Any
) -> ResponseReturnValue:
    """The form again, with what was typed and what is the matter."""
    for name, sentence in (refusal.problems if refusal else {}).items():
        field = form[name] if name in form else form["password"]
        field.errors = [*field.errors, _(sentence, **(refusal.values if refusal else {}))]
    code = 422 if request.method == "POST" else 200
    return render_template(template, form=form, refusal=refusal, **about), code
