"""How far reviewers agree beyond chance: Krippendorff's alpha, plain or by a codebook's distances."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import permutations

from review.rules.grades import Codebook

Difference = Callable[[str, str], float]


def nominal(one: str, other: str) -> float:
    """Any two grades that differ, differ alike."""
    return float(one != other)


def by_distance(codebook: Codebook) -> Difference:
    """Grades differ by the square of their declared distance; an undeclared pair by the greatest there is."""
    greatest = max((distance for _one, _other, distance in codebook.distances), default=1)

    def difference(one: str, other: str) -> float:
        distance = codebook.distance(one, other)
        return float((greatest if distance is None else distance) ** 2)

    return difference


def alpha(units: Iterable[Sequence[str]], difference: Difference = nominal) -> float | None:
    """1 is perfect agreement, 0 what chance would give; None where nothing varies or nothing can be
    compared."""
    paired = [unit for unit in units if len(unit) > 1]
    values = Counter(value for unit in paired for value in unit)
    total = sum(values.values())
    expected = sum(values[a] * values[b] * difference(a, b) for a, b in permutations(values, 2))
    if not expected:
        return None
    observed = sum(
        sum(difference(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in paired
    )
    return 1 - (total - 1) * observed / expected
