"""Streams: a belligerent × theatre worked as one, by a short name that stands in the trail for ever."""

from __future__ import annotations

import hashlib
import re
import unicodedata

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


UNKNOWN_MODE = N_("Choose active, log only or paused.")
