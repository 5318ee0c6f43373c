"""Corrections: what a request for one may lead to, and what of that its sender is told."""

from __future__ import annotations

from collections.abc import Mapping

from review.rules.errors import Invalid
from review.rules.words import N_

PUBLISHED, RECHECKED, DECLINED = "published", "rechecked", "declined"

# For the desk; in the words of a receipt they stand on its page.
OUTCOMES: Mapping[str, str] = {
    PUBLISHED: N_("a note was published"),
    RECHECKED: N_("the version is being checked again"),
    DECLINED: N_("declined"),
}
HAS_ENDED = N_("This request has its outcome already. Load the page again to see it.")


def still_open(outcome: str | None) -> None:
    """A request has one outcome; Invalid where it has it already."""
    if outcome is not None:
        raise Invalid({"text": HAS_ENDED})
