"""How two codebooks differ, entry by entry: what a reader of both must not take for the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from review.rules.grades import Codebook


@dataclass(frozen=True, slots=True)
class Compared:
    """Two schemes side by side. `kept` are the grades that both have and neither words otherwise."""

    one: str
    other: str
    same_family: bool  # versions of one scheme
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]
    defined_otherwise: tuple[str, ...]
    checked_otherwise: tuple[str, ...]
    apart_otherwise: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]


def compared(one: Codebook, other: Codebook) -> Compared:
    """What was taken away, what came, and what the same key means now."""
    shared = [key for key in one.keys if key in other.keys]
    defined = tuple(key for key in shared if one.grade(key).definition != other.grade(key).definition)
    checked = tuple(key for key in shared if one.grade(key).condition != other.grade(key).condition)
    return Compared(
        one=one.id,
        other=other.id,
        same_family=_family(one) == _family(other),
        only_one=tuple(key for key in one.keys if key not in shared),
        only_other=tuple(key for key in other.keys if key not in shared),
        defined_otherwise=defined,
        checked_otherwise=checked,
        apart_otherwise=tuple(
            (a, b) for a, b in combinations(shared, 2) if one.distance(a, b) != other.distance(a, b)
        ),
        kept=tuple(key for key in shared if key not in (*defined, *checked)),
    )  # fmt: skip


def comparisons(books: Sequence[Codebook]) -> tuple[Compared, ...]:
    """Every codebook beside each that came before it."""
    return tuple(compared(one, other) for one, other in combinations(books, 2))


def _family(book: Codebook) -> str:
    return book.id.rpartition("/")[0]
