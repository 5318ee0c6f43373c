"""The public record by month and party, the list behind each of its numbers, and the same list on a map."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review.queries import ledger, record
from review.rules.grades import RESULTS
from review.rules.record import EVERYBODY, MONTH, NO_MONTH, ONLY, UNDATED, Wanted, asked, offered, place_of, place_words

blueprint = Blueprint("record", __name__)
ALL = "all"  # in an address
LONGEST = 200


@blueprint.get("/record")
def by_month() -> ResponseReturnValue:
    """Incidents and the killed by month, under the grades that were asked for."""
    page = record.record_page(_party(), _grades())
    if _party() and page.party is None:
        return render_template("public/record_unknown.html", page=page, asked=_party()), 404
    official = ledger.official_record(page.party.key if page.party else EVERYBODY, page.months, page.undated)
    choices = offered(dict(page.altogether.by_grade))
    said = tuple(grade for grade in page.grades if grade in choices) or page.grades
    return render_template("public/record.html", page=page, choices=choices, said=said, official=official)


@blueprint.get("/record/incidents")
def behind() -> ResponseReturnValue:
    """The incidents that one number of the record counts."""
    page = record.behind_page(_wanted(), place_of(request.args.get("before")))
    links = _links(page.wanted)
    return render_template("public/record_list.html", page=page, links=links, pages=_pages(page, links))


@blueprint.get("/record/map")
def on_a_map() -> ResponseReturnValue:
    """The same incidents on a map, where each may lie."""
    wanted = _wanted()
    page, mapped = record.behind_page(wanted), record.behind_map(wanted)
    return render_template("public/record_map.html", page=page, links=_links(page.wanted), map=mapped)


def _wanted() -> Wanted:
    month, only = request.args.get("month"), request.args.get("only", "")
    if month in (NO_MONTH, ""):
        month = UNDATED
    elif month is not None and not MONTH.fullmatch(month):
        abort(404)
    if only and only not in ONLY:
        abort(404)
    return Wanted(_party(), month, _grades(), only)


def _party() -> str:
    return request.args.get("party", "")[:LONGEST].strip()


def _grades() -> tuple[str, ...]:
    wanted = request.args.getlist("grade")
    return RESULTS if ALL in wanted else asked(wanted)


def _links(wanted: Wanted) -> dict[str, Any]:
    """The filters of a list as an address carries them."""
    month = NO_MONTH if wanted.month == UNDATED else wanted.month
    return {
        "party": wanted.party or None,
        "month": month,
        "grade": [ALL] if wanted.grades == RESULTS else list(wanted.grades),
        "only": wanted.only or None,
    }


def _pages(page: record.BehindPage, links: dict[str, Any]) -> dict[str, str | None]:
    """Where the list goes on; back it goes to its beginning."""
    older = place_words(page.older) if page.older else None
    return {
        "newer": url_for("record.behind", **links) if page.newer else None,
        "older": url_for("record.behind", **links, before=older) if older else None,
    }
