"""What a lead presses in the list of what waits: remind, give more time, ask another; each leads back to the list."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import approvals, assignments, reminders, rounds
from review.forms.rounds import person
from review.forms.typed import Typed
from review.views.answers import answer, done, typed_in
from review.views.desk import again, waiting_address
from review.views.visitor import actor

blueprint = Blueprint("remedies", __name__)

MORE = 72  # hours
# The reasons stand in the record and are shown as recorded: in one language, whoever presses.
NOT_EVERYBODY = "Not everybody has answered in time."
NOT_THEY = "They have not answered in time."
ACCEPTED = "A party named here has accepted this harm since this version: a new round may grade it Confirmed."


@blueprint.post("/desk/waiting/<ref>/remind")
def remind(ref: str) -> ResponseReturnValue:
    """Remind whoever is on turn in one incident."""

    def act(_typed: Typed) -> None:
        reminders.remind(actor(), ref)
        done(_("Whoever is on turn is reminded, nobody more often than twice a day."))

    return _pressed(act)


@blueprint.post("/desk/waiting/<ref>/rounds/<int:number>/extend")
def extend(ref: str, number: int) -> ResponseReturnValue:
    """Give an open round three more days."""

    def act(_typed: Typed) -> None:
        rounds.extend_round(actor(), ref, number, hours=MORE, reason=NOT_EVERYBODY)
        done(_("The round has three more days."))

    return _pressed(act)


@blueprint.post("/desk/waiting/<ref>/rounds/<int:number>/substitute")
def substitute(ref: str, number: int) -> ResponseReturnValue:
    """Release somebody late, and ask the one suggested in their place."""

    def act(typed: Typed) -> None:
        late, fresh = person(typed), person(typed, "by")
        assignments.substitute_reviewer(actor(), ref, number, late, fresh, reason=NOT_THEY)
        done(_("Released, and another asked in their place. The page of the incident can take it back."))

    return _pressed(act)


@blueprint.post("/desk/waiting/<ref>/reopen")
def reopen(ref: str) -> ResponseReturnValue:
    """Have a published incident judged again because a party has accepted the harm since."""

    def act(typed: Typed) -> None:
        approvals.reopen(actor(), ref, ground="verdict", reason=ACCEPTED, seen=typed.value("seen"))
        done(_("Reopened: it needs a round now. The published version stays public until the next one."))

    return _pressed(act)


def _pressed(act: Callable[[Typed], None]) -> ResponseReturnValue:
    def then(typed: Typed) -> str:
        act(typed)
        return waiting_address(typed.values)

    return answer(then, typed_in("remedy"), again)
