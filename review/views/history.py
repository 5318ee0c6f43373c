"""The history of an incident."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from review.queries import history
from review.views.visitor import actor

blueprint = Blueprint("history", __name__, url_prefix="/desk/incidents")


@blueprint.get("/<ref>/history")
def index(ref: str) -> ResponseReturnValue:
    """Every step, the latest first."""
    return render_template("history/index.html", page=history.history_page(actor(), ref))
