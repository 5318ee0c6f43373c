"""A lead's acts on rounds: open, ask, release, give more time, close, abandon."""

from __future__ import annotations

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import assignments, rounds
from review.forms.rounds import hours, person
from review.forms.typed import Typed
from review.views.answers import answer, done, typed_in
from review.views.incidents import address, again
from review.views.visitor import actor

blueprint = Blueprint("rounds", __name__)


@blueprint.post("/desk/incidents/<ref>/rounds")
def open_round(ref: str) -> ResponseReturnValue:
    """Open a round under a copied policy and codebook."""

    def act(typed: Typed) -> str:
        number = rounds.open_round(
            actor(), ref,
            policy=typed.number("policy"), codebook=typed.text("codebook"), reviewers=typed.numbers("reviewers"),
            reason=typed.text("reason"),
        )  # fmt: skip
        done(_("Round %(number)s is open. Nobody sees a vote until it closes.", number=number))
        return address(ref, "round")

    return answer(act, typed_in("open"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/assign")
def assign(ref: str, number: int) -> ResponseReturnValue:
    """Ask somebody to vote."""

    def act(typed: Typed) -> str:
        assignments.assign_reviewer(actor(), ref, number, person(typed), reason=typed.text("reason"))
        done(_("Asked. They find it on their desk."))
        return address(ref, "round")

    return answer(act, typed_in("assign"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/panel")
def panel(ref: str, number: int) -> ResponseReturnValue:
    """Ask several at once, as suggested or otherwise."""

    def act(typed: Typed) -> str:
        assignments.assign_panel(actor(), ref, number, typed.numbers("people"), reason=typed.text("reason"))
        done(_("Asked. They find it on their desks."))
        return address(ref, "round")

    return answer(act, typed_in("panel"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/substitute")
def substitute(ref: str, number: int) -> ResponseReturnValue:
    """Release somebody who has not answered, and ask another in their place."""

    def act(typed: Typed) -> str:
        assignments.substitute_reviewer(
            actor(), ref, number, person(typed), person(typed, "by"), reason=typed.text("reason")
        )
        done(_("Released, and another asked in their place. The same form, the other way round, takes it back."))
        return address(ref, "round")

    return answer(act, typed_in("release"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/release")
def release(ref: str, number: int) -> ResponseReturnValue:
    """Release somebody who has not answered."""

    def act(typed: Typed) -> str:
        assignments.release_reviewer(actor(), ref, number, person(typed), reason=typed.text("reason"))
        done(_("Released. They may be asked again."))
        return address(ref, "round")

    return answer(act, typed_in("release"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/extend")
def extend(ref: str, number: int) -> ResponseReturnValue:
    """Give a round more time."""

    def act(typed: Typed) -> str:
        rounds.extend_round(actor(), ref, number, hours=hours(typed), reason=typed.text("reason"))
        done(_("The round has more time."))
        return address(ref, "round")

    return answer(act, typed_in("extend"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/close")
def close(ref: str, number: int) -> ResponseReturnValue:
    """Have the machine close a round at once."""

    def act(typed: Typed) -> str:
        rounds.close_round(actor(), ref, number, reason=typed.text("reason"))
        done(_("The desk closes the round within a moment, and opens every vote at once."))
        return address(ref, "round")

    return answer(act, typed_in("close"), again(ref))


@blueprint.post("/desk/incidents/<ref>/rounds/<int:number>/abandon")
def abandon(ref: str, number: int) -> ResponseReturnValue:
    """End a round without a result."""

    def act(typed: Typed) -> str:
        rounds.abandon_round(actor(), ref, number, reason=typed.text("reason"))
        done(_("The round is abandoned. Its votes stay sealed for ever."))
        return address(ref)

    return answer(act, typed_in("abandon"), again(ref))
