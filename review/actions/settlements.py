"""Settlements: arguments under letters, a second vote, a settler who took no part; the minority's dissent is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from review import notices
from review.actions import closing
from review.actions.act import acting
from review.actions.rounds import opened, opened_and_abandoned
from review.actions.verb import action
from review.audit.events.grading import (
    DissentRecorded,
    GradeProposed,
    ProposalVoided,
    ReviewerAssigned,
    RoundClosed,
    RoundOpened,
    SettlementArgued,
    SettlementClosed,
    SettlerAppointed,
)
from review.models import Person, session
from review.models.work import ladder_key
from review.rules import rounds, settlement, texts
from review.rules.errors import NotFound
from review.rules.permissions import SYSTEM, Actor
from review.rules.requirements import unmet
from review.rules.viewers import MACHINE, Deed


@action("abandon_settlement", RoundOpened, RoundClosed)
def abandon_settlement(actor: Actor, ref: str, *, reason: str | None) -> int:
    """A lead ends a settlement that exclusions left below quorum, before its second vote, so that a round can follow.

    The trail knows one way out of a settlement without a result: its second round opens and is abandoned, here in
    one act that asks nobody.
    """
    with acting(actor, ref) as act:
        act.require("abandon_settlement", Deed(reason=reason or None))
        words = texts.reason(reason)
        number = opened_and_abandoned(act, words)
        notices.tell(act, "settlement_ended", (vote.voter for vote in settlement.left(act.dossier)))
    return number


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


@action("end_arguments", RoundOpened, ReviewerAssigned)
def arguments_due(ref: str, number: int) -> None:
    """When the time for arguments has run out the second vote opens by itself.

    Where none may be opened now (the stream is paused, the evidence was withdrawn) it is tried again a day later;
    meanwhile the leads' list says what is in the way.
    """
    with acting(SYSTEM, ref) as act:
        under_way = act.dossier.open_settlement
        if under_way is None or under_way.round != number or settlement.rung(act.dossier) != "arguments":
            return
        blocked = unmet("open_second_vote", act.dossier, MACHINE)
        if blocked:
            closing.end_arguments(act, number, act.at, again=act.at + timedelta(days=1))
    if not blocked:
        opened("open_second_vote", SYSTEM, ref, kind="second")


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
        key = ladder_key(act.incident.name, under_way.seq)
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
    """Once the time of a second settler has run out there is no consensus, approved and published like a grade.

    When that of the first has, the leads are told to name another; until they do, the first may still settle it.
    """
    with acting(SYSTEM, ref) as act:
        dossier = act.dossier
        rung = settlement.rung(dossier)
        if rung not in ("settler", "second_settler") or settlement.settler(dossier) != settler:
            return
        if rung == "settler":
            notices.tell_leads_once(act, "settler_late")
            return
        if not settlement.deciding_votes(dossier, settlement.the_settlement(dossier)):
            return  # every vote was excluded: there is nothing that could be put before a lead
        closing.record_settled(act, dossier, settlement.settled_by_ladder(dossier))


@action("dissent", DissentRecorded, ProposalVoided, GradeProposed)
def dissent(actor: Actor, ref: str, vote: int, *, text: str | None) -> int:
    """The owner of a minority vote writes its public words, until the approval; the result is proposed anew."""
    with acting(actor, ref) as act:
        act.require("dissent", Deed(vote=vote))
        words = settlement.dissent(act.dossier, act.who, vote, text)
        event = act.record(DissentRecorded(of=vote, text=words))
    return event.seq or 0
