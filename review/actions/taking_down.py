"""Requests for a correction that came by telephone, by letter or in person: somebody of the desk writes them down.

They go where those go that are typed in on the public page, into quarantine, and are no event before they are taken
in: whoever called is sealed like a sender, the words lie encrypted, and a receipt tells what becomes of it. Beside it
stands who took it down, by what way it came and when: these are not the sender's own words.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from review import clock
from review.actions.act import acting
from review.actions.submitting import code_of, number_of, sealed
from review.actions.verb import action
from review.audit import canonical
from review.models import Incident, Submission, SubmissionTaken, session
from review.models.public_codes import find_published
from review.rules import submissions
from review.rules.accounts import digest
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor, may
from review.rules.submissions import CORRECTION, WAITING, Wish


@action("enter_correction")
def enter_correction(actor: Actor, stamp: str, ref: str | None, typed: Mapping[str, str | None]) -> str:
    """Keep a request that was told or sent until the desk looks through it; answers the code of its receipt.

    `stamp` is that of the form, so that a second press is the same request and shows the same code.
    """
    if not may(actor.role, "enter_correction"):
        raise Forbidden("enter_correction")
    form = number_of(stamp)
    wish, way, day = submissions.taken_down(typed, clock.now().date())
    with acting(actor, _public(ref).name) as act:
        act.require("enter_correction")
        _still_public(act.incident)
        if not _known(form):
            row = _kept(form, wish, act.incident)
            session.add(SubmissionTaken(submission_id=row.id, person_id=act.actor.person, way=way, day=day))
    return code_of(form)


def _public(ref: str | None) -> Incident:
    """The incident whose public page is to be corrected."""
    try:
        return find_published(session, (ref or "").strip())
    except NotFound:
        raise Invalid({"incident": submissions.NO_PUBLIC_PAGE}) from None


def _still_public(incident: Incident) -> None:
    """Somebody may have restricted it before this act had hold of it."""
    if incident.restricted:
        raise Invalid({"incident": submissions.NO_PUBLIC_PAGE})


def _known(form: str) -> bool:
    return session.scalar(select(Submission.id).where(Submission.receipt == digest(code_of(form)))) is not None


def _kept(form: str, wish: Wish, incident: Incident) -> Submission:
    name = "s-" + canonical.random_name()
    row = Submission(
        name=name, kind=CORRECTION, receipt=digest(code_of(form)), words=sealed(name, wish), received=clock.today(),
        state=WAITING, incident_id=incident.id, version=incident.version or 0,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row
