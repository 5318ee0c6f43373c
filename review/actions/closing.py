"""The close of a round, always by the machine in a transaction of its own, and what follows in the same act."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from review import notices
from review.actions import consequences
from review.actions.act import Act
from review.actions.log_end import unseal
from review.audit.events.event import TYPES, Event
from review.audit.events.grading import RoundClosed, SettlementClosed, SettlementOpened, VoteRevealed
from review.models import Event as EventRow
from review.models import RoundClosing, Settlement, SettlementClosing, session
from review.models.work import arguments_key
from review.rules import rounds, settlement
from review.rules.dossier import Dossier
from review.rules.permissions import SYSTEM
from review.rules.rounds import Closing
from review.rules.settlement import Settled

_chance = random.SystemRandom()


def close(act: Act, opened: Dossier, closing: Closing, *, reason: str | None = None) -> None:
    """Close a round: reveal every live vote in an order drawn at random, then propose, settle or open a settlement."""
    record_closing(act, closing, reason)
    _reveal(act, opened, closing)
    after = rounds.closed(opened, closing)
    second = rounds.the_round(opened, closing.number).kind == "second"
    if closing.result == "agreed" and second:
        record_settled(act, after, settlement.settled_by_second_vote(after))
    elif closing.result == "agreed":
        propose(act, after)
    elif second:
        notices.tell_leads(act, "settler_wanted")
    else:
        _open_settlement(act, opened, closing.number)


def record_closing(act: Act, closing: Closing, reason: str | None) -> Event:
    """`round.closed` and its fact: each commitment of the round in exactly one list."""
    range_ = closing.casualties.as_dict() if closing.casualties else None
    event = RoundClosed(
        round=closing.number,
        commits=list(closing.commits),
        superseded=list(closing.superseded),
        withdrawn=list(closing.withdrawn),
        excluded=list(closing.excluded),
        abstained=list(closing.abstained),
        recused=list(closing.recused),
        released=list(closing.released),
        result=closing.result,
        grade=closing.grade,
        range=range_,
        reason=reason,
    )
    act.record(event)
    act.add(RoundClosing(number=closing.number, result=closing.result, grade=closing.grade, range=range_), event)
    return event


def unmute(act: Act, dossier: Dossier, number: int) -> None:
    """Open what was sealed only because the round was open; its votes are another matter."""
    kinds = [name for name, type_ in TYPES.items() if type_.blind and not name.startswith("vote.")]
    unseal(act, (*_since(act, dossier, number, kinds), *rounds.exclusions_after_their_close(dossier)))


def _reveal(act: Act, opened: Dossier, closing: Closing) -> None:
    unmute(act, opened, closing.number)
    unseal(act, _since(act, opened, closing.number, ["vote.withdrawn", "vote.excluded"]))
    clear = unseal(act, closing.commits)
    for seq in _chance.sample(closing.commits, len(closing.commits)):
        act.record(VoteRevealed(of=seq, disclosures=[clear[seq, "grade"], clear[seq, "range"]]))


def _since(act: Act, dossier: Dossier, number: int, kinds: Sequence[str]) -> Sequence[int]:
    opened = rounds.the_round(dossier, number).seq
    statement = select(EventRow.seq).where(
        EventRow.incident_id == act.incident.id, EventRow.seq > opened, EventRow.type.in_(kinds)
    )
    return session.scalars(statement).all()


def _open_settlement(act: Act, opened: Dossier, number: int) -> None:
    event = SettlementOpened(round=number)
    act.record(event)
    act.add(Settlement(round=number), event)
    hours = rounds.the_round(opened, number).policy.times["arguments"]
    end_arguments(act, number, act.at + timedelta(hours=hours))
    notices.tell(act, "settlement_opened", (vote.voter for vote in opened.live(number)))
    notices.tell_leads(act, "settlement_opened")


def end_arguments(act: Act, number: int, at: datetime, *, again: datetime | None = None) -> None:
    """Let the arguments on this round end, and its second vote open, at that moment; `again`: where it could not."""
    name = act.incident.name
    payload = {"incident": name, "round": number, "at": at.isoformat()}
    act.later("end_arguments", arguments_key(name, number), payload, again or at)


def record_settled(act: Act, dossier: Dossier, result: Settled) -> Event:
    """`settlement.closed`, its fact, and the proposal of what was settled."""
    range_ = result.casualties.as_dict()
    event = SettlementClosed(
        settlement=result.settlement,
        by=result.by,
        grade=result.grade,
        range=range_,
        second=result.second,
        answers=list(result.answers),
        rationale=result.rationale,
        replies={str(seq): text for seq, text in result.replies} or None,
    )
    act.record(event)
    fact = SettlementClosing(settlement_seq=result.settlement, by=result.by, grade=result.grade, range=range_)
    act.add(fact, event)
    propose(act, settlement.settled(dossier, result))
    return event


def propose(act: Act, after: Dossier) -> None:
    """Put the result that now stands before the leads; recorded by the machine, whoever acts."""
    event = consequences.proposed(act.chain, after)
    if event is None:
        raise ValueError("there is no result to propose")
    act.record(event, by=SYSTEM)
    notices.tell_leads(act, "proposal_waiting")
