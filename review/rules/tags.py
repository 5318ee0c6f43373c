"""What the reasons of a vote turn on: words of a fixed list that stand as the last line of a rationale.

They are part of the rationale and of nothing else: the trail seals one text, and whoever reads it there reads the tags.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from review.rules.words import N_

TAGS: Mapping[str, str] = {
    "origins": N_("whether the sources copy one another"),
    "place": N_("the place"),
    "time": N_("the time"),
    "count": N_("how many"),
    "civilians": N_("who they were"),
    "attribution": N_("who did it"),
    "position": N_("what a party says"),
}
MARK = "#"


def tagged(text: str | None, tags: Iterable[str]) -> str | None:
    """A rationale with what it turns on as its last line; tags alone are no rationale."""
    words, before = parted(text)
    wanted = {*before, *tags}
    line = " ".join(MARK + tag for tag in TAGS if tag in wanted)
    return f"{words}\n{line}" if words and line else words or None


def parted(rationale: str | None) -> tuple[str, tuple[str, ...]]:
    """The words of a rationale and its tags: the last line, where nothing else stands on it."""
    words, _break, last = (rationale or "").rpartition("\n")
    parts = last.split()
    if not parts or any(part[:1] != MARK or part[1:] not in TAGS for part in parts):
        return (rationale or "").rstrip(), ()
    return words.rstrip(), tuple(part[1:] for part in parts)
