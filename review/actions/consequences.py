"""What follows an act whoever did it: a proposal falls with its dossier, a round that owes nothing is due to close."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING

from review.audit.append import Chain, dossier_of, evidence_of
from review.audit.events.event import Event
from review.audit.events.grading import GradeProposed, ProposalVoided
from review.rules import approval, rounds
from review.rules.dossier import Dossier
from review.rules.permissions import SYSTEM, Actor

if TYPE_CHECKING:
    from review.actions.act import Act

_chance = random.SystemRandom()


def events(chain: Chain, after: Dossier) -> list[tuple[Event, Actor | None]]:
    """What must stand behind the last event of an incident in this act, each with who records it (None: the actor).

    When a dissent or new evidence moved the dossier, the proposal is voided and, where the result still stands,
    made anew in the same act.
    """
    proposal = after.proposal
    if proposal is None or after.stage != "approval" or proposal.dossier == after.digest:
        return []
    found: list[tuple[Event, Actor | None]] = [(ProposalVoided(of=proposal.seq), None)]
    if approval.stands(after, proposal):
        anew = proposed(chain, after)
        found += [(anew, SYSTEM)] if anew else []
    return found


def proposed(chain: Chain, after: Dossier) -> Event | None:
    """The proposal of the result that stands now, pinned to the digests at the moment it is recorded."""
    result = approval.proposed(after)
    if result is None:
        return None
    return GradeProposed(
        version=result.version,
        grade=result.grade,
        range=result.casualties.as_dict(),
        round=result.round,
        settlement=result.settlement,
        minority=list(result.minority),
        evidence=evidence_of(chain),
        dossier=dossier_of(chain),
    )


def schedule(act: Act, incident: str, before: Dossier, after: Dossier) -> None:
    """Let the worker close a round that owes nothing, at a random moment of the grace; every change restarts it."""
    round_ = after.open_round
    if round_ is None or not rounds.due(after):
        return
    earlier = before.round_number(round_.number)
    if earlier and earlier.answers == round_.answers and before.votes == after.votes:
        return
    least, most = round_.policy.times["grace"]
    payload = {"incident": incident, "round": round_.number}
    key = f"close:{incident}:{round_.number}"
    act.put(*act.job("close_round", key, payload, act.at + timedelta(minutes=_chance.uniform(least, most))))
