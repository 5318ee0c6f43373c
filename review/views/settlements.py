"""The settlement of a disputed round: argued, voted once more, settled by somebody who took no part, dissented from."""

from __future__ import annotations

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import drafts, settlements
from review.forms.rounds import person
from review.forms.settlements import fields, replies
from review.forms.typed import Typed
from review.forms.votes import kept
from review.queries.reading import read_incident
from review.queries.settlements import settlement_page
from review.queries.votes import own_dissent
from review.rules.errors import Invalid, Refused, Stale
from review.views.answers import Page, answer, done, keep_refused, show, typed_in
from review.views.incidents import address
from review.views.incidents import again as incident_again
from review.views.visitor import actor

blueprint = Blueprint("settlements", __name__)


@blueprint.get("/desk/incidents/<ref>/settlement")
def settlement(ref: str) -> ResponseReturnValue:
    """The ladder, the votes side by side, the arguments."""
    return show("settlements/settlement.html", settlement_page(actor(), ref))


def again(ref: str) -> Page:
    """The settlement's page once more, for a form of it that could not be taken."""
    return lambda typed, code: show("settlements/settlement.html", settlement_page(actor(), ref), typed, code)


def _address(ref: str, place: str | None = None) -> str:
    return url_for("settlements.settlement", ref=ref, _anchor=place)


@blueprint.post("/desk/incidents/<ref>/settlement/argue")
def argue(ref: str) -> ResponseReturnValue:
    """Add an argument, under one's letter."""

    def act(typed: Typed) -> str:
        me = actor()
        settlements.argue(me, ref, text=typed.text("text"))
        drafts.clear_draft(me.person or 0, ref, "argue")
        done(_("Your argument stands, under your letter."))
        return _address(ref, "arguments")

    return answer(act, typed_in("argue"), again(ref))


@blueprint.post("/desk/incidents/<ref>/settlement/second-vote")
def second_vote(ref: str) -> ResponseReturnValue:
    """Have the same people vote once more."""

    def act(typed: Typed) -> str:
        settlements.open_second_vote(actor(), ref, reason=typed.text("reason"))
        done(_("The second vote is open, sealed like the first."))
        return _address(ref)

    return answer(act, typed_in("second"), again(ref))


@blueprint.post("/desk/incidents/<ref>/settlement/abandon")
def abandon(ref: str) -> ResponseReturnValue:
    """End a settlement that exclusions left without enough votes."""

    def act(typed: Typed) -> str:
        settlements.abandon_settlement(actor(), ref, reason=typed.text("reason"))
        done(_("The disagreement is ended without a result. A new round can be opened."))
        return address(ref, "round")

    return answer(act, typed_in("end"), again(ref))


@blueprint.post("/desk/incidents/<ref>/settlement/appoint")
def appoint(ref: str) -> ResponseReturnValue:
    """Ask somebody who took no part to settle it."""

    def act(typed: Typed) -> str:
        settlements.appoint_settler(actor(), ref, person(typed), reason=typed.text("reason"))
        done(_("Asked. They find it on their desk."))
        return _address(ref)

    return answer(act, typed_in("appoint"), again(ref))


@blueprint.post("/desk/incidents/<ref>/settlement/settle")
def settle(ref: str) -> ResponseReturnValue:
    """Settle it, every argument of the minority answered."""
    return answer(lambda typed: _settle(ref, typed), typed_in("settle"), again(ref))


def _settle(ref: str, typed: Typed) -> str:
    me = actor()
    try:
        settlements.settle(
            me, ref,
            grade=typed.value("grade"), rationale=typed.text("rationale"), replies=replies(typed),
            seen=typed.value("seen"),
        )  # fmt: skip
    except (Invalid, Refused, Stale):
        keep_refused(ref, "settle", kept(typed, fields(typed)))
        raise
    drafts.clear_draft(me.person or 0, ref, "settle")
    done(_("It is settled. A lead editor who took no part approves it next."))
    return _address(ref)


@blueprint.post("/desk/incidents/<ref>/settlement/dissent")
def dissent(ref: str) -> ResponseReturnValue:
    """Write, or copy from one's rationale, the public words of one's minority vote."""
    from_incident = request.form.get("page") == "incident"
    page = incident_again(ref) if from_incident else again(ref)
    onward = address(ref, "dissent") if from_incident else _address(ref, "dissent")
    return answer(lambda typed: _dissent(ref, typed, onward), typed_in("dissent"), page)


def _dissent(ref: str, typed: Typed, onward: str) -> str:
    me = actor()
    own = own_dissent(read_incident(me, ref))
    copied = own.rationale if own and typed.chosen("copy", "y") else None
    try:
        settlements.dissent(me, ref, own.seq if own else 0, text=copied or typed.text("text"))
    except Refused:
        keep_refused(ref, "dissent", kept(typed, ("text",)))
        raise
    drafts.clear_draft(me.person or 0, ref, "dissent")
    done(_("Your dissent goes out with the grade, word for word. You may change it until the approval."))
    return onward
