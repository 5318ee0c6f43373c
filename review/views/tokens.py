"""A person's own tokens: made, shown once, ended."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from review.actions import tokens as act
from review.forms.tokens import TokenForm
from review.queries import tokens
from review.rules.errors import Invalid
from review.rules.tokens import SCOPES
from review.views.answers import SEE_OTHER
from review.views.confirming import confirmed
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("tokens", __name__, url_prefix="/desk/account/tokens")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The tokens that hold, and the form of a new one."""
    return _page(TokenForm(formdata=None))


@blueprint.post("")
@confirmed
def make() -> ResponseReturnValue:
    """Make a token; it stands on this one answer and nowhere else."""
    form = TokenForm()
    if not form.validate_on_submit():
        return _page(form), 422
    try:
        token = act.make_token(
            current_user.id, name=form.name.data, scopes=form.scopes.data or (), days=form.days.data
        )
    except Invalid as refusal:
        tell(form, refusal)
        return _page(form), 422
    return render_template("account/token.html", token=token, name=form.name.data)


@blueprint.post("/end")
def end() -> ResponseReturnValue:
    """End one token."""
    act.end_token(current_user.id, request.form.get("token", ""))
    flash(_("That token has ended. No program can use it any more."))
    return redirect(url_for("tokens.index"), SEE_OTHER)


def _page(form: TokenForm) -> str:
    return render_template("account/tokens.html", page=tokens.tokens_page(actor()), form=form, words=SCOPES)
