"""Forms that were sent after their session had run out: sealed for the person who wrote them, and for nobody else.

The page that asks to sign in again carries what was typed. Whoever else signs in at that screen cannot open it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from cryptography.exceptions import InvalidTag

from review import config
from review.audit import keys


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A form as it was sent, and where to."""

    path: str
    fields: tuple[tuple[str, str], ...]


def kept(person_id: int, path: str, fields: Sequence[tuple[str, str]]) -> str:
    """The form, sealed for its writer."""
    text = orjson.dumps([path, list(fields)]).decode()
    return keys.load(config.home()).seal_text(text, _label(person_id))


def opened(person_id: int, sealed: str) -> Interrupted | None:
    """The form again, for its writer; None for anybody else."""
    try:
        path, fields = orjson.loads(keys.load(config.home()).open_text(sealed, _label(person_id)))
    except (InvalidTag, ValueError):
        return None
    return Interrupted(path, tuple((name, value) for name, value in fields))


def _label(person_id: int) -> str:
    return f"interrupted {person_id}"
