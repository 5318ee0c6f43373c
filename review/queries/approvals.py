"""The case before a lead editor: what is said to have happened, how it was graded, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from review.models import Event, session
from review.queries.drafts import Kept, kept_draft
from review.queries.reading import Reading, Way, read_incident
from review.queries.sources import Evidence, evidence
from review.queries.votes import ShownRound, shown_round
from review.rules import approval
from review.rules.dossier import Determination, Position, Proposal, Settlement
from review.rules.errors import Forbidden
from review.rules.facts import Casualties, Facts
from review.rules.guards import involvement
from review.rules.permissions import Actor, may
from review.rules.words import N_

DONE_HERE = {
    "incident.opened": N_("opened the incident"),
    "incident.described": N_("described its facts"),
    "claim.grouped": N_("grouped a claim into it"),
    "claim.ungrouped": N_("took a claim out of it"),
    "source.attached": N_("attached a source"),
    "source.captured": N_("kept a copy of a source"),
    "source.assessed": N_("assessed a source"),
    "source.grouped": N_("grouped sources by origin"),
    "source.withdrawn": N_("withdrew a source"),
    "position.recorded": N_("recorded an official position"),
    "round.opened": N_("opened a round"),
    "round.extended": N_("gave a round more time"),
    "round.closed": N_("closed a round"),
    "reviewer.assigned": N_("asked a reviewer"),
    "reviewer.released": N_("released a reviewer"),
    "vote.committed": N_("voted"),
    "vote.excluded": N_("excluded a vote"),
    "settler.appointed": N_("appointed a settler"),
    "settlement.closed": N_("settled the disagreement"),
    "grade.approved": N_("approved an earlier version"),
    "grade.returned": N_("returned a proposed grade"),
    "grade.reopened": N_("reopened a published grade"),
    "attempt.refused": N_("tried something that was refused"),
}
SOMETHING = N_("did something else here")


@dataclass(frozen=True, slots=True)
class Part:
    """Something the viewer did in this incident, and how often."""

    sentence: str
    times: int


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """The proposal with its whole case. `proposal` is None where nothing waits: the page then says what stands."""

    ref: str
    title: str
    stage: str
    facts: Facts
    evidence: Evidence
    positions: tuple[Position, ...]
    proposal: Proposal | None
    grade: str | None
    casualties: Casualties | None
    rounds: tuple[ShownRound, ...]
    settlement: Settlement | None
    dissents: tuple[tuple[str, str], ...]
    silent: tuple[str, ...]
    earlier: tuple[Determination, ...]
    reopened: str | None
    unconsidered: tuple[int, ...]
    stale: bool
    involvement: str
    done_here: tuple[Part, ...]
    not_before: str | None
    may_go_to_settlement: bool
    draft: Kept | None
    ways: Mapping[str, Way]
    digest: str


def approval_page(viewer: Actor, ref: str) -> ApprovalPage:
    """The case for a lead editor; Forbidden for anybody without the right to approve."""
    if not may(viewer.role, "approve"):
        raise Forbidden("approve")
    reading = read_incident(viewer, ref)
    dossier, proposal = reading.dossier, reading.dossier.proposal
    decided = proposal.override or proposal if proposal else None
    shown = _rounds(reading, proposal)
    return ApprovalPage(
        ref=reading.ref,
        title=reading.title,
        stage=dossier.stage,
        facts=dossier.facts,
        evidence=evidence(reading),
        positions=dossier.positions,
        proposal=proposal,
        grade=decided.grade if decided else None,
        casualties=decided.casualties if decided else None,
        rounds=shown,
        settlement=_settlement(reading, proposal),
        dissents=_dissents(shown[-1:]),
        silent=_silent(shown[-1:]),
        earlier=dossier.determinations,
        reopened=dossier.reopened,
        unconsidered=approval.unconsidered(dossier, proposal.round) if proposal else (),
        stale=bool(proposal and approval.stale_sources(dossier, proposal.round)),
        involvement=involvement(dossier, reading.who),
        done_here=_done_here(reading),
        not_before=proposal.approval.not_before if proposal and proposal.approval else None,
        may_go_to_settlement=bool(proposal and proposal.settlement is not None),
        draft=kept_draft(viewer.person, reading.id, "approve"),
        ways=reading.ways("approve", "return_grade", "reopen"),
        digest=dossier.digest,
    )


def _rounds(reading: Reading, proposal: Proposal | None) -> tuple[ShownRound, ...]:
    """The rounds behind the proposal: the disputed one first where a settlement followed it, the deciding one last."""
    if proposal is None:
        return ()
    behind = _settlement(reading, proposal)
    numbers = sorted({proposal.round, *([behind.round] if behind else [])})
    found = (reading.dossier.round_number(number) for number in numbers)
    return tuple(shown_round(reading, round_) for round_ in found if round_ and not round_.open)


def _settlement(reading: Reading, proposal: Proposal | None) -> Settlement | None:
    if proposal is None or proposal.settlement is None:
        return None
    return next((one for one in reading.dossier.settlements if one.seq == proposal.settlement), None)


def _dissents(shown: tuple[ShownRound, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((vote.letter, vote.dissent) for round_ in shown for vote in round_.votes if vote.odd and vote.dissent)


def _silent(shown: tuple[ShownRound, ...]) -> tuple[str, ...]:
    """The letters of the minority that has written nothing for the public."""
    return tuple(
        vote.letter for round_ in shown for vote in round_.votes if vote.odd and not vote.dissent and not vote.excluded
    )


def _done_here(reading: Reading) -> tuple[Part, ...]:
    """What the viewer did in this incident, so that an approval is read beside it."""
    if reading.who is None:
        return ()
    statement = (
        select(Event.type, func.count())
        .where(Event.incident_id == reading.id, Event.actor == reading.who)
        .group_by(Event.type)
        .order_by(Event.type)
    )
    return tuple(Part(DONE_HERE.get(type_, SOMETHING), times) for type_, times in session.execute(statement))
