"""Streams: a belligerent × theatre worked as one, by a short name that stands in the trail for ever."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from review.rules.errors import Invalid
from review.rules.texts import cleaned
from review.rules.words import N_

MODES = {
    "active": N_("active"),
    "log-only": N_("log only"),
    "paused": N_("paused"),
}
LONGEST = 60
LONGEST_NAME = 200
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug_of(name: str) -> str:
    """The short name made of a belligerent and a theatre; other letters than Latin ones add a digest."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    slug = "-".join(re.findall(r"[a-z0-9]+", "".join(c for c in letters if not unicodedata.combining(c))))
    whole = not any(c.isalnum() and not c.isascii() for c in letters)
    if slug and whole and len(slug) <= LONGEST:
        return slug
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{slug[: LONGEST - 9].strip('-') or 'stream'}-{digest}"


def defined(slug: str, name: str, mode: str) -> str:
    """The stream's name as it is recorded; Invalid where slug, name or mode cannot be taken."""
    words = cleaned(name)
    problems = {}
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST:
        problems["slug"] = N_("Small Latin letters, figures and single hyphens only, at most %(most)s.")
    if words is None or len(words) > LONGEST_NAME:
        problems["name"] = N_("Not answered yet. Name the belligerent and the theatre.")
    if mode not in MODES:
        problems["mode"] = UNKNOWN_MODE
    if problems or words is None:
        raise Invalid(problems, most=LONGEST)
    return words


def away(switches: Iterable[tuple[int, str]]) -> tuple[int | None, int | None]:
    """When a stream was last not assessed, of its (place in the trail, mode) in their order: from where until where.

    The first is None where it always was; the second while it is not taken up again.
    """
    began: int | None = None
    ended: int | None = None
    mode_before = "active"
    for place, mode in switches:
        if mode != "active" and mode_before == "active":
            began, ended = place, None
        elif mode == "active" and mode_before != "active":
            ended = place
        mode_before = mode
    return began, ended


UNKNOWN_MODE = N_("Choose active, log only or paused.")
