"""How a program reads the record: ten lines for a newcomer."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from review.api.fields import MOST_ROWS
from review.api.limits import EACH
from review.queries import public
from review.views.visitor import base_address

blueprint = Blueprint("programs", __name__)


@blueprint.get("/api")
def index() -> ResponseReturnValue:
    """What there is, how it is asked for, and three lines to try."""
    base = base_address()
    known = next((one.ref for one in public.front_page().latest), "REF")
    return render_template("public/programs.html", base=base, most=MOST_ROWS, each=EACH, ref=known)
