"""The one list that the button, the page, the refusal and the refused attempt read: what a verb still
needs."""

from __future__ import annotations

from collections.abc import Mapping

from review.rules.conditions import CONDITIONS
from review.rules.dossier import Dossier
from review.rules.guards import GUARDS, Guard, page_of
from review.rules.outcomes import OUTCOMES
from review.rules.permissions import PERMISSIONS, SYSTEM, Actor, may
from review.rules.viewers import MACHINE, Deed, Member, Requirement, State, Viewer

__all__ = [
    "GUARDS",
    "MACHINE",
    "REQUIREMENTS",
    "SYSTEM",
    "Actor",
    "Deed",
    "Member",
    "Requirement",
    "State",
    "Viewer",
    "may",
    "page_of",
    "requirements",
    "unmet",
    "usable",
]

REQUIREMENTS: Mapping[str, Guard] = {**CONDITIONS, **OUTCOMES, **GUARDS}

NO_DEED = Deed()
NOWHERE = Dossier(incident="")  # what a verb of the log, which has no incident, is judged against


def requirements(
    verb: str, dossier: Dossier | None, viewer: Viewer, deed: Deed | None = None
) -> tuple[Requirement, ...]:
    """Every requirement of a verb as this viewer may see it, in the order of the permission's row."""
    judged, done = dossier or NOWHERE, deed or NO_DEED
    return tuple(REQUIREMENTS[name](verb, judged, viewer, done) for name in PERMISSIONS[verb].predicates)


def unmet(
    verb: str, dossier: Dossier | None, viewer: Viewer, deed: Deed | None = None
) -> tuple[Requirement, ...]:
    """The requirements that refuse the verb now; empty when it may be done."""
    return tuple(
        requirement for requirement in requirements(verb, dossier, viewer, deed) if not requirement.met
    )


def usable(verb: str, dossier: Dossier | None, viewer: Viewer) -> bool:
    """True where a page may offer the verb: the role holds it, and only its own form is left to meet."""
    blocked = (requirement for requirement in unmet(verb, dossier, viewer) if not requirement.by_form)
    return may(viewer.role, verb) and next(blocked, None) is None
