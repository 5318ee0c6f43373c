"""The public record by month and party, the list behind each of its numbers, and the same list on a map."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from review.queries import ledger, record
from review.rules.grades import CODEBOOKS, NO_CONSENSUS
from review.rules.record import EVERYBODY, HEADLINE, ONLY, UNDATED, Wanted

blueprint = Blueprint("record", __name__)
GRADES = (*(key for book in CODEBOOKS for key in book.keys), NO_CONSENSUS)
NO_MONTH, ALL = "undated", "all"  # in an address
LONGEST = 200
_MONTH = re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])")
_BEFORE = re.compile(r"((?!0000)[0-9]{4}-[0-9]{2}|undated)\.([0-9]{1,15})")


@blueprint.get("/record")
def by_month() -> ResponseReturnValue:
    """Incidents and the killed by month, under the grades that were asked for."""
    page = record.record_page(_party(), _grades())
    if _party() and page.party is None:
        return render_template("public/record_unknown.html", page=page, asked=_party()), 404
    official = ledger.official_record(page.party.key if page.party else EVERYBODY, page.months, page.undated)
    offered = _offered(page)
    said = tuple(grade for grade in page.grades if grade in offered) or page.grades
    return render_template("public/record.html", page=page, choices=offered, said=said, official=official)


@blueprint.get("/record/incidents")
def behind() -> ResponseReturnValue:
    """The incidents that one number of the record counts."""
    page = record.behind_page(_wanted(), _before())
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
    elif month is not None and not _MONTH.fullmatch(month):
        abort(404)
    if only and only not in ONLY:
        abort(404)
    return Wanted(_party(), month, _grades(), only)


def _party() -> str:
    return request.args.get("party", "")[:LONGEST].strip()


def _grades() -> tuple[str, ...]:
    """Those that were asked for and exist, in the order of their scheme; else those of the headline."""
    wanted = set(request.args.getlist("grade"))
    if ALL in wanted:
        return GRADES
    return tuple(grade for grade in GRADES if grade in wanted) or HEADLINE


def _offered(page: record.RecordPage) -> tuple[str, ...]:
    """The grades of the scheme in use, and those of others under which anything is counted."""
    present = dict(page.altogether.by_grade)
    return tuple(grade for grade in GRADES if grade in CODEBOOKS[0].keys or grade in present)


def _before() -> record.Place | None:
    found = _BEFORE.fullmatch(request.args.get("before", ""))
    return (UNDATED if found[1] == NO_MONTH else found[1], int(found[2])) if found else None


def _links(wanted: Wanted) -> dict[str, Any]:
    """The filters of a list as an address carries them."""
    month = NO_MONTH if wanted.month == UNDATED else wanted.month
    return {
        "party": wanted.party or None,
        "month": month,
        "grade": [ALL] if wanted.grades == GRADES else list(wanted.grades),
        "only": wanted.only or None,
    }


def _pages(page: record.BehindPage, links: dict[str, Any]) -> dict[str, str | None]:
    """Where the list goes on; back it goes to its beginning."""
    older = page.older and f"{page.older[0] or NO_MONTH}.{page.older[1]}"
    return {
        "newer": url_for("record.behind", **links) if page.newer else None,
        "older": url_for("record.behind", **links, before=older) if older else None,
    }
