"""After the vote: what became of one's own votes."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from review.queries.looking_back import looking_back
from review.views.visitor import actor

blueprint = Blueprint("aftermath", __name__)


@blueprint.get("/desk/after-the-vote")
def index() -> ResponseReturnValue:
    """The results of what one voted on, page by page."""
    number = request.args.get("page", 1, type=int)
    return render_template("aftermath/index.html", page=looking_back(actor(), number=number))
