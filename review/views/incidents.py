"""The incidents of the desk: the list, one incident, what parties say of it, and who is too close to judge it."""

from __future__ import annotations

import json
import logging

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import claims, incidents, positions
from review.forms.typed import Typed
from review.forms.votes import casualties
from review.queries.incidents import Filters, incident_list, incident_page
from review.queries.listed import Cells, as_csv, incidents_listed
from review.queries.mapped import mapped_list
from review.queries.sources import claim_named
from review.views.answers import Page, answer, done, show, typed_in
from review.views.plain import whole
from review.views.visitor import actor

blueprint = Blueprint("incidents", __name__)
security = logging.getLogger("assay.security")  # people by their number


@blueprint.get("/desk/incidents")
def listing() -> ResponseReturnValue:
    """The incidents, newest first, by filters that stand in the address."""
    before = request.args.get("before", type=whole)
    if request.args.get("view") == "map":
        page = incident_list(actor(), _filters())
        return render_template("incidents/list.html", page=page, map=mapped_list(actor(), _filters()))
    return show("incidents/list.html", incident_list(actor(), _filters(), before=before))


@blueprint.get("/desk/incidents.csv")
def listed_csv() -> ResponseReturnValue:
    """The same list as a table; a byte-order mark lets spreadsheets read both scripts."""
    return _taken("\ufeff" + as_csv(_listed()), "text/csv", "incidents.csv")


@blueprint.get("/desk/incidents.json")
def listed_json() -> ResponseReturnValue:
    """The same list for a program."""
    return _taken(json.dumps(_listed(), ensure_ascii=False, indent=1), "application/json", "incidents.json")


def _filters() -> Filters:
    wanted = request.args
    return Filters(wanted.get("stage", ""), wanted.get("stream", ""), wanted.get("q", "").strip()[:200])


def _listed() -> list[Cells]:
    rows = incidents_listed(actor(), _filters())
    security.info("list taken person=%s rows=%s", actor().person, len(rows))
    return rows


def _taken(body: str, media: str, name: str) -> Response:
    response = Response(body, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/desk/incidents/<ref>")
def incident(ref: str) -> ResponseReturnValue:
    """One incident: its claims, its sources by origin, its facts, and the ballot of whoever was asked."""
    return show("incidents/incident.html", incident_page(actor(), ref))


def again(ref: str) -> Page:
    """The incident's page once more, for a form of it that could not be taken."""
    return lambda typed, code: show("incidents/incident.html", incident_page(actor(), ref), typed, code)


def address(ref: str, place: str = "") -> str:
    """The address of an incident's page, at one of its places."""
    return url_for("incidents.incident", ref=ref, _anchor=place or None)


@blueprint.post("/desk/incidents/<ref>/position")
def record_position(ref: str) -> ResponseReturnValue:
    """Record what a party itself says."""

    def act(typed: Typed) -> str:
        positions.record_position(
            actor(), ref,
            party=typed.value("party"), position=typed.value("position"), source=typed.number("source"),
            conceded=casualties(typed), reason=typed.text("reason"),
        )  # fmt: skip
        done(_("The position is recorded. It changes no grade."))
        return address(ref, "positions")

    return answer(act, typed_in("position"), again(ref))


@blueprint.post("/desk/incidents/<ref>/conflict")
def conflict(ref: str) -> ResponseReturnValue:
    """Declare that one is too close to judge, or lift what one declared."""

    def act(typed: Typed) -> str:
        ground = typed.value("ground")
        if typed.value("deed") == "lift":
            incidents.lift_conflict(actor(), ref, ground=ground)
            done(_("Your conflict is lifted."))
        else:
            incidents.declare_conflict(actor(), ref, ground=ground)
            done(_("Your conflict is declared. Others will judge this incident."))
        return address(ref)

    return answer(act, typed_in("conflict"), again(ref))


@blueprint.post("/desk/incidents/<ref>/claims/<name>/ungroup")
def ungroup(ref: str, name: str) -> ResponseReturnValue:
    """Take a claim out of the incident again."""

    def act(typed: Typed) -> str:
        claims.ungroup_claim(actor(), ref, claim_named(actor(), name), reason=typed.value("reason"))
        done(_("The claim is taken out. It waits among the claims again."))
        return address(ref, "claims")

    return answer(act, typed_in(f"ungroup-{name}"), again(ref))
