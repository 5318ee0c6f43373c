"""What the nightly comparison of the database with its trail found, and the button to make one now."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import checks as act
from review.forms.checks import CheckForm
from review.queries import checks
from review.views.visitor import actor

blueprint = Blueprint("checks", __name__, url_prefix="/desk/checks")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The last comparison, its sentences, and those before it."""
    return render_template("checks/index.html", page=checks.checks_page(actor()), form=CheckForm())


@blueprint.post("")
def ask() -> ResponseReturnValue:
    """Have one made now."""
    act.ask_for_check(actor())
    flash(_("The worker compares the database with its trail. Look here again in a while."))
    return redirect(url_for("checks.index"))
