"""Overrides: a lead who took no part asks for another grade than the one proposed, and another lead seconds it."""

from __future__ import annotations

from review import notices
from review.actions.act import acting
from review.actions.verb import action
from review.audit.events.grading import GradeOverridden, OverrideSeconded
from review.rules import overrides, texts
from review.rules.facts import Casualties
from review.rules.permissions import Actor
from review.rules.viewers import Deed


@action("override", GradeOverridden)
def override(
    actor: Actor, ref: str, *, grade: str, casualties: Casualties, reason: str | None, seen: str | None
) -> int:
    """A lead who took no part asks for another grade, its range within the envelope of all live votes.

    It takes the place of one that was asked for before; whatever voids the proposal voids it.
    """
    with acting(actor, ref) as act:
        act.permit("override")
        act.fresh_dossier(seen)
        act.require("override", Deed(reason=texts.cleaned(reason)))
        asked = overrides.override(act.dossier, grade, casualties, reason)
        event = GradeOverridden(
            of=asked.of, grade=asked.grade, range=asked.casualties.as_dict(), reason=asked.reason
        )
        act.record(event)
        notices.tell_leads(act, "override_asked")
    return event.seq or 0


@action("second_override", OverrideSeconded)
def second_override(actor: Actor, ref: str, *, reason: str | None, seen: str | None) -> None:
    """An equally uninvolved lead seconds the other grade on the same dossier; who asked for it then approves it."""
    with acting(actor, ref) as act:
        act.permit("second_override")
        act.fresh_dossier(seen)
        act.require("second_override", Deed(reason=texts.cleaned(reason)))
        asked, words = overrides.asked(act.dossier), overrides.second(reason)
        act.record(OverrideSeconded(of=asked.seq, dossier=act.dossier.digest, reason=words))
        notices.tell(act, "override_seconded", (asked.by,))
