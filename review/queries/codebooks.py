"""The codebooks as shipped, each with the digest by which the trail vouches for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from review.audit import canonical
from review.rules.errors import NotFound
from review.rules.grades import CODEBOOKS, Codebook, Grade


@dataclass(frozen=True, slots=True)
class Distance:
    """How far two grades lie apart: declared, not a difference of ranks."""

    one: str
    other: str
    distance: int


@dataclass(frozen=True, slots=True)
class Shipped:
    """One codebook; `sha256` is of its entry in canonical JSON, as `codebook.defined` records it."""

    id: str
    grades: tuple[Grade, ...]
    distances: tuple[Distance, ...]
    headline: tuple[str, ...]
    sha256: str


def codebooks() -> tuple[Shipped, ...]:
    """Every codebook there is."""
    return tuple(_shipped(book) for book in CODEBOOKS)


def codebook_page(id_: str) -> Shipped:
    """One codebook; NotFound where none is called so."""
    found = next((one for one in codebooks() if one.id == id_), None)
    if found is None:
        raise NotFound("codebook")
    return found


def _shipped(book: Codebook) -> Shipped:
    digest = hashlib.sha256(canonical.canonical_value(book.as_entry())).hexdigest()
    return Shipped(book.id, book.grades, tuple(Distance(*row) for row in book.distances), book.headline, digest)
