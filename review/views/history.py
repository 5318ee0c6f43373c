"""The history of an incident."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from review.queries import history
from review.queries.story import KINDS, Narrowing
from review.views.visitor import actor

blueprint = Blueprint("history", __name__, url_prefix="/desk/incidents")


@blueprint.get("/<ref>/history")
def index(ref: str) -> ResponseReturnValue:
    """The steps that the address asks for, the latest first."""
    return render_template("history/index.html", page=history.history_page(actor(), ref, _asked()))


def _asked() -> Narrowing:
    """An address that asks for a kind there is none of shows everything."""
    kind = request.args.get("kind", "")
    return Narrowing(kind if kind in KINDS else "", request.args.get("by", ""))
