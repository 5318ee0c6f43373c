"""What a person types: cleaned, and held to a length that a disclosure of the trail can carry."""

from __future__ import annotations

import re

from review.rules.errors import Invalid
from review.rules.words import N_

# 8,000 characters stay under 65,536 bytes of disclosure even where every one is escaped (AUDIT-FORMAT
# section 11).
LONGEST = 8_000
# Unicode's categories Cc and Cs, which never grow, but for the tab and the end of a line.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def cleaned(text: str | None) -> str | None:
    """The text without control characters and outer white space; None where nothing is left."""
    if text is None:
        return None
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", lines).strip() or None


def too_long(text: str | None) -> bool:
    return text is not None and len(text) > LONGEST


MISSING_REASON = N_("Not answered yet. Say why: the reason stands in the record.")
TOO_LONG = N_("This is longer than the record can carry: at most %(longest)s characters.")


def reason(text: str | None, field: str = "reason") -> str:
    """The reason as it is recorded; Invalid where there is none, or more than the record can carry."""
    words = cleaned(text)
    if words is None:
        raise Invalid({field: MISSING_REASON})
    if too_long(words):
        raise Invalid({field: TOO_LONG}, longest=LONGEST)
    return words


def remark(text: str | None, field: str = "reason") -> str | None:
    """Words that may be left out; Invalid only where they are more than the record can carry."""
    return reason(text, field) if cleaned(text) else None
