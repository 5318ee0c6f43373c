"""Redaction: what of the record may be removed for good, on which ground, and that it takes two people.

The trail keeps the digests, so everybody sees that something went, and nobody what it was (AUDIT-FORMAT section 3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from review.rules.errors import Invalid
from review.rules.viewers import Deed, Requirement, Viewer, satisfied
from review.rules.words import N_

GROUNDS = {
    "personal_data": N_("personal data"),
    "source_at_risk": N_("a source at risk"),
    "court_order": N_("a court order"),
    "error": N_("recorded in error"),
}
WAITS = timedelta(days=30)  # for a second person; then the request is forgotten
MOST = 200  # details in one request
DESCRIBING = ("incident.opened", "incident.imported", "incident.described")

NEVER = N_("The time of an event and the grade and range of a vote stay for ever.")
OF_A_PERSON = N_("Who stands behind an event is removed when that person leaves the desk, and not before.")
OF_THE_DESK = N_("These are the desk's own numbers, and no words of anybody.")
MUTE = N_("A round is open, and this is sealed until it closes. It can be removed afterwards.")
SEALED = N_("This is sealed for ever and shown to nobody but its author.")
IN_FORCE = N_("These are the facts in force. Describe the incident anew without them first; then remove them here.")
RESTRICTING = N_("This says to whom the incident is shown. Lift the restriction first.")
GONE = N_("This is no longer there, or never was.")
OF_AN_APPROVAL = N_(
    "This is the dissent of a version that one of the two of you has approved for a later day. Take the approval back "
    "first, or let others remove it."
)
NOTHING = N_("Not answered yet. Choose what is to be removed.")
TOO_MANY = N_("This is more than one request can hold: at most %(most)s.")
NO_GROUND = N_("Not answered yet. Choose the ground.")
ASKER_GONE = N_("Whoever asked is no lead editor of the desk any more. Ask for it anew.")


class Named(NamedTuple):
    """One detail by the event that sealed it and its name."""

    seq: int
    name: str


@dataclass(frozen=True, slots=True)
class Removal:
    """That somebody's words were removed: who asked and who agreed, by their pseudonyms, and on which ground."""

    asked_by: str
    by: str
    ground: str

    @property
    def people(self) -> frozenset[str]:
        return frozenset((self.asked_by, self.by))


@dataclass(frozen=True, slots=True)
class Detail:
    """One sealed detail as it stands: of which kind of event, still shown, mute, sealed, or worked with."""

    seq: int
    type: str
    name: str
    digest: str | None = None  # None: it is not there
    mute: bool = False
    sealed: bool = False
    in_force: bool = False

    @property
    def named(self) -> Named:
        return Named(self.seq, self.name)


def removable(type_: str, name: str) -> bool:
    """Whether details of this kind may go at all."""
    return _kept(type_, name) is None


def _kept(type_: str, name: str) -> str | None:
    if name == "at" or (type_ == "vote.committed" and name in ("grade", "range")):
        return NEVER
    if name == "person" or (type_.startswith("person.") and name == "name"):
        return OF_A_PERSON
    if type_ == "policy.set" and name == "times":
        return OF_THE_DESK
    return None


def obstacle(detail: Detail) -> str | None:
    """Why this detail cannot be removed now, or None where it can."""
    kept = _kept(detail.type, detail.name)
    if kept:
        return kept
    if detail.digest is None:
        return GONE
    if detail.mute:
        return MUTE
    if detail.sealed:
        return SEALED
    if detail.in_force:
        return RESTRICTING if detail.type == "incident.restricted" else IN_FORCE
    return None


def in_force(type_: str, name: str, *, latest: bool, exited: bool, restricted: bool) -> bool:
    """Whether the desk works with this detail: the latest facts of a live incident, the people of a restriction."""
    if type_ in DESCRIBING and name == "facts":
        return latest and not exited
    return type_ == "incident.restricted" and name == "people" and latest and restricted


def check(details: Sequence[Detail], ground: str) -> None:
    """A request as it may be asked or seconded; Invalid with what is in the way."""
    if not details:
        raise Invalid({"details": NOTHING})
    if len(details) > MOST:
        raise Invalid({"details": TOO_MANY}, most=MOST)
    sentence = next(filter(None, map(obstacle, details)), None)
    if sentence:
        raise Invalid({"details": sentence})
    if ground not in GROUNDS:
        raise Invalid({"ground": NO_GROUND})


def another_asked(_verb: str, _dossier: object, viewer: Viewer, deed: Deed) -> Requirement:
    """A redaction is asked for by one person and seconded by another."""
    name = "another-asked"
    oneself = deed.person is not None and deed.person == viewer.actor.person
    if not (oneself or (deed.subject is not None and deed.subject == viewer.who)):
        return satisfied(name, N_("One person asked for it and another seconds it."))
    others = tuple(member.name for member in viewer.others("lead", "admin"))
    return Requirement(
        name,
        "unsatisfied",
        N_("You asked for this yourself. A second person has to agree."),
        {"people": others},
        remedy=N_("%(people)s can.") if others else N_("Invite a second lead editor."),
        mend=others,
        invite=None if others else "lead",
    )


def words(asked: str, seconded: str) -> str:
    """The reason that the trail seals: that of each of the two."""
    return f"{asked}\n\n{seconded}"
