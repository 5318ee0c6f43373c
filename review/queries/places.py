"""Where a page of a public list ended, as an address carries it: an incident by its own name, as its citation has it.

The number of a row would tell how many incidents stand before it, those too that nobody may know of. An address that
still carries one leads to the first page.
"""

from __future__ import annotations

import re

from sqlalchemy import select

from review.models import Incident, session

WORDS = r"i-[a-z2-7]{16}"
_PLACE = re.compile(WORDS)
_READABLE = (Incident.grade.is_not(None), Incident.restricted.is_(False))


def row_of(words: str | None) -> int | None:
    """The row behind which a list continues; None where an address tells of none that everybody may read."""
    if not words or not _PLACE.fullmatch(words):
        return None
    return session.scalar(select(Incident.id).where(Incident.name == words, *_READABLE))


def words_of(row: int | None) -> str | None:
    """The name of the public incident nearest before that place in the list: no other stands between the two."""
    if row is None:
        return None
    nearest = select(Incident.name).where(Incident.public, Incident.id >= row).order_by(Incident.id).limit(1)
    return session.scalar(nearest)
