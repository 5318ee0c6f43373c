"""What the public sent in: taken in by somebody of the desk, turned away with a reason, or erased when its time is up.

Taking in is the first moment at which the trail hears of it: an allegation becomes a claim as received, a request for
a correction an event of its incident, either with whoever sent it sealed. Then its row here holds no word any more.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson
from sqlalchemy import ColumnElement, delete, or_, select

from review import clock, config, notices
from review.actions.accounts import account_write, later, put
from review.actions.act import Act, acting
from review.actions.claims import keep_claim
from review.actions.submitting import forget_files, forget_knocks, label
from review.actions.verb import action
from review.audit import keys
from review.audit.events.event import Event
from review.audit.events.incidents import ClaimReceived, CorrectionReceived
from review.models import Claim, DeskSetting, Incident, Submission, SubmissionFile, SubmissionTaken, session
from review.models.desk_settings import KEPT, days_kept
from review.rules import submissions, texts
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.permissions import Actor, may
from review.rules.submissions import ACCEPTED, CLAIM, CORRECTION, REFUSED, WAITING, Account, Wish
from review.rules.viewers import Deed


@action("accept_submission", ClaimReceived)
def accept_submission(
    actor: Actor, name: str, *, language: str | None = None, translation: str | None = None
) -> str:
    """An allegation that was sent in becomes a claim as received; answers the claim's name.

    What the sender left open, the language or a translation, whoever takes it in may add: a claim never changes later.
    """
    with acting(actor) as act:
        act.require("accept_submission")
        row = _locked(name, CLAIM)
        account = Account.from_dict(_words(row))
        event = keep_claim(
            act,
            account.received,
            language=account.language or language,
            translation=account.translation or translation,
            url=account.url,
            reporter=account.contact,
        )
        _accepted(act, row, event)
    return session.execute(select(Claim.name).where(Claim.seq == event.seq)).scalar_one()


@action("accept_correction", CorrectionReceived)
def accept_correction(actor: Actor, name: str) -> int:
    """A request for a correction is received in its incident's chain, sealed; a lead editor takes it on from there."""
    with acting(actor, *_refs(actor, "accept_correction", name)) as act:
        act.require("accept_correction")
        row = _locked(name, CORRECTION)
        wish = Wish.from_dict(_words(row))
        event = CorrectionReceived(text=wish.received, reporter=wish.contact)
        act.record(event)
        _accepted(act, row, event)
        notices.tell_leads(act, "correction_received")
    return event.seq or 0


def _accepted(act: Act, row: Submission, event: Event) -> None:
    row.state, row.words = ACCEPTED, None
    row.judged_by, row.judged = act.actor.person, clock.day(act.at)
    act.behind.append(partial(_numbered, row, event))


def _numbered(row: Submission, event: Event) -> None:
    row.seq = event.seq


@action("refuse_submission")
def refuse_submission(actor: Actor, name: str, *, reason: str | None) -> None:
    """What is spam, or not recorded here, is turned away with a reason; for a while it can still wait again."""
    with acting(actor, *_refs(actor, "refuse_submission", name)) as act:
        act.require("refuse_submission", Deed(reason=reason or None))
        row = _locked(name)
        row.reason, row.state = texts.reason(reason), REFUSED
        row.judged_by, row.judged = act.actor.person, clock.day(act.at)


@action("reconsider_submission")
def reconsider_submission(actor: Actor, name: str) -> None:
    """What was turned away by mistake waits again, as long as its words are there."""
    with acting(actor, *_refs(actor, "reconsider_submission", name)) as act:
        act.require("reconsider_submission")
        row = _row(name)
        if row.state != REFUSED:
            raise Invalid({"reason": submissions.NOT_REFUSED})
        if row.words is None:
            raise Invalid({"reason": submissions.WORDS_GONE})
        row.state, row.reason, row.judged_by, row.judged = WAITING, None, None, None


@action("keep_submissions")
def keep_submissions(actor: Actor, *, days: int | None) -> None:
    """For how long what nobody has looked through may wait before it is erased; the public page says it."""
    with acting(actor) as act:
        act.require("keep_submissions")
        if days not in submissions.KEPT_CHOICES:
            raise Invalid({"days": submissions.NOT_OFFERED})
        put(DeskSetting, ("name",), name=KEPT, value=str(days), changed_at=act.at, changed_by=act.actor.person)


# --- one of them ----------------------------------------------------------------------------------------------


def _refs(actor: Actor, verb: str, name: str) -> tuple[str, ...]:
    """The incident that a correction speaks of, so that the doorway knows whether it is there for this person."""
    if not may(actor.role, verb):
        raise Forbidden(verb)
    row = session.scalars(select(Submission).where(Submission.name == name)).one_or_none()
    if row is None:
        raise NotFound("submission")
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return (incident.name,) if incident else ()


def _row(name: str) -> Submission:
    """A submission, locked for this act: of two people who take it in at once, one finds it taken."""
    statement = select(Submission).where(Submission.name == name).with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("submission")
    return row


def _locked(name: str, kind: str | None = None) -> Submission:
    row = _row(name)
    if kind is not None and row.kind != kind:
        raise NotFound("submission")
    if row.state != WAITING:
        raise Invalid({"reason": submissions.NOT_WAITING})
    return row


def _words(row: Submission) -> dict[str, Any]:
    opened: dict[str, Any] = orjson.loads(keys.load(config.home()).open_text(row.words or "", label(row.name)))
    return opened


# --- when its time is up --------------------------------------------------------------------------------------


def sweep() -> None:
    """Erase what was turned away a month ago and what nobody looked through in time, words and files; forget receipts
    after two years, and from where anything came after a day."""
    today = clock.now().date()
    with account_write():
        forget_knocks()
        gone = list(session.scalars(select(Submission).where(_past(today, days_kept(session)))))
        for row in gone:
            row.words, row.reason = None, None
            row.state = REFUSED if row.state == WAITING else row.state
        forget_files([row.id for row in gone])
        if gone:
            later("scrub", "scrub", {"since": clock.now().isoformat()})
        session.flush()
        _forget_receipts(today)


def _past(today: date, days: int) -> ColumnElement[bool]:
    refused, waited = (_day(today, span) for span in (submissions.REFUSED_KEPT, timedelta(days=days)))
    has_files = select(SubmissionFile.number).where(SubmissionFile.submission_id == Submission.id).exists()
    return or_(
        (Submission.state == REFUSED) & (Submission.judged < refused) & (Submission.words.is_not(None) | has_files),
        (Submission.state == WAITING) & (Submission.received < waited),
        (Submission.state == ACCEPTED) & (Submission.judged < waited) & has_files,
    )


def _day(today: date, span: timedelta) -> str:
    return (today - span).isoformat()


def _forget_receipts(today: date) -> None:
    """A receipt that tells of nothing that is still under way."""
    ended = or_(Submission.state == REFUSED, Submission.kind == CLAIM, Submission.outcome.is_not(None))
    old = select(Submission.id).where(
        Submission.received < _day(today, submissions.RECEIPT_KEPT), Submission.state != WAITING, ended
    )
    kept = select(SubmissionFile.submission_id)
    gone = old.where(Submission.id.not_in(kept))
    session.execute(delete(SubmissionTaken).where(SubmissionTaken.submission_id.in_(gone)))
    session.execute(delete(Submission).where(Submission.id.in_(gone)))
