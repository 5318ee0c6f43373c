"""What a feed says of one entry, in English whoever asks: one document under one address."""

from __future__ import annotations

import re

from flask import Flask

from review.queries.published_feed import CORRECTED, PUBLISHED, Entry
from review.rules import grades
from review.rules.open_data import Determined

# What XML 1.0 cannot hold, however it is written.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def register(app: Flask) -> None:
    """Offer both lines to the template of the feed."""
    app.jinja_env.filters.update(
        entry_title=lambda entry: _plain(entry_title(entry)), entry_text=lambda entry: _plain(entry_text(entry))
    )  # fmt: skip


def _plain(text: str) -> str:
    return _UNWRITABLE.sub("", text)


def entry_title(entry: Entry) -> str:
    """What was published, of which incident."""
    row = entry.row
    what = f"{(row.codes or [row.incident])[0]}: {row.place or row.incident}"
    if entry.what == PUBLISHED:
        return f"{what}, determination {row.version}: {grades.label(row.grade)}"
    if entry.what == CORRECTED:
        return f"{what}, correction of determination {row.version}"
    return f"{what}, withdrawn"


def entry_text(entry: Entry) -> str:
    """The same in a sentence or two, sober: reported, never found."""
    if entry.what == CORRECTED:
        return entry.text or "The words of this correction were removed for good."
    said = [f"{grades.label(entry.row.grade)}.", _killed(entry.row)]
    if entry.row.summary:
        said.insert(0, entry.row.summary.rstrip(".") + ".")
    if entry.what != PUBLISHED:
        said.append("The desk no longer stands by this grade. It stays readable as it was cited.")
    return " ".join(said)


def _killed(row: Determined) -> str:
    fewest, most = row.killed_min, row.killed_max
    if fewest is None and most is None:
        return "How many civilians were killed is not known."
    if fewest is None:
        return f"At most {most} civilians reported killed."
    if most is None:
        return f"At least {fewest} civilians reported killed."
    return f"{fewest}–{most} civilians reported killed."
