"""The names of parties: which of them mean one party in the public record."""

from __future__ import annotations

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import parties as acts
from review.forms.typed import NOTHING, Typed
from review.queries.parties import parties_page
from review.views.answers import answer, done, show, typed_in
from review.views.visitor import actor

blueprint = Blueprint("parties", __name__, url_prefix="/desk/parties")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The parties of the record, the aliases in force and those withdrawn."""
    return _page(NOTHING, 200)


@blueprint.post("")
def add() -> ResponseReturnValue:
    """Say that a name means another party's."""

    def act(typed: Typed) -> str:
        acts.add_alias(actor(), alias=typed.value("alias"), name=typed.value("name"), reason=typed.value("reason"))
        done(_("The alias holds. The public record counts both names as one party."))
        return url_for("parties.index")

    return answer(act, typed_in("alias"), _page)


@blueprint.post("/<int:alias>/withdraw")
def withdraw(alias: int) -> ResponseReturnValue:
    """Take an alias back."""

    def act(typed: Typed) -> str:
        acts.withdraw_alias(actor(), alias, reason=typed.value("reason"))
        done(_("The alias was withdrawn. The public record counts the names apart."))
        return url_for("parties.index")

    return answer(act, typed_in(f"withdraw-{alias}"), _page)


def _page(typed: Typed, code: int) -> ResponseReturnValue:
    return show("parties/index.html", parties_page(actor()), typed, code)
