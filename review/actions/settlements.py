"""Settlements: arguments under letters, a second vote, a settler who took no part; the minority's dissent is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from review.actions import closing
from review.actions.act import acting
from review.actions.rounds import opened
from review.actions.verb import action
from review.audit.events.grading import (
    DissentRecorded,
    GradeProposed,
    ProposalVoided,
    ReviewerAssigned,
    RoundOpened,
    SettlementArgued,
    SettlementClosed,
    SettlerAppointed,
)
from review.models import Person, session
from review.rules import rounds, settlement, texts
from review.rules.errors import NotFound
from review.rules.permissions import SYSTEM, Actor
from review.rules.viewers import Deed


@action("argue", SettlementArgued)
def argue(actor: Actor, ref: str, *, text: str | None) -> int:
    """Whoever voted in the disputed round argues it, under a letter drawn at random, for those inside."""
    with acting(actor, ref) as act:
        act.require("argue")
        words = settlement.argue(act.dossier, act.who, text)
        under_way = settlement.the_settlement(act.dossier)
        event = act.record(SettlementArgued(settlement=under_way.seq, text=words))
    return event.seq or 0


@action("open_second_vote", RoundOpened, ReviewerAssigned)
def open_second_vote(actor: Actor, ref: str, *, reason: str | None = None) -> int:
    """The arguments heard, the same people vote once more: an ordinary sealed round under the same policy."""
    return opened("open_second_vote", actor, ref, kind="second", reason=reason)


@action("appoint_settler", SettlerAppointed)
def appoint_settler(actor: Actor, ref: str, person: int, *, reason: str | None = None) -> None:
    """A lead appoints somebody who took no part; a new appointment replaces the settler before."""
    with acting(actor, ref) as act:
        asked = session.get(Person, person)
        if asked is None or not asked.active:
            raise NotFound("unknown-person")
        who = act.pseudonym(asked.id, act.incident.name)
        act.require("appoint_settler", Deed(subject=who, role=asked.role, reason=reason or None))
        under_way = settlement.the_settlement(act.dossier)
        words = texts.remark(reason)
        act.participate(act.only, asked.id)
        act.record(SettlerAppointed(settlement=under_way.seq, who=who, reason=words))
        act.notify(asked.id, "settle_owed")
        hours = rounds.the_round(act.dossier, under_way.round).policy.times["settler"]
        key = f"ladder:{act.incident.name}:{under_way.seq}"
        payload = {"incident": act.incident.name, "settler": who}
        act.later("end_ladder", key, payload, act.at + timedelta(hours=hours))


@action("settle", SettlementClosed, GradeProposed)
def settle(
    actor: Actor, ref: str, *, grade: str, rationale: str | None, replies: Mapping[int, str], seen: str | None
) -> int:
    """The settler chooses a grade that some live vote held, or No consensus, and answers every minority argument."""
    with acting(actor, ref) as act:
        act.permit("settle")
        act.fresh_dossier(seen)
        act.require("settle")
        result = settlement.settle(act.dossier, act.who, grade, rationale, replies)
        # The record holds one reply to each argument of the minority; what was said beside it stays a draft.
        answered = tuple((seq, text) for seq, text in result.replies if seq in result.answers)
        event = closing.record_settled(act, act.dossier, replace(result, replies=answered))
    return event.seq or 0


@action("end_ladder", SettlementClosed, GradeProposed)
def ladder_due(ref: str, settler: str) -> None:
    """Once the time of a second settler has run out there is no consensus, approved and published like a grade."""
    with acting(SYSTEM, ref) as act:
        dossier = act.dossier
        if settlement.rung(dossier) != "second_settler" or settlement.settler(dossier) != settler:
            return
        decides = settlement.deciding_round(dossier, settlement.the_settlement(dossier))
        if not rounds.quorum(dossier, decides.number):
            return  # exclusions took the quorum: there is no result that could be put before a lead
        closing.record_settled(act, dossier, settlement.settled_by_ladder(dossier))


@action("dissent", DissentRecorded, ProposalVoided, GradeProposed)
def dissent(actor: Actor, ref: str, vote: int, *, text: str | None) -> int:
    """The owner of a minority vote writes its public words, until the approval; the result is proposed anew."""
    with acting(actor, ref) as act:
        act.require("dissent", Deed(vote=vote))
        words = settlement.dissent(act.dossier, act.who, vote, text)
        event = act.record(DissentRecorded(of=vote, text=words))
    return event.seq or 0
