"""Claims: the queue, a new one, and where each belongs."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import claims as act
from review.forms.claims import ClaimForm, PlaceForm
from review.queries import claims
from review.queries.claims import Received
from review.rules import merging
from review.rules.errors import Invalid, NotFound
from review.rules.words import N_
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("claims", __name__, url_prefix="/desk/claims")

WHICH = N_("Not answered yet. Choose an incident, or type its code.")
WHICH_CLAIM = N_("Not answered yet. Choose the claim that it repeats, or type its name.")
NO_CLAIM = N_("No claim has this name.")
NOT_GROUPED = N_("This claim is in no incident now.")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The claims that wait, or those at another stage."""
    wanted = request.args
    page = claims.claims_page(
        actor(), stage=wanted.get("stage", "received"), before=wanted.get("before"), q=wanted.get("q", "").strip()[:200]
    )
    return render_template("claims/index.html", page=page, form=PlaceForm())


@blueprint.get("/new")
def new() -> ResponseReturnValue:
    """The form of a claim."""
    claims.may_receive(actor())
    return render_template("claims/new.html", form=ClaimForm())


@blueprint.post("/new")
def receive() -> ResponseReturnValue:
    """Keep a claim as received, and show at once what it may repeat."""
    claims.may_receive(actor())
    form = ClaimForm()
    if form.validate_on_submit() and not form.warns():
        try:
            claim = act.receive_claim(
                actor(),
                text=form.text.data or "",
                language=form.language.data or None,
                translation=form.translation.data or None,
                url=form.url.data or None,
                reporter=form.reporter.data or None,
            )
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(_("The claim was received. It waits to be placed."))
            return redirect(url_for("claims.one", name=claims.name_of(claim)))
    return render_template("claims/new.html", form=form), 422


@blueprint.get("/<name>")
def one(name: str) -> ResponseReturnValue:
    """One claim, with what it may repeat or speak of, and others at its stage."""
    return render_template("claims/one.html", page=claims.claims_page(actor(), name=name), form=PlaceForm())


@blueprint.post("/<name>/group")
def group(name: str) -> ResponseReturnValue:
    """Group the claim into an incident."""

    def place(form: PlaceForm, claim: Received) -> None:
        if not form.wanted:
            raise Invalid({"incident": WHICH})
        try:
            act.group_claim(actor(), form.wanted, claim.seq, reason=form.reason.data)
        except NotFound:
            raise Invalid({"incident": merging.UNKNOWN}) from None

    return _placed(name, place, _("The claim was grouped."))


@blueprint.post("/<name>/ungroup")
def ungroup(name: str) -> ResponseReturnValue:
    """Take the claim out of its incident again."""

    def place(form: PlaceForm, claim: Received) -> None:
        if claim.incident is None:
            raise Invalid({"claim": NOT_GROUPED})
        act.ungroup_claim(actor(), claim.incident, claim.seq, reason=form.reason.data or "")

    return _placed(name, place, _("The claim is taken out of its incident. It waits again."))


@blueprint.post("/<name>/duplicate")
def duplicate(name: str) -> ResponseReturnValue:
    """Set the claim aside beside the one that it repeats."""

    def place(form: PlaceForm, claim: Received) -> None:
        if not form.repeated:
            raise Invalid({"of": WHICH_CLAIM})
        try:
            other = claims.claim_named(actor(), form.repeated)
        except NotFound:
            raise Invalid({"of": NO_CLAIM}) from None
        act.duplicate_claim(actor(), claim.seq, of=other.seq, reason=form.reason.data or "")

    return _placed(name, place, _("The claim was set aside as a duplicate."))


@blueprint.post("/<name>/dismiss")
def dismiss(name: str) -> ResponseReturnValue:
    """Set the claim aside as out of scope."""
    return _placed(
        name,
        lambda form, claim: act.dismiss_claim(actor(), claim.seq, reason=form.reason.data or ""),
        _("The claim was dismissed."),
    )


@blueprint.post("/<name>/withdraw")
def withdraw(name: str) -> ResponseReturnValue:
    """Set the claim aside because whoever brought it takes it back."""
    return _placed(
        name,
        lambda form, claim: act.withdraw_claim(actor(), claim.seq, reason=form.reason.data or ""),
        _("The claim was withdrawn."),
    )


@blueprint.post("/<name>/restore")
def restore(name: str) -> ResponseReturnValue:
    """Let a claim that was set aside wait again."""
    return _placed(
        name,
        lambda form, claim: act.restore_claim(actor(), claim.seq, reason=form.reason.data or ""),
        _("The claim waits again."),
    )


def _placed(name: str, place: Callable[[PlaceForm, Received], object], done: str) -> ResponseReturnValue:
    """Do it, and lead back to the claim, where the way back is offered."""
    form, claim = PlaceForm(), claims.claim_named(actor(), name)
    if form.validate_on_submit() and not form.warns():
        try:
            place(form, claim)
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(done)
            return redirect(url_for("claims.one", name=name))
    return render_template("claims/one.html", page=claims.claims_page(actor(), name=name), form=form), 422
