"""A lead editor's decision on a proposed grade: approve it, return it, or have a published one judged again."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from review.actions import approvals, drafts, looks, overrides
from review.forms.typed import Typed
from review.forms.votes import casualties, kept
from review.queries.approvals import approval_page
from review.queries.changes import of_dossier
from review.queries.reading import read_incident
from review.rules.errors import Refused, Stale
from review.views.answers import Page, answer, done, keep_refused, show, typed_in
from review.views.confirming import confirmed
from review.views.incidents import address
from review.views.incidents import again as incident_again
from review.views.visitor import actor

blueprint = Blueprint("approvals", __name__)

KEPT = ("reason", "not_before", "grade", "killed_min", "killed_max", "injured_min", "injured_max")


@blueprint.get("/desk/incidents/<ref>/approval")
def approval(ref: str) -> ResponseReturnValue:
    """The case: what happened, how it was graded, what stands in the way."""
    page = approval_page(actor(), ref)
    if page.proposal:
        looks.looked(actor(), ref, page.digest)
    return show("approvals/approval.html", page)


def again(ref: str) -> Page:
    """The case once more, for a decision that could not be taken."""
    return lambda typed, code: show("approvals/approval.html", approval_page(actor(), ref), typed, code)


@blueprint.post("/desk/incidents/<ref>/approval/approve")
@confirmed
def approve(ref: str) -> ResponseReturnValue:
    """Approve exactly what the page showed."""
    return _decide(ref, _approve, "approve")


@blueprint.post("/desk/incidents/<ref>/approval/return")
def give_back(ref: str) -> ResponseReturnValue:
    """Return it, to a new round or to a new settler."""
    return _decide(ref, _return, "return")


@blueprint.post("/desk/incidents/<ref>/approval/override")
@confirmed
def override(ref: str) -> ResponseReturnValue:
    """Ask for another grade than the one proposed."""
    return _decide(ref, _override, "override", kept_as="override")


@blueprint.post("/desk/incidents/<ref>/approval/second")
@confirmed
def second(ref: str) -> ResponseReturnValue:
    """Second the other grade that a lead asked for."""
    return _decide(ref, _second, "second", kept_as="second")


def _decide(
    ref: str, decision: Callable[[str, Typed], str], form: str, *, kept_as: str = "approve"
) -> ResponseReturnValue:
    typed = typed_in(form)
    try:
        return answer(lambda sent: decision(ref, sent), typed, again(ref))
    except (Refused, Stale) as error:
        _keep(ref, typed, kept_as)
        if isinstance(error, Stale):
            return _moved(ref, typed)
        raise


def _keep(ref: str, typed: Typed, kind: str) -> None:
    if typed.text("reason"):
        keep_refused(ref, kind, kept(typed, KEPT))


def _moved(ref: str, typed: Typed) -> ResponseReturnValue:
    """409: what has happened since the page was opened, the reason kept as a draft."""
    reading = read_incident(actor(), ref)
    changed = of_dossier(reading.id, reading.name, typed.value("seen"))
    back = url_for("approvals.approval", ref=ref)
    words = [text for text in (typed.text("reason"),) if text]
    return render_template("errors/stale.html", changed=changed, typed=words, back=back, code=409), 409


def _approve(ref: str, typed: Typed) -> str:
    me = actor()
    version = approvals.approve(
        me, ref, reason=typed.text("reason"), seen=typed.value("seen"), not_before=typed.text("not_before")
    )
    drafts.clear_draft(me.person or 0, ref, "approve")
    done(_later(version) if typed.text("not_before") else _at_once(version))
    return address(ref)


def _at_once(version: int) -> str:
    return _("Version %(version)s is approved and published.", version=version)


def _later(version: int) -> str:
    return _("Version %(version)s is approved. It is published on the day that you set.", version=version)


def _override(ref: str, typed: Typed) -> str:
    me = actor()
    overrides.override(
        me, ref,
        grade=typed.value("grade"), casualties=casualties(typed), reason=typed.text("reason"),
        seen=typed.value("seen"),
    )  # fmt: skip
    drafts.clear_draft(me.person or 0, ref, "override")
    done(_("The other grade is asked for. One more lead who took no part seconds it; then you approve it."))
    return url_for("approvals.approval", ref=ref, _anchor="other")


def _second(ref: str, typed: Typed) -> str:
    me = actor()
    overrides.second_override(me, ref, reason=typed.text("reason"), seen=typed.value("seen"))
    drafts.clear_draft(me.person or 0, ref, "second")
    done(_("Seconded. The lead who asked for it approves it."))
    return url_for("approvals.approval", ref=ref, _anchor="other")


def _return(ref: str, typed: Typed) -> str:
    me = actor()
    approvals.return_grade(me, ref, to=typed.value("to"), reason=typed.text("reason"), seen=typed.value("seen"))
    drafts.clear_draft(me.person or 0, ref, "approve")
    done(_("The grade is returned, with your reason."))
    return address(ref)


@blueprint.post("/desk/incidents/<ref>/reopen")
def reopen(ref: str) -> ResponseReturnValue:
    """Have a published grade judged again; the version that stands stays public."""

    def act(typed: Typed) -> str:
        approvals.reopen(
            actor(), ref, ground=typed.value("ground"), reason=typed.text("reason"), seen=typed.value("seen")
        )
        done(_("It is reopened. The published version stands until the next."))
        return address(ref, "round")

    return answer(act, typed_in("reopen"), incident_again(ref))
