"""Rechecks: something that a published version rests on has changed; a lead confirms the grade or reopens it."""

from __future__ import annotations

from review import notices
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.events.event import Event
from review.audit.events.grading import RecheckClosed, RecheckOpened
from review.rules import rechecks, texts
from review.rules.permissions import SYSTEM, Actor
from review.rules.viewers import Deed


@action("open_recheck", RecheckOpened)
def open_recheck(actor: Actor, ref: str, *, reason: str | None, seen: str | None) -> int:
    """A lead has the published version checked again, with a public reason; the version stands meanwhile."""
    with acting(actor, ref) as act:
        act.permit("open_recheck")
        act.fresh_dossier(seen)
        act.require("open_recheck", Deed(reason=reason or None))
        event = opened_because(act, rechecks.standing(act.dossier).seq, reason)
    return event.seq or 0


def opened_because(act: Act, cause: int | None, reason: str | None) -> RecheckOpened:
    """Have the version that stands checked again because of what `cause` names, with a public reason."""
    event = RecheckOpened(
        version=rechecks.standing(act.dossier).version, cause=cause, reason=texts.reason(reason)
    )
    act.record(event)
    notices.tell_leads(act, "recheck_opened")
    return event


def follow(act: Act, version: int, cause: Event) -> None:
    """Have the published version checked again in the act that shook it, right behind the event that did."""
    act.record(RecheckOpened(version=version, cause=cause, reason=None), by=SYSTEM)
    notices.tell_leads(act, "recheck_opened")


@action("confirm_recheck", RecheckClosed)
def confirm_recheck(actor: Actor, ref: str, *, reason: str | None, seen: str | None) -> None:
    """A lead who took no part confirms that the published version still holds; else it is reopened."""
    with acting(actor, ref) as act:
        act.permit("confirm_recheck")
        act.fresh_dossier(seen)
        act.require("confirm_recheck", Deed(reason=reason or None))
        standing, words = rechecks.standing(act.dossier), texts.reason(reason)
        act.record(RecheckClosed(version=standing.version, outcome="confirmed", reason=words))
