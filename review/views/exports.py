"""What leaves the building: the last checkpoints, the bundles made, and how to make one."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from review.queries import exports
from review.views.visitor import actor

blueprint = Blueprint("exports", __name__, url_prefix="/desk/export")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """How to export, and what was exported."""
    return render_template("exports/index.html", page=exports.export_page(actor()))
