"""Leaving the desk: whoever is still needed in something open cannot be unlinked from it yet."""

from __future__ import annotations

from collections.abc import Iterable

from review.rules.dossier import Dossier
from review.rules.settlement import settler
from review.rules.words import N_

UNDER_WAY = ("grading", "settlement")
SOMEBODY = N_("Somebody who left")

LEFT_ALREADY = N_("This person has left already.")
# One sentence whatever they answered, and of no incident: that somebody has or has not voted is told to nobody.
STILL_ASKED = N_(
    "This person was asked in a round that is still open, or to settle a disagreement. Close the log-in now; what they "
    "cast stays and counts. They can leave when it has ended."
)

# Of no incident: whoever may not know of it learns no more than that somewhere a restriction stands.
HOLDS_ALONE = N_(
    "This person is the last one who can lift a restriction of this desk: without them nobody could ever see what is "
    "restricted. They must lift it, or name another lead editor on it, first."
)


def holds_alone(person: int, restrictions: Iterable[frozenset[int]]) -> bool:
    """Whether of some restricted incident this is the only one left who may lift it, of those to whom it is shown."""
    return any(lifters == {person} for lifters in restrictions)


def is_needed(dossier: Dossier, who: str) -> bool:
    """Whether this pseudonym was asked in the open round, whatever they answered, or settles what is disputed."""
    round_ = dossier.open_round
    if round_ is not None and round_.answer(who) is not None:
        return True
    return dossier.open_settlement is not None and settler(dossier) == who


def stub(person: int) -> str:
    """What stands in place of the address of somebody who left."""
    return f"left/{person}"
