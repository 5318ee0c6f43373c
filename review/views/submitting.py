"""Sending in without an account: an allegation, a request for a correction, and the receipt of either.

No cookie is needed and none is set: each page carries a stamp of ours instead. The code of a receipt stands in a form
and in the answer to it, never in an address, so that neither a log nor a browser's history keeps it.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from review.actions import submitting as act
from review.actions.submitting import Sent
from review.actions.uploads import Upload
from review.extensions import csrf
from review.forms.submissions import ACCOUNT, WISH, fields, languages
from review.forms.typed import NOTHING, Typed
from review.queries import corrections, receipts
from review.queries.submissions import days_waiting
from review.rules import submissions
from review.rules.errors import Invalid
from review.rules.submissions import grouped_code
from review.views.answers import in_words, typed_in
from review.views.pacing import Pace
from review.views.unread import words_alone
from review.views.visitor import source

blueprint = Blueprint("submitting", __name__)

Again = Callable[[Typed, int], ResponseReturnValue]


PACE = "submitting-pace"
EACH, ALL = 60, 600  # forms a minute, whatever is in them: a crowd behind one exit stays below that
COUNTED = {"submitting.submit": "form", "submitting.correction": "form", "submitting.receipt": "receipt"}


def register(app: Flask) -> None:
    """Count every form that is sent, before it is read, those that cannot be taken too; what is kept is counted in
    the database. A crowd that sends forms closes no receipt."""
    app.extensions[PACE] = {name: Pace(each=EACH, all=ALL) for name in ("form", "receipt")}
    app.before_request(_count)


def _count() -> None:
    counted = COUNTED.get(request.endpoint or "") if request.method == "POST" else None
    if counted is None:
        return
    pace: Pace = current_app.extensions[PACE][counted]
    g.admitted = pace.admits(source())
    if not g.admitted:
        words_alone(request)


@blueprint.route("/submit", methods=["GET", "POST"])
@csrf.exempt
def submit() -> ResponseReturnValue:
    """Tell the desk what happened; the answer holds the receipt's code, once."""

    def again(typed: Typed, code: int) -> ResponseReturnValue:
        page = render_template(
            "submissions/submit.html", typed=typed, stamp=_stamp(typed), limits=submissions, kept=days_waiting(),
            languages=languages(), files_lost=bool(_chosen()),
        )  # fmt: skip
        return _unkept(page, code)

    if request.method == "GET":
        return again(NOTHING, 200)
    typed = typed_in("submit")
    if not g.admitted:
        return _too_often(typed, "form", again)
    return _sent(lambda: act.submit(_came(typed), fields(typed, ACCOUNT), _uploads()), typed, again)


@blueprint.route("/incidents/<ref>/correction", methods=["GET", "POST"])
@csrf.exempt
def correction(ref: str) -> ResponseReturnValue:
    """Ask for a correction of a public page."""
    target = corrections.target(ref)

    def again(typed: Typed, code: int) -> ResponseReturnValue:
        page = render_template(
            "submissions/correct.html", typed=typed, stamp=_stamp(typed), target=target, limits=submissions,
            kept=days_waiting(),
        )  # fmt: skip
        return _unkept(page, code)

    if request.method == "GET":
        return again(NOTHING, 200)
    typed = typed_in("correction")
    if not g.admitted:
        return _too_often(typed, "form", again)
    wanted = (target.ref, target.version, fields(typed, WISH))
    return _sent(lambda: act.ask_correction(_came(typed), *wanted), typed, again)


@blueprint.route("/submit/receipt", methods=["GET", "POST"])
@csrf.exempt
def receipt() -> ResponseReturnValue:
    """Where a message stands, for whoever types its code."""
    def again(typed: Typed, code: int) -> ResponseReturnValue:
        return _unkept(_receipt(typed, None), code)

    if request.method == "GET":
        return again(NOTHING, 200)
    typed = typed_in("receipt")
    if not g.admitted:
        return _too_often(typed, "code", again)
    try:
        page = receipts.receipt(typed.text("code"))
    except Invalid as refusal:
        return again(typed.refused(in_words(refusal)), 422)
    return _unkept(_receipt(NOTHING, page), 200)


def _too_often(typed: Typed, field: str, again: Again) -> ResponseReturnValue:
    """The page again with what was typed; none of it was judged or kept."""
    return again(typed.refused({field: _("Too many at once. Try again in a minute.")}), 429)


def _receipt(typed: Typed, page: receipts.Receipt | None) -> str:
    return render_template("submissions/receipt.html", typed=typed, page=page, limits=submissions)


def _sent(take: Callable[[], str], typed: Typed, again: Again) -> ResponseReturnValue:
    try:
        code = take()
    except Invalid as refusal:
        return again(typed.refused(in_words(refusal)), 422)
    return _unkept(render_template("submissions/sent.html", code=grouped_code(code)), 200)


def _came(typed: Typed) -> Sent:
    return Sent(typed.value("stamp"), typed.value("website"), source())


def _stamp(typed: Typed) -> str:
    """The page's own stamp again, so that a second press is the same form; a new one where it was none of ours."""
    kept = typed.value("stamp")
    return kept if kept and act.is_ours(kept) else act.new_stamp()


def _uploads() -> list[Upload]:
    """The files that were chosen; under which names is for telling a table from a text and kept nowhere."""
    return [Upload(one.read(), one.filename) for one in _chosen()]


def _chosen() -> list[FileStorage]:
    return [one for one in request.files.getlist("files") if one.filename]


def _unkept(page: str, code: int) -> ResponseReturnValue:
    """A page of which no copy is kept on the way or on a shared machine."""
    response = make_response(page, code)
    response.headers["Cache-Control"] = "no-store"
    return response
