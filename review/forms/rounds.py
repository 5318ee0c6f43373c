"""A lead's forms about rounds."""

from __future__ import annotations

from review.forms.typed import NOT_CHOSEN, Typed
from review.rules.errors import Invalid
from review.rules.rounds import check_hours


def person(typed: Typed, name: str = "person") -> int:
    """The person who was chosen."""
    chosen = typed.number(name)
    if chosen is None:
        raise Invalid({name: NOT_CHOSEN})
    return chosen


def hours(typed: Typed) -> int:
    """How much longer a round may take."""
    return check_hours(typed.number("hours"))
