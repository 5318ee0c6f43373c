"""The checkpoints as they leave the building: open to everybody, no cookie, in bytes that a program can check."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import witnesses
from review.extensions import csrf
from review.queries import checkpoints
from review.rules.errors import Invalid, NotFound
from review.views.pacing import Pace
from review.views.plain import whole
from review.views.texts import text_answer
from review.views.visitor import base_address, source

blueprint = Blueprint("checkpoints", __name__, url_prefix="/audit")

LARGEST_NOTE = 8 * 1024
COSIGNING = Pace(each=30, all=300)


@blueprint.get("/checkpoint")
def latest() -> ResponseReturnValue:
    """The last published checkpoint: its file, byte for byte."""
    return text_answer(checkpoints.one())


@blueprint.get("/checkpoints")
def index() -> ResponseReturnValue:
    """Every published checkpoint, the latest first."""
    page = checkpoints.page(request.args.get("before", type=whole))
    return render_template("public/checkpoints.html", page=page)


@blueprint.get("/checkpoints/<int:size>")
def one(size: int) -> ResponseReturnValue:
    """The file of one published checkpoint."""
    return text_answer(checkpoints.one(size))


@blueprint.get("/checkpoints.atom")
def feed() -> ResponseReturnValue:
    """The latest checkpoints for a feed reader, in English whoever asks: one document under one address."""
    base = base_address()
    body = render_template("public/checkpoints.xml", feed=checkpoints.feed(), base=base)
    response = Response(body, mimetype="application/atom+xml")
    response.add_etag()
    return response.make_conditional(request)


@blueprint.get("/consistency/<int:old>-<int:new>")
def consistency(old: int, new: int) -> ResponseReturnValue:
    """The proof that one published checkpoint continues another."""
    return text_answer(checkpoints.consistency(old, new))


@blueprint.post("/cosignatures")
@csrf.exempt
def cosign() -> ResponseReturnValue:
    """A witness brings its line under a checkpoint; the line is its own proof: no session and no token is asked."""
    if not COSIGNING.admits(source()):
        return text_answer(_("Too many at once. Try again in a minute.") + "\n", 429)
    if request.mimetype != "text/plain":
        return text_answer(_("Send the note as text/plain.") + "\n", 415)
    note = request.stream.read(LARGEST_NOTE + 1)
    if len(note) > LARGEST_NOTE:
        return text_answer(_("A note of more than %(most)s KiB is not read.", most=LARGEST_NOTE // 1024) + "\n", 413)
    try:
        return text_answer(witnesses.cosign(note.decode("utf-8", "replace")))
    except NotFound:
        return text_answer(_("No checkpoint of this size was published.") + "\n", 404)
    except Invalid as refusal:
        sentence = refusal.problems["note"]
        return text_answer(_(sentence, **refusal.values) + "\n", 422)
