"""Corrections: what a request for one may lead to, and what of that its sender is told."""

from __future__ import annotations

from collections.abc import Mapping

from review.rules.dossier import Dossier
from review.rules.errors import Invalid
from review.rules.words import N_

PUBLISHED, RECHECKED, GRADED, DECLINED = "published", "rechecked", "graded", "declined"

# For the desk; in the words of a receipt they stand on its page.
OUTCOMES: Mapping[str, str] = {
    PUBLISHED: N_("a note was published"),
    RECHECKED: N_("the version is being checked again"),
    GRADED: N_("the imported record was taken up to be graded here"),
    DECLINED: N_("declined"),
}
HAS_ENDED = N_("This request has its outcome already. Load the page again to see it.")


def waits_for_a_round(dossier: Dossier) -> bool:
    """Whether an incident comes up for grading only by a round that has yet to open; else it is being graded."""
    return dossier.open_round is None and dossier.stage in ("logged", "grading")


def still_open(outcome: str | None) -> None:
    """A request has one outcome; Invalid where it has it already."""
    if outcome is not None:
        raise Invalid({"text": HAS_ENDED})
