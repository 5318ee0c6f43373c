"""The case before a lead editor: what is said to have happened, how it was graded, and what still stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from review.models import Event, session
from review.queries.changes import Change, looked_before, of_dossier, once_each
from review.queries.drafts import Kept, kept_draft
from review.queries.reading import Reading, Way, read_incident
from review.queries.rechecks import Cited, cited
from review.queries.sources import Evidence, evidence
from review.queries.votes import ShownRound, shown_round
from review.rules import approval, overrides
from review.rules.dossier import Determination, Dossier, Override, Proposal, Settlement
from review.rules.errors import Forbidden
from review.rules.facts import Casualties, Facts
from review.rules.guards import involvement
from review.rules.permissions import Actor, may
from review.rules.positions import Standing, by_party
from review.rules.settlement import letters
from review.rules.words import N_

DONE_HERE = {
    "incident.opened": N_("You opened the incident."),
    "incident.described": N_("You described the facts of the incident."),
    "claim.grouped": N_("You grouped a claim into the incident."),
    "claim.ungrouped": N_("You took a claim out of the incident."),
    "source.attached": N_("You attached a source."),
    "source.captured": N_("You kept a copy of a source."),
    "source.assessed": N_("You assessed a source."),
    "source.grouped": N_("You grouped sources by origin."),
    "source.withdrawn": N_("You withdrew a source."),
    "position.recorded": N_("You recorded an official position."),
    "correction.received": N_("You took in a request for a correction."),
    "correction.published": N_("You published a note of correction."),
    "round.opened": N_("You opened a round."),
    "round.extended": N_("You gave a round more time."),
    "round.closed": N_("You closed a round."),
    "reviewer.assigned": N_("You asked a reviewer."),
    "reviewer.released": N_("You released a reviewer."),
    "vote.committed": N_("You voted."),
    "vote.excluded": N_("You excluded a vote."),
    "settler.appointed": N_("You appointed a settler."),
    "settlement.closed": N_("You settled the disagreement."),
    "grade.approved": N_("You approved an earlier version."),
    "grade.returned": N_("You returned a proposed grade."),
    "grade.reopened": N_("You reopened a published grade."),
    "grade.overridden": N_("You asked for another grade."),
    "override.seconded": N_("You seconded another grade."),
    "recheck.opened": N_("You had a published version checked again."),
    "recheck.closed": N_("You ended the check of a published version."),
    "attempt.refused": N_("You tried something that was refused."),
}
SOMETHING = N_("You did something else here.")
APPROVED_THIS = N_("You approved this version, for a later day.")


@dataclass(frozen=True, slots=True)
class Part:
    """Something the viewer did in this incident, and how often."""

    sentence: str
    times: int


@dataclass(frozen=True, slots=True)
class OtherGrade:
    """Another grade than the one proposed: who asked for it and why, and who agreed. Whoever left has no name."""

    grade: str
    casualties: Casualties
    by: str
    reason: str | None
    seconded: bool
    second: str | None
    agreed: str | None


@dataclass(frozen=True, slots=True)
class Since:
    """When the viewer last read this case, and what moved since, each kind of step with how often."""

    at: datetime
    changes: tuple[tuple[Change, int], ...]


@dataclass(frozen=True, slots=True)
class ApprovalPage:
    """The proposal with its whole case. `proposal` is None where nothing waits: the page then says what stands."""

    ref: str
    title: str
    stage: str
    facts: Facts
    evidence: Evidence
    parties: tuple[Standing, ...]
    proposal: Proposal | None
    grade: str | None
    casualties: Casualties | None
    rounds: tuple[ShownRound, ...]
    settlement: Settlement | None
    dissents: tuple[tuple[str, str], ...]
    taken: tuple[tuple[str, str], ...]  # whose dissent lost words for good, by the letter, and on which ground
    silent: tuple[str, ...]
    earlier: tuple[Determination, ...]
    reopened: str | None
    unconsidered: tuple[int, ...]
    stale: bool
    involvement: str
    done_here: tuple[Part, ...]
    not_before: str | None
    may_go_to_settlement: bool
    other: OtherGrade | None
    choices: tuple[str, ...]
    bounds: Casualties | None
    cited: tuple[Cited, ...]
    drafts: Mapping[str, Kept]
    ways: Mapping[str, Way]
    since: Since | None
    digest: str


VERBS = ("approve", "return_grade", "override", "second_override")
FORMS = ("approve", "override", "second")


def _since(reading: Reading) -> Since | None:
    """What moved since the viewer last read this case; None where they have not read it before."""
    before = looked_before(reading.viewer.actor.person, reading.id, reading.dossier.digest)
    if before is None or reading.dossier.open_round is not None:
        return None
    seen, at = before
    return Since(at, once_each(of_dossier(reading.id, reading.name, seen)))


def approval_page(viewer: Actor, ref: str) -> ApprovalPage:
    """The case for a lead editor; Forbidden for anybody without the right to approve."""
    if not may(viewer.role, "approve"):
        raise Forbidden("approve")
    reading = read_incident(viewer, ref)
    dossier, proposal = reading.dossier, reading.dossier.proposal
    asked = proposal.override if proposal else None
    decided = asked if asked and asked.seconded else proposal
    shown, taken = _rounds(reading, proposal), _taken(dossier, proposal)
    return ApprovalPage(
        ref=reading.ref,
        title=reading.title,
        stage=dossier.stage,
        facts=dossier.facts,
        evidence=evidence(reading),
        parties=by_party(dossier.facts.parties, dossier.positions),
        proposal=proposal,
        grade=decided.grade if decided else None,
        casualties=decided.casualties if decided else None,
        rounds=shown,
        settlement=_settlement(reading, proposal),
        dissents=_dissents(shown[-1:]),
        taken=taken,
        silent=tuple(letter for letter in _silent(shown[-1:]) if letter not in dict(taken)),
        earlier=dossier.determinations,
        reopened=dossier.reopened,
        unconsidered=approval.unconsidered(dossier, proposal.round) if proposal else (),
        stale=bool(proposal and approval.stale_sources(dossier, proposal.round)),
        involvement=involvement(dossier, reading.who),
        done_here=_done_here(reading, proposal),
        not_before=proposal.approval.not_before if proposal and proposal.approval else None,
        may_go_to_settlement=bool(proposal and proposal.settlement is not None),
        other=_other(reading, asked),
        choices=overrides.choices(dossier, proposal) if proposal else (),
        bounds=overrides.bounds(dossier, proposal) if proposal else None,
        cited=cited(reading),
        drafts=_drafts(reading),
        ways=reading.ways(*VERBS),
        since=_since(reading),
        digest=dossier.digest,
    )


def _other(reading: Reading, asked: Override | None) -> OtherGrade | None:
    if asked is None:
        return None
    return OtherGrade(
        grade=asked.grade,
        casualties=asked.casualties,
        by=reading.names.get(asked.by, ""),
        reason=asked.reason,
        seconded=asked.seconded is not None,
        second=reading.names.get(asked.second, "") if asked.second else None,
        agreed=asked.agreed,
    )


def _drafts(reading: Reading) -> dict[str, Kept]:
    person = reading.viewer.actor.person
    found = {form: kept_draft(person, reading.id, form) for form in FORMS}
    return {form: draft for form, draft in found.items() if draft}


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


def _taken(dossier: Dossier, proposal: Proposal | None) -> tuple[tuple[str, str], ...]:
    if proposal is None:
        return ()
    under = letters(dossier, proposal.round)
    lost = (one for one in dossier.dissents if one.of in proposal.minority and one.removed)
    return tuple(sorted((under.get(one.of, "?"), one.removed.ground) for one in lost if one.removed))


def _silent(shown: tuple[ShownRound, ...]) -> tuple[str, ...]:
    """The letters of the minority that has written nothing for the public."""
    return tuple(
        vote.letter for round_ in shown for vote in round_.votes if vote.odd and not vote.dissent and not vote.excluded
    )


def _done_here(reading: Reading, proposal: Proposal | None) -> tuple[Part, ...]:
    """What the viewer did in this incident, so that an approval is read beside it."""
    if reading.who is None:
        return ()
    statement = (
        select(Event.type, func.count())
        .where(Event.incident_id == reading.id, Event.actor == reading.who)
        .group_by(Event.type)
        .order_by(Event.type)
    )
    done = dict(session.execute(statement).all())
    approved = proposal.approval if proposal else None
    if approved is None or approved.by != reading.who:
        return _parts(done)
    done["grade.approved"] -= 1
    return (Part(APPROVED_THIS, 1), *_parts(done))


def _parts(done: Mapping[str, int]) -> tuple[Part, ...]:
    return tuple(Part(DONE_HERE.get(type_, SOMETHING), times) for type_, times in done.items() if times)
