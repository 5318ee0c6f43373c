"""Proofs that an event stands in the log, as files to keep."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.queries import proofs
from review.rules.errors import NotFound
from review.views.texts import text_answer
from review.views.visitor import actor

blueprint = Blueprint("proofs", __name__)


@blueprint.get("/audit/proofs/<int:seq>")
def public(seq: int) -> ResponseReturnValue:
    """The proof of a published grade."""
    try:
        return text_answer(proofs.public_proof(seq))
    except NotFound as missing:
        return _not_yet(missing)


@blueprint.get("/desk/incidents/<ref>/history/<int:iseq>/proof")
def of_step(ref: str, iseq: int) -> ResponseReturnValue:
    """The proof of one step of an incident's history, for whoever is shown the step."""
    try:
        return text_answer(proofs.proof(actor(), ref, iseq))
    except NotFound as missing:
        return _not_yet(missing)


def _not_yet(missing: NotFound) -> ResponseReturnValue:
    if missing.key != "not-covered":
        raise missing
    told = _("Not covered by a published checkpoint yet; the next is at %(hour)s:00 UTC.", hour=missing.values["hour"])
    return text_answer(told + "\n", 404)
