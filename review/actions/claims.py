"""Claims: each an allegation exactly as received, then grouped into an incident or set aside."""

from __future__ import annotations

from sqlalchemy import select

from review.actions.act import Act, Held, acting
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.event import Event
from review.audit.events.grading import GradeProposed, ProposalVoided
from review.audit.events.incidents import (
    ClaimDismissed,
    ClaimDuplicated,
    ClaimGrouped,
    ClaimReceived,
    ClaimRestored,
    ClaimUngrouped,
    ClaimWithdrawn,
)
from review.models import Claim, ClaimSign, session
from review.models.signs import of_claim
from review.rules import texts
from review.rules.claims import SET_ASIDE
from review.rules.errors import Invalid, NotFound
from review.rules.permissions import Actor
from review.rules.viewers import Deed
from review.rules.words import N_

MISSING_TEXT = N_("Not answered yet. Give the allegation as it was received, word for word.")
NOT_WAITING = N_("Only a claim that waits can be set aside. Take it out of its incident first.")
LONGEST_URL, LONGEST_NAME = 2_000, 200


@action("receive_claim", ClaimReceived)
def receive_claim(
    actor: Actor,
    *,
    text: str,
    language: str | None = None,
    translation: str | None = None,
    url: str | None = None,
    reporter: str | None = None,
) -> int:
    """An allegation is kept as received and never changed; who reported it stays out of every export."""
    with acting(actor) as act:
        act.require("receive_claim")
        event = keep_claim(act, text, language=language, translation=translation, url=url, reporter=reporter)
    return event.seq or 0


def keep_claim(
    act: Act, text: str, *, language: str | None, translation: str | None, url: str | None, reporter: str | None
) -> Event:
    """Record an allegation as received, inside an open act."""
    event = ClaimReceived(
        claim=(name := "c-" + canonical.random_name()),
        text=_text(text),
        language=_short("language", language, 20),
        translation=texts.remark(translation, "translation"),
        url=_short("url", url, LONGEST_URL),
        reporter=_short("reporter", reporter, LONGEST_NAME),
    )
    act.record(event, claim=name)
    act.add(Claim(name=name, stage="received"), event)
    for kind, sign in sorted(of_claim(event.sealed)):
        act.add(ClaimSign(kind=kind, sign=sign), event)
    return event


def _text(text: str | None) -> str:
    if texts.cleaned(text) is None:
        raise Invalid({"text": MISSING_TEXT})
    return texts.reason(text, "text")


def _short(field: str, text: str | None, longest: int) -> str | None:
    words = texts.cleaned(text)
    if words is not None and len(words) > longest:
        raise Invalid({field: texts.TOO_LONG}, longest=longest)
    return words


@action("group_claim", ClaimGrouped, ProposalVoided, GradeProposed)
def group_claim(actor: Actor, ref: str, claim: int, *, reason: str | None = None) -> int:
    """A claim joins the incident that it speaks of; the evidence moves."""
    with acting(actor, ref) as act:
        act.require("group_claim", Deed(claim=claim))
        event = put_claim(act, act.only, claim, texts.remark(reason))
    return event.seq or 0


def put_claim(act: Act, held: Held, claim: int, reason: str | None) -> Event:
    """Group a claim that waits into an incident, inside an open act."""
    row = the_claim(claim)
    if row.stage != "received":
        raise Invalid({"claim": N_("This claim does not wait any more: it is grouped or set aside.")})
    event = act.record(ClaimGrouped(claim=claim, reason=reason), held=held)
    row.stage, row.incident_id = "grouped", held.row.id
    return event


@action("ungroup_claim", ClaimUngrouped, ProposalVoided, GradeProposed)
def ungroup_claim(actor: Actor, ref: str, claim: int, *, reason: str) -> int:
    """A claim grouped by mistake waits again; that it was here stays in the history."""
    with acting(actor, ref) as act:
        act.require("ungroup_claim", Deed(claim=claim))
        row, words = the_claim(claim), texts.reason(reason)
        event = act.record(ClaimUngrouped(claim=claim, reason=words))
        row.stage, row.incident_id = "received", None
    return event.seq or 0


@action("duplicate_claim", ClaimDuplicated)
def duplicate_claim(actor: Actor, claim: int, *, of: int, reason: str) -> int:
    """A claim that says again what another says is set aside beside that one."""
    with acting(actor) as act:
        act.require("duplicate_claim", Deed(claim=claim))
        rows = {seq: the_claim(seq) for seq in sorted({claim, of})}
        words = texts.reason(reason)
        if of == claim:
            raise Invalid({"of": N_("A claim is no duplicate of itself. Name the other one.")})
        if rows[of].stage == "duplicate":
            raise Invalid({"of": N_("That claim is a duplicate itself. Name the one that it repeats.")})
        event = _set_aside(act, rows[claim], ClaimDuplicated(claim=claim, of=of, reason=words))
        rows[claim].stage, rows[claim].of = "duplicate", of
    return event.seq or 0


@action("dismiss_claim", ClaimDismissed)
def dismiss_claim(actor: Actor, claim: int, *, reason: str) -> int:
    """A claim outside of what is recorded here is dismissed with a reason; it stays readable."""
    with acting(actor) as act:
        act.require("dismiss_claim", Deed(claim=claim))
        row, words = the_claim(claim), texts.reason(reason)
        event = _set_aside(act, row, ClaimDismissed(claim=claim, of=None, reason=words))
        row.stage = "dismissed"
    return event.seq or 0


@action("withdraw_claim", ClaimWithdrawn)
def withdraw_claim(actor: Actor, claim: int, *, reason: str) -> int:
    """A claim that whoever brought it takes back is withdrawn with a reason; it stays readable."""
    with acting(actor) as act:
        act.require("withdraw_claim", Deed(claim=claim))
        row, words = the_claim(claim), texts.reason(reason)
        event = _set_aside(act, row, ClaimWithdrawn(claim=claim, of=None, reason=words))
        row.stage = "withdrawn"
    return event.seq or 0


@action("restore_claim", ClaimRestored)
def restore_claim(actor: Actor, claim: int, *, reason: str) -> int:
    """A claim that was set aside waits again."""
    with acting(actor) as act:
        act.require("restore_claim", Deed(claim=claim))
        row, words = the_claim(claim), texts.reason(reason)
        if row.stage not in SET_ASIDE:
            raise Invalid({"claim": N_("This claim has not been set aside.")})
        event = act.record(ClaimRestored(claim=claim, of=None, reason=words), claim=row.name)
        row.stage, row.of = "received", None
    return event.seq or 0


def _set_aside(act: Act, row: Claim, event: Event) -> Event:
    if row.stage != "received":
        raise Invalid({"claim": NOT_WAITING})
    return act.record(event, claim=row.name)


def the_claim(seq: int) -> Claim:
    """A claim by the seq of its receipt, locked for this act."""
    statement = select(Claim).where(Claim.seq == seq).with_for_update()
    row = session.execute(statement.execution_options(populate_existing=True)).scalar_one_or_none()
    if row is None:
        raise NotFound("claim")
    return row
