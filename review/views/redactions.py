"""Removing words for good: a lead asks on the page of what could go; another person seconds or declines."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import redactions as act
from review.forms.typed import Typed
from review.queries import redactions
from review.queries.redactions import RemovalPage
from review.rules.errors import Invalid
from review.rules.redaction import NOTHING
from review.views.answers import Page, answer, done, show, typed_in
from review.views.confirming import confirmed
from review.views.visitor import actor

blueprint = Blueprint("redactions", __name__, url_prefix="/desk")

LONGEST_PHRASE = 200


@blueprint.get("/redactions")
def index() -> ResponseReturnValue:
    """What waits for a second person."""
    return show("redactions/index.html", redactions.requests_page(actor()))


@blueprint.post("/redactions/<name>/second")
@confirmed
def second(name: str) -> ResponseReturnValue:
    """Agree: it goes, for good."""

    def agree(sent: Typed) -> str:
        act.second_redaction(actor(), name, reason=sent.text("reason"))
        done(_("It was removed for good. The history says that something was, and on which ground."))
        return url_for("redactions.index")

    return answer(agree, typed_in(name), _requests())


@blueprint.post("/redactions/<name>/decline")
def decline(name: str) -> ResponseReturnValue:
    """Do not agree, with a reason for whoever asked."""

    def refuse(sent: Typed) -> str:
        act.decline_redaction(actor(), name, reason=sent.text("reason"))
        done(_("The detail stays. Whoever asked is told, with your reason."))
        return url_for("redactions.index")

    return answer(refuse, typed_in(name), _requests())


@blueprint.post("/redactions/<name>/withdraw")
def withdraw(name: str) -> ResponseReturnValue:
    """Take one's own request back, or put its answer away."""

    def take_back(_sent: Typed) -> str:
        act.withdraw_redaction(actor(), name)
        done(_("The request is gone. Nothing was removed."))
        return url_for("redactions.index")

    return answer(take_back, typed_in(name), _requests())


def _requests() -> Page:
    return lambda sent, code: show("redactions/index.html", redactions.requests_page(actor()), sent, code)


@blueprint.get("/incidents/<ref>/removal")
def incident(ref: str) -> ResponseReturnValue:
    """Find where words of an incident stand."""
    return show("redactions/ask.html", _of_incident(ref))


@blueprint.post("/incidents/<ref>/removal")
def ask_of_incident(ref: str) -> ResponseReturnValue:
    """Ask to have some of them removed."""
    return _ask(_of_incident(ref))


def _of_incident(ref: str) -> RemovalPage:
    entry = request.args.get("entry", "")
    number = int(entry) if entry.isascii() and entry.isdigit() and len(entry) < 9 else None
    return redactions.removal_page(actor(), ref, _phrase(), number)


@blueprint.get("/redactions/log")
def log() -> ResponseReturnValue:
    """Find where words of claims and of the log's own entries stand."""
    return show("redactions/ask.html", _of_log())


@blueprint.post("/redactions/log")
def ask_of_log() -> ResponseReturnValue:
    """Ask to have some of them removed."""
    return _ask(_of_log())


def _of_log() -> RemovalPage:
    return redactions.log_page(actor(), _phrase(), request.args.get("claim") or None)


def _phrase() -> str:
    return (request.args.get("q") or "").strip()[:LONGEST_PHRASE]


def _ask(page: RemovalPage) -> ResponseReturnValue:
    """One request for the incident's own events, and one for the claims that were received before it."""

    def asked(sent: Typed) -> str:
        found = redactions.named(sent.all("details"), page.ref)
        if not found:
            raise Invalid({"details": NOTHING})
        for incident_id, details in found.items():
            act.ask_redaction(
                actor(),
                None if incident_id is None else page.ref,
                details=details,
                ground=sent.value("ground"),
                reason=sent.text("reason"),
            )
        done(_("It is asked for. Nothing goes until a second person agrees."))
        return url_for("redactions.index")

    return answer(asked, typed_in("removal"), lambda sent, code: show("redactions/ask.html", page, sent, code))
