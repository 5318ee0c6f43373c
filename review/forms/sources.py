"""Attaching and assessing a source as forms."""

from __future__ import annotations

from review.forms.typed import Typed
from review.rules.sources import SourceDraft


def source_draft(typed: Typed) -> SourceDraft:
    """The source as it was typed: an address, a text, or the description of a file that comes with it."""
    return SourceDraft(
        url=typed.text("url"),
        title=typed.text("title"),
        publisher=typed.text("publisher"),
        kind=typed.text("kind"),
        language=typed.text("language"),
        published=typed.text("published"),
        role=typed.text("role"),
        origin=typed.number("origin"),
        note=typed.text("note"),
        publishable=typed.chosen("publishable", "y"),
        text=typed.text("text"),
        platform=typed.text("platform"),
        affiliated=typed.text("affiliated"),
    )


def code_6x6(typed: Typed) -> str | None:
    """The analysts' code of two parts, such as B2; None where neither was chosen."""
    return (typed.value("reliability") + typed.value("credibility")) or None
