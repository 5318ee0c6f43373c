"""Settling as a form: a grade, a rationale, and one reply a minority argument."""

from __future__ import annotations

from review.forms.typed import Typed, whole

PREFIX = "reply-"


def replies(typed: Typed) -> dict[int, str]:
    """Argument seq -> what was answered to it, for every answer that holds something."""
    written = ((name, typed.text(name)) for name in typed.values if name.startswith(PREFIX))
    return {
        int(name.removeprefix(PREFIX)): text for name, text in written if text and whole(name.removeprefix(PREFIX))
    }


def fields(typed: Typed) -> tuple[str, ...]:
    """What of the form is worth keeping as a draft."""
    return ("grade", "rationale", *(name for name in typed.values if name.startswith(PREFIX)))
