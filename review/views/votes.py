"""The ballot: cast, kept as a draft, answered otherwise, taken back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review import clock
from review.actions import assignments, drafts, notes, rounds, votes
from review.forms import votes as ballots
from review.forms.typed import Typed
from review.queries.reading import read_incident
from review.queries.votes import own_ballot, own_live_vote
from review.rules.errors import Forbidden, NotFound, Refused, Stale
from review.rules.permissions import may
from review.views.answers import SEE_OTHER, answer, done, keep_refused, typed_in
from review.views.incidents import address, again
from review.views.narrowing import MARK, narrowing
from review.views.visitor import actor
from review.views.words import moment

blueprint = Blueprint("votes", __name__)

NOT_KEPT = ("csrf_token", "kind", "seen", "round", "narrow")
CAST = "cast"  # of a message that names the incident: the page says the rest, with the way back
UNSEEN = "no page"  # a ballot that says not what its page showed is never fresh
PAGES = {
    "vote": "incidents.incident",
    "notes": "incidents.incident",
    "argue": "settlements.settlement",
    "settle": "settlements.settlement",
    "dissent": "settlements.settlement",
    "approve": "approvals.approval",
    "override": "approvals.approval",
    "second": "approvals.approval",
}


@blueprint.post("/desk/incidents/<ref>/vote")
def cast(ref: str) -> ResponseReturnValue:
    """Cast a vote, or another one in its place."""
    return answer(lambda typed: _cast(ref, typed), typed_in("vote"), again(ref))


def _cast(ref: str, typed: Typed) -> str:
    me = actor()
    ballot, noted = ballots.ballot(typed), ballots.notes(typed)
    try:
        votes.cast_vote(me, ref, typed.number("round") or 0, ballot=ballot, seen=typed.value("seen") or UNSEEN)
    except (Refused, Stale):
        keep_refused(ref, "vote", ballots.kept(typed))
        notes.save_notes(me.person or 0, ref, noted)
        raise
    notes.save_notes(me.person or 0, ref, noted)
    flash(ref, CAST)
    return url_for("desk.desk")


@blueprint.post("/desk/incidents/<ref>/draft")
def keep(ref: str) -> ResponseReturnValue:
    """Keep what has been typed so far, for its writer alone."""
    me, kind = actor(), request.form.get("kind", "vote")
    if not may(me.role, "cast_vote"):
        raise Forbidden("cast_vote")
    if kind not in PAGES:
        raise NotFound
    read_incident(me, ref)
    if kind == "vote":
        assignments.take_up(me, ref)  # beginning a ballot is taking the seat that was held for it
    typed = typed_in(kind)
    notes.save_notes(me.person or 0, ref, ballots.notes(typed))
    if kind != "notes":
        drafts.save_draft(me.person or 0, ref, kind, _begun(typed))
    if request.accept_mimetypes.best == "application/json":
        return jsonify(saved=moment(clock.now()))
    if "narrow" in request.form:
        query: dict[str, Any] = narrowing().query
        return redirect(url_for(PAGES[kind], ref=ref, _anchor="sources", **query), SEE_OTHER)
    done(_("Your draft is kept. Only you can read it."))
    return redirect(url_for(PAGES[kind], ref=ref), SEE_OTHER)


def _begun(typed: Typed) -> dict[str, list[str]]:
    """What of a form was typed by its writer and belongs to no place of its own."""
    elsewhere = (ballots.NOTE, MARK)
    return {
        name: list(values)
        for name, values in typed.values.items()
        if name not in NOT_KEPT and not name.startswith(elsewhere)
    }


@blueprint.post("/desk/incidents/<ref>/abstain")
def abstain(ref: str) -> ResponseReturnValue:
    """Say that one cannot judge."""

    def act(typed: Typed) -> str:
        rounds.abstain(actor(), ref, typed.number("round") or 0, reason=typed.text("reason"))
        done(_("It is noted that you cannot judge %(ref)s. That is an answer; nothing more is owed.", ref=ref))
        return url_for("desk.desk")

    return answer(act, typed_in("abstain"), again(ref))


@blueprint.post("/desk/incidents/<ref>/recuse")
def recuse(ref: str) -> ResponseReturnValue:
    """Step back from the round, on a ground that stays inside."""

    def act(typed: Typed) -> str:
        rounds.recuse(actor(), ref, typed.number("round") or 0, ground=typed.text("ground"))
        done(_("You have stepped back from %(ref)s. Your ground stays sealed.", ref=ref))
        return url_for("desk.desk")

    return answer(act, typed_in("recuse"), again(ref))


@blueprint.post("/desk/incidents/<ref>/withdraw-vote")
def withdraw(ref: str) -> ResponseReturnValue:
    """Take one's own vote back until the close."""

    def act(typed: Typed) -> str:
        me = actor()
        reading = read_incident(me, ref)
        cast = own_ballot(reading)
        votes.withdraw_vote(me, ref, own_live_vote(reading) or 0, reason=typed.text("reason"))
        drafts.save_draft(me.person or 0, ref, "vote", cast)
        done(_("Your vote is withdrawn. It stays sealed, and you owe an answer again. The ballot holds what it said."))
        return address(ref, "ballot")

    return answer(act, typed_in("withdraw"), again(ref))


@blueprint.post("/desk/incidents/<ref>/exclude")
def exclude(ref: str) -> ResponseReturnValue:
    """Take a vote out after the close; what it bore is computed anew without it."""

    def act(typed: Typed) -> str:
        votes.exclude_vote(
            actor(), ref, typed.number("vote") or 0, ground=typed.value("ground"), reason=typed.text("reason")
        )
        done(_("The vote is excluded, and the result is computed without it."))
        return address(ref, "votes")

    return answer(act, typed_in("exclude"), again(ref))
