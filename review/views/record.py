"""The public record by month and party, and the list behind each of its numbers."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from review.queries import public, record
from review.rules.grades import CODEBOOKS, NO_CONSENSUS
from review.rules.record import HEADLINE

blueprint = Blueprint("record", __name__)
GRADES = (*(key for book in CODEBOOKS for key in book.keys), NO_CONSENSUS)


@blueprint.get("/record")
def by_month() -> ResponseReturnValue:
    """Incidents and the killed by month, under the grades that were asked for."""
    page = record.record_page(_party(), _grades())
    return render_template("public/record.html", page=page, party=_party(), choices=GRADES)


@blueprint.get("/record/incidents")
def behind() -> ResponseReturnValue:
    """The incidents that one number of the record counts."""
    found = record.behind(_party(), request.args.get("month", ""), _grades())
    return render_template("public/record_list.html", rows=public.public_of(found), grades=_grades())


def _party() -> str:
    return request.args.get("party", "")[:200]


def _grades() -> tuple[str, ...]:
    """Those that were asked for and exist, in the order of their scheme; else those of the headline."""
    wanted = set(request.args.getlist("grade"))
    return tuple(grade for grade in GRADES if grade in wanted) or HEADLINE
