"""Guard 7 and what goes with it: another grade than the settled one needs a second, equally uninvolved lead."""

from __future__ import annotations

from review.rules import assignment, overrides
from review.rules.dossier import Dossier
from review.rules.viewers import Deed, Requirement, Viewer, not_applicable, satisfied, unsatisfied
from review.rules.words import N_


def override(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    """7: another grade than the settled one needs a second, equally uninvolved lead, and stays within
    the votes."""
    name, proposal = "override", dossier.proposal
    asked = proposal.override if proposal else None
    if proposal is None or asked is None:
        return not_applicable(name, N_("The grade is the one that the votes or the settlement gave."))
    if not overrides.bounds(dossier, proposal).covers(asked.casualties):
        return unsatisfied(name, N_("The range lies outside what the votes said."))
    second = asked.second
    if second is None or second == asked.by:
        sentence = N_("A second lead who took no part has to agree to another grade.")
        return _by_another_lead(name, sentence, dossier, viewer, asked.by)
    if not all(assignment.may_approve(dossier, who) for who in (asked.by, second)):
        return unsatisfied(name, N_("One of the two leads took part in this incident."))
    if viewer.who != asked.by:
        names = tuple(name for name in (viewer.name_of(asked.by),) if name)
        sentence = N_("The lead who asked for another grade approves it, once seconded.")
        return Requirement(name, "unsatisfied", sentence, mend=names)
    return satisfied(name, N_("A second lead who took no part agreed; this is shown publicly."))


def override_asked(_verb: str, dossier: Dossier, viewer: Viewer, _deed: Deed) -> Requirement:
    """7: another grade is seconded once, by another lead than the one who asked for it."""
    name, proposal = "override-asked", dossier.proposal
    asked = proposal.override if proposal else None
    if asked is None:
        return unsatisfied(name, N_("Nobody has asked for another grade here."))
    if asked.second is not None:
        return unsatisfied(name, N_("The other grade has been seconded already."))
    if viewer.who == asked.by:
        sentence = N_("You asked for another grade, so another lead who took no part seconds it.")
        return _by_another_lead(name, sentence, dossier, viewer, asked.by)
    return satisfied(name, N_("Another lead asked for another grade, and it waits for a second."))


def _by_another_lead(name: str, sentence: str, dossier: Dossier, viewer: Viewer, first: str) -> Requirement:
    """What one more lead can mend, who took no part and is not the first."""
    free = tuple(
        member.name
        for member in viewer.members
        if member.role == "lead" and member.who != first and assignment.may_approve(dossier, member.who)
    )
    return Requirement(
        name,
        "unsatisfied",
        sentence,
        {"people": free},
        remedy=N_("%(people)s can.") if free else N_("It needs one more lead: invite a lead editor."),
        mend=free,
        invite=None if free else "lead",
    )
