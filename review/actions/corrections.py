"""Requests for a correction that the desk has taken in: a lead editor takes one on and gives it its outcome.

A note that is published and a new check are events of the incident. Whose it is, and that it was declined, stand
beside the record: the trail has no event for either, and its list is closed. Versions run from 1 there, so an imported
grade takes neither note nor check: it is brought up to be graded here, and stands meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from sqlalchemy import select

from review import clock
from review.actions import rounds
from review.actions.act import Act, acting
from review.actions.rechecks import opened_because
from review.actions.verb import action
from review.audit.events.event import Event
from review.audit.events.grading import RecheckOpened, RoundOpened
from review.audit.events.incidents import CorrectionPublished
from review.models import Incident, Submission, session
from review.rules import corrections, rechecks, texts
from review.rules.corrections import DECLINED, GRADED, PUBLISHED, RECHECKED
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may
from review.rules.submissions import ACCEPTED, CORRECTION
from review.rules.viewers import Deed


@action("take_correction")
def take_correction(actor: Actor, name: str) -> None:
    """A lead editor takes a request on, also from another who had it: from then on it is theirs."""
    with _answering(actor, "take_correction", name) as (act, row):
        act.require("take_correction")
        row.owner_id = act.actor.person


@action("publish_correction", CorrectionPublished)
def publish_correction(actor: Actor, name: str, *, text: str | None, seen: str | None) -> int:
    """A dated note beside the version that stands: public at once, and neither grade nor range moves."""
    with _answering(actor, "publish_correction", name) as (act, row):
        act.fresh_dossier(seen)
        act.require("publish_correction")
        words, standing = texts.reason(text, "text"), rechecks.standing(act.dossier)
        event = CorrectionPublished(of=row.seq, version=standing.version, text=words)
        act.record(event)
        _ended(act, row, PUBLISHED, event)
    return event.seq or 0


@action("recheck_correction", RecheckOpened)
def recheck_correction(actor: Actor, name: str, *, reason: str | None, seen: str | None) -> int:
    """The version that stands is checked again because of it, with a public reason; which confirms or reopens it."""
    with _answering(actor, "recheck_correction", name) as (act, row):
        act.fresh_dossier(seen)
        act.require("recheck_correction", Deed(reason=reason or None))
        event = opened_because(act, row.seq, reason)
        _ended(act, row, RECHECKED, event)
    return event.seq or 0


@action("grade_correction", RoundOpened)
def grade_correction(actor: Actor, name: str, *, reason: str | None, seen: str | None) -> None:
    """An imported record is graded here because of it: a round opens, with the reason; where the record is being graded
    already the request keeps the reason itself."""
    with _answering(actor, "grade_correction", name) as (act, row):
        act.fresh_dossier(seen)
        act.require("grade_correction", Deed(reason=reason or None))
        words = texts.reason(reason)
        if corrections.waits_for_a_round(act.dossier):
            _ended(act, row, GRADED, rounds.opened_for(act, words))
            return
        row.closing, row.reason = act.dossier.rounds[-1].seq, words
        _ended(act, row, GRADED, None)


@action("decline_correction")
def decline_correction(actor: Actor, name: str, *, reason: str | None) -> None:
    """Nothing is changed, and whoever holds the receipt is told why."""
    with _answering(actor, "decline_correction", name) as (act, row):
        act.require("decline_correction", Deed(reason=reason or None))
        row.answer = texts.reason(reason)
        _ended(act, row, DECLINED, None)


@contextmanager
def _answering(actor: Actor, verb: str, name: str) -> Iterator[tuple[Act, Submission]]:
    """An act on the incident of a request that the desk has taken in and that has no outcome yet."""
    if not may(actor.role, verb):
        raise Forbidden(verb)
    of_it = select(Incident.name).join(Submission, Submission.incident_id == Incident.id)
    taken_in = (Submission.kind == CORRECTION, Submission.state == ACCEPTED)
    ref = session.scalar(of_it.where(Submission.name == name, *taken_in))
    if ref is None:
        raise NotFound("correction")
    with acting(actor, ref) as act:
        statement = select(Submission).where(Submission.name == name).with_for_update()
        row = session.execute(statement.execution_options(populate_existing=True)).scalar_one()
        corrections.still_open(row.outcome)
        yield act, row


def _ended(act: Act, row: Submission, outcome: str, event: Event | None) -> None:
    row.outcome, row.closed = outcome, clock.day(act.at)
    row.owner_id = row.owner_id or act.actor.person
    if event is not None:
        act.behind.append(partial(_numbered, row, event))


def _numbered(row: Submission, event: Event) -> None:
    row.closing = event.seq
