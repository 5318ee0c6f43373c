"""Official positions: what a belligerent itself says. Held against the record, never over it."""

from __future__ import annotations

from review.actions.act import acting
from review.actions.verb import action
from review.audit.events.grading import GradeProposed, ProposalVoided
from review.audit.events.incidents import PositionRecorded
from review.rules import incidents, sources, texts
from review.rules.errors import Invalid
from review.rules.facts import Casualties
from review.rules.permissions import Actor
from review.rules.words import N_


@action("record_position", PositionRecorded, ProposalVoided, GradeProposed)
def record_position(
    actor: Actor,
    ref: str,
    *,
    party: str,
    position: str,
    source: int | None = None,
    conceded: Casualties | None = None,
    reason: str | None = None,
) -> int:
    """A lead records what a party named here says and concedes; the grade does not follow from it."""
    with acting(actor, ref) as act:
        act.require("record_position")
        conceded = conceded or Casualties()
        problems = incidents.position_problems(party, position, conceded)
        if not problems and party not in {named.name for named in act.dossier.facts.parties}:
            problems["party"] = N_("This party is not named in the incident. Describe the facts first.")
        if problems:
            raise Invalid(problems)
        if source is not None:
            sources.the_source(act.dossier, source)
        event = PositionRecorded(
            source=source,
            party=party,
            position=position,
            conceded=conceded.as_dict(),
            reason=texts.remark(reason),
        )
        act.record(event)
    return event.seq or 0
