"""The policy: the numbers that a round copies when it opens."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import policies as act
from review.forms.policies import PolicyForm
from review.queries import policies
from review.rules.errors import Invalid
from review.views.refusals import tell
from review.views.visitor import actor

blueprint = Blueprint("policies", __name__, url_prefix="/desk/policy")


@blueprint.get("")
def index() -> ResponseReturnValue:
    """The policy in force and those before it."""
    page = policies.policy_page(actor())
    return render_template("policies/index.html", page=page, form=PolicyForm.showing(page.present.policy))


@blueprint.post("")
def change() -> ResponseReturnValue:
    """Set the numbers for rounds opened from now on."""
    form, page = PolicyForm(), policies.policy_page(actor())
    if form.validate_on_submit():
        try:
            act.set_policy(actor(), policy=form.policy(page.present.policy), reason=form.reason.data)
        except Invalid as refusal:
            tell(form, refusal)
        else:
            flash(_("The policy was set. Rounds that are open keep theirs."))
            return redirect(url_for("policies.index"))
    return render_template("policies/index.html", page=page, form=form), 422
