"""Checking a published version again: a lead asks for it, and confirms what still holds; reopening is an approval's."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import rechecks
from review.forms.typed import Typed
from review.views.answers import answer, done, typed_in
from review.views.incidents import address, again
from review.views.visitor import actor

blueprint = Blueprint("rechecks", __name__)


@blueprint.post("/desk/incidents/<ref>/recheck")
def open_recheck(ref: str) -> ResponseReturnValue:
    """Have the published version checked again, by hand and with a public reason."""

    def act(typed: Typed) -> str:
        rechecks.open_recheck(actor(), ref, reason=typed.text("reason"), seen=typed.value("seen"))
        done(_("The published version is being checked again. Its page says so."))
        return address(ref, "recheck")

    return answer(act, typed_in("recheck"), again(ref))


@blueprint.post("/desk/incidents/<ref>/recheck/confirm")
def confirm(ref: str) -> ResponseReturnValue:
    """Confirm that the published version still holds."""

    def act(typed: Typed) -> str:
        rechecks.confirm_recheck(actor(), ref, reason=typed.text("reason"), seen=typed.value("seen"))
        done(_("The published version is confirmed, with your reason."))
        return address(ref, "recheck")

    return answer(act, typed_in("confirm"), again(ref))
