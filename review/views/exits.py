"""A lead editor takes an incident off the desk, brings it back, or shows it to few."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import exits as act
from review.actions import restrictions
from review.forms.exits import how_many, parts
from review.forms.typed import Typed
from review.queries.exits import merge_page, split_page
from review.queries.sources import claim_named
from review.rules.errors import Invalid, NotFound
from review.rules.words import N_
from review.views.answers import Page, answer, done, show, typed_in
from review.views.incidents import address
from review.views.incidents import again as incident_again
from review.views.visitor import actor

blueprint = Blueprint("exits", __name__, url_prefix="/desk/incidents/<ref>")

WHICH = N_("Not answered yet. Name the incident that it is merged into, by its code.")


@blueprint.get("/merge")
def merge(ref: str) -> ResponseReturnValue:
    """The incident beside the one that it would be merged into."""
    return show("exits/merge.html", merge_page(actor(), ref, _wanted(request.args.get("into"))))


def _wanted(code: str | None) -> str:
    return (code or "").strip()[:100]


@blueprint.post("/merge")
def merge_into(ref: str) -> ResponseReturnValue:
    """Merge it."""
    typed = typed_in("merge")
    page: Page = lambda sent, code: show(  # noqa: E731
        "exits/merge.html", merge_page(actor(), ref, _wanted(typed.value("into"))), sent, code
    )

    def into(sent: Typed) -> str:
        other = _other(ref, _wanted(sent.value("into")))
        claims = [_claim(name) for name in sent.all("claims")]
        name = act.merge_incident(
            actor(), ref, into=other, claims=claims, sources=sent.numbers("sources"), reason=sent.text("reason")
        )
        done(_("The incident is merged. It stays readable, and leads here."))
        return address(name)

    return answer(into, typed, page)


def _other(ref: str, code: str) -> str:
    """The other one; that the incident itself is there has been asked before."""
    page = merge_page(actor(), ref, code)
    if not code:
        raise Invalid({"into": WHICH})
    if page.unknown:
        raise Invalid({"into": page.unknown})
    return code


@blueprint.get("/split")
def split(ref: str) -> ResponseReturnValue:
    """The incident, and what each new one takes of it."""
    return show("exits/split.html", split_page(actor(), ref, how_many(request.args.get("parts"))))


@blueprint.post("/split")
def split_into(ref: str) -> ResponseReturnValue:
    """Split it."""
    typed = typed_in("split")
    wanted = how_many(typed.value("parts"))
    page: Page = lambda sent, code: show("exits/split.html", split_page(actor(), ref, wanted), sent, code)  # noqa: E731
    if typed.value("more"):
        return show("exits/split.html", split_page(actor(), ref, how_many(str(wanted + 1))), typed)

    def apart(sent: Typed) -> str:
        facts = split_page(actor(), ref, wanted).this.facts
        act.split_incident(actor(), ref, parts=parts(sent, facts, _claim), reason=sent.text("reason"))
        done(_("It is split. Describe each new incident in full; you entered them, so others judge them."))
        return address(ref)

    return answer(apart, typed, page)


def _claim(name: str) -> int:
    try:
        return claim_named(actor(), name)
    except NotFound:
        return 0  # no claim: the rule says that it is not here


@blueprint.post("/dismiss")
def dismiss(ref: str) -> ResponseReturnValue:
    """Dismiss it as outside of what is recorded here."""
    said = N_("The incident is dismissed, with your reason. It stays readable and can be restored.")
    return _with_reason(act.dismiss_incident, ref, "dismiss", said)


@blueprint.post("/withdraw")
def withdraw(ref: str) -> ResponseReturnValue:
    """Withdraw it; what was published says so."""
    said = N_("The incident is withdrawn, with your reason. It stays readable and can be restored.")
    return _with_reason(act.withdraw_incident, ref, "withdraw-incident", said)


@blueprint.post("/restore")
def restore(ref: str) -> ResponseReturnValue:
    """Bring it back to the stage before its exit."""
    return _with_reason(act.restore_incident, ref, "restore", N_("The incident is restored to the stage before."))


def _with_reason(verb: Callable[..., str], ref: str, form: str, said: str) -> ResponseReturnValue:
    """Do what asks for a reason and nothing else."""

    def moved(sent: Typed) -> str:
        name = verb(actor(), ref, reason=sent.text("reason"))
        done(_(said))
        return address(name)

    return answer(moved, typed_in(form), incident_again(ref))


@blueprint.post("/restrict")
def restrict(ref: str) -> ResponseReturnValue:
    """Show it to the people named and to nobody else, or to the whole desk again."""

    def few(sent: Typed) -> str:
        if sent.value("deed") == "lift":
            name = restrictions.lift_restriction(actor(), ref, reason=sent.text("reason"))
            done(_("The restriction is lifted. The whole desk may read it."))
            return address(name)
        name = restrictions.restrict_incident(actor(), ref, people=sent.numbers("people"), reason=sent.text("reason"))
        done(_("It is restricted. For everybody else it does not exist."))
        return address(name)

    return answer(few, typed_in("restrict"), incident_again(ref))
