"""The ledger of official positions, entered inside the desk; and for everybody the list behind what is conceded."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import ledger as act
from review.forms.ledger import ReportForm
from review.queries import ledger, reports
from review.rules.errors import Invalid
from review.rules.ledger import MONTH
from review.rules.parties import LONGEST_NAME
from review.views.answers import SEE_OTHER
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("ledger", __name__)


@blueprint.get("/record/conceded")
def conceded() -> ResponseReturnValue:
    """The published incidents in which a party concedes what a figure of its record adds up."""
    party = request.args.get("party", "")[:LONGEST_NAME]
    return render_template("public/conceded.html", page=ledger.conceded_page(party, _month()))


@blueprint.get("/desk/ledger")
def index() -> ResponseReturnValue:
    """Every belligerent whose own reports are kept."""
    return render_template("ledger/index.html", page=reports.reports_page(actor()))


@blueprint.get("/desk/ledger/party")
def party() -> ResponseReturnValue:
    """One belligerent's reports, every version with who entered it and why."""
    return render_template("ledger/party.html", page=reports.party_reports(actor(), request.args.get("party", "")))


@blueprint.get("/desk/ledger/report")
def entry() -> ResponseReturnValue:
    """The form of one month."""
    page = reports.entry_page(actor(), request.args.get("party", "")[:LONGEST_NAME], _month())
    return render_template("ledger/report.html", page=page, form=ReportForm.showing(page))


@blueprint.post("/desk/ledger/report")
def record() -> ResponseReturnValue:
    """Enter a month, or correct it."""
    form = ReportForm()
    page = reports.entry_page(actor(), (form.party.data or "")[:LONGEST_NAME], form.of_month)
    if form.validate_on_submit():
        try:
            act.record_report(
                actor(),
                party=form.party.data or "",
                month=form.of_month,
                report=form.report,
                url=form.url.data or "",
                seen=form.version,
                why=form.why.data,
            )
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(_("The month was entered. The public page shows it beside the record."))
            key = reports.entry_page(actor(), form.party.data or "", "").party
            return redirect(url_for("ledger.party", party=key), SEE_OTHER)
    return render_template("ledger/report.html", page=page, form=form), 422


def _month() -> str:
    wanted = request.args.get("month", "")
    return wanted if MONTH.fullmatch(wanted) else ""
