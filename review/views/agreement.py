"""How far reviewers agree: one's own figures first, and the desk's for lead editors."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from review.queries.agreement import agreement_page
from review.views.visitor import actor

blueprint = Blueprint("agreement", __name__)


@blueprint.get("/desk/agreement")
def index() -> ResponseReturnValue:
    """Nobody else's votes, and no list of people."""
    return render_template("desk/agreement.html", page=agreement_page(actor()))
