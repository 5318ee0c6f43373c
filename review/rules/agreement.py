"""How far reviewers agree beyond chance: Krippendorff's alpha over the live votes of first rounds.

The metric is the square of the codebook's declared distance: 1 - D_observed / D_expected, a missing vote being no vote
(Krippendorff, Content Analysis, 4th ed. 2019, ch. 12). First rounds only, because whoever votes again has read the
others; a round that was abandoned is none, for nobody read anything of it. Figures speak of grades and incidents, never
of a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations_with_replacement, permutations
from math import ceil, sqrt
from operator import mul
from random import Random

from review.rules.dossier import Dossier
from review.rules.grades import Codebook

Difference = Callable[[str, str], float]
Tally = tuple[str, ...]  # the grades of one first round, sorted
Tallies = Mapping[Tally, int]  # how many incidents have each

COUNTED = ("agreed", "disputed")  # how a round ends whose votes are revealed
# Under so many incidents no coefficient is shown. Tried on simulated first rounds of three votes, an interval that
# promises to hold the true value 95 times of 100 holds it 79 times from 10 incidents, 87 from 20, 90 from 30.
FEWEST = 30
# To tell an alpha from .667 at the 5 % level, as Krippendorff asks (2019, after Bloch and Kraemer, Biometrics 45, 1989,
# formula 3.7): the normal quantile, and the smallest alpha that may be leaned on at all.
Z, SMALLEST = 1.645, 0.667
DRAWS = 500
SEED = 1970  # the same votes give the same interval
TAIL, QUANTILE = 0.025, 1.96  # beyond each end of an interval of 95 %, and where that lies in a normal distribution
SURE = round(100 * (1 - 2 * TAIL))  # of 100 draws, those between the two
MANY = 1_000  # incidents from which on nothing is drawn


# --- which votes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirstRound:
    """The live votes of an incident's first round, by pseudonym; `public` are the grades that its version shows."""

    codebook: str
    ballots: tuple[tuple[str, str], ...]
    public: Tally | None

    @property
    def tally(self) -> Tally:
        return tuple(sorted(grade for _who, grade in self.ballots))


def first_round(dossier: Dossier) -> FirstRound | None:
    """The first round that was not abandoned. None while it is open, or where the incident is shown to few.

    An abandoned round reveals nothing, so that whoever votes in the one after it has read nobody else; its own votes
    stay sealed for ever. Live is what was neither replaced, withdrawn nor excluded. The public is told of the votes as
    they stood when the version that stands was published: an exclusion since then waits for the next.
    """
    round_ = next((one for one in dossier.rounds if one.result != "abandoned"), None)
    if round_ is None or round_.result not in COUNTED or dossier.restricted:
        return None
    votes = [vote for vote in dossier.votes if vote.round == round_.number and vote.revealed and vote.ballot]
    live = tuple(sorted((vote.voter, vote.ballot.grade) for vote in votes if vote.ballot and vote.state == "live"))
    standing = dossier.determination
    if standing is None or standing.kind != "published" or dossier.exited:
        return FirstRound(round_.codebook, live, None)
    then = (
        vote.ballot.grade
        for vote in votes
        if vote.ballot and (vote.state == "live" or (vote.excluded or 0) > standing.seq)
    )
    return FirstRound(round_.codebook, live, tuple(sorted(then)))


def counts(tally: Tally) -> str:
    """A tally as it is kept: each grade with its number, in one short line."""
    return " ".join(f"{grade}:{number}" for grade, number in sorted(Counter(tally).items()))


def tally_of(kept: str) -> Tally:
    """The tally that was kept so."""
    pairs = (one.rsplit(":", 1) for one in kept.split())
    return tuple(grade for grade, number in pairs for _vote in range(int(number)))


# --- how far they differ ----------------------------------------------------------------------------------------


def nominal(one: str, other: str) -> float:
    """Any two grades that differ, differ alike."""
    return float(one != other)


def by_distance(codebook: Codebook) -> Difference:
    """Grades differ by the square of their declared distance; an undeclared pair by the greatest there is."""
    greatest = max((distance for _one, _other, distance in codebook.distances), default=1)

    def difference(one: str, other: str) -> float:
        if one == other:
            return 0.0
        distance = codebook.distance(one, other)
        return float((greatest if distance is None else distance) ** 2)

    return difference


def alpha(units: Iterable[Sequence[str]], difference: Difference = nominal) -> float | None:
    """1 is perfect agreement, 0 what chance would give; None where nothing varies or nothing can be
    compared."""
    return _alpha(_sums(Counter(tuple(sorted(unit)) for unit in units if len(unit) > 1), difference))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Of each tally of two votes or more: how many incidents have it, its disagreement, its votes by grade."""

    incidents: tuple[int, ...]
    observed: tuple[float, ...]
    votes: tuple[tuple[int, ...], ...]  # grade by grade
    apart: tuple[tuple[int, int, float], ...]  # two grades by place, and how far they differ


def _sums(tallies: Tallies, difference: Difference) -> _Sums:
    known = {tally: Counter(tally) for tally in sorted(tallies)}
    grades = sorted({grade for tally in known for grade in tally})
    return _Sums(
        incidents=tuple(tallies[tally] for tally in known),
        observed=tuple(_disagreement(votes, difference) for votes in known.values()),
        votes=tuple(tuple(votes[grade] for votes in known.values()) for grade in grades),
        apart=tuple(
            (a, b, difference(grades[a], grades[b])) for a, b in permutations(range(len(grades)), 2)
        ),
    )  # fmt: skip


def _disagreement(votes: Counter[str], difference: Difference) -> float:
    pairs = permutations(votes, 2)
    return sum(votes[a] * votes[b] * difference(a, b) for a, b in pairs) / (votes.total() - 1)


def _alpha(sums: _Sums, weights: Sequence[float] | None = None) -> float | None:
    weights = sums.incidents if weights is None else weights
    values: list[float] = [sum(map(mul, weights, votes)) for votes in sums.votes]
    expected: float = sum(values[a] * values[b] * apart for a, b, apart in sums.apart)
    if not expected:
        return None
    observed: float = sum(map(mul, weights, sums.observed))
    return 1 - (sum(values) - 1) * observed / expected


def _interval(sums: _Sums) -> tuple[float, float]:
    """Where alpha lies in 95 of 100 draws of incidents: the Bayesian bootstrap (Rubin 1981).

    Each draw gives every incident an exponential weight; those of one tally add up to a gamma weight, and no draw loses
    a grade that was given once. Of many incidents the draws spread as their normal limit does, which is taken instead.
    """
    random, size = Random(SEED), sum(sums.incidents)  # noqa: S311 (a seed, so that everybody gets the same interval)
    if size >= MANY:
        figure, spread = _alpha(sums) or 0.0, QUANTILE * _spread(sums)
        return figure - spread, min(1.0, figure + spread)
    found = []
    for _draw in range(DRAWS):
        drawn = [random.gammavariate(number, 1) for number in sums.incidents]
        scale = size / sum(drawn)
        found.append(_alpha(sums, [weight * scale for weight in drawn]) or 0.0)
    found.sort()
    beyond = int(TAIL * DRAWS)
    return found[beyond], found[-1 - beyond]


def _spread(sums: _Sums) -> float:
    """The standard deviation of the draws, from how far alpha moves with the weight of each tally."""
    values = [sum(map(mul, sums.incidents, votes)) for votes in sums.votes]
    number, size = sum(values), sum(sums.incidents)
    observed: float = sum(map(mul, sums.incidents, sums.observed))
    pull = [0.0] * len(values)
    for a, b, apart in sums.apart:
        pull[a] += values[b] * apart
    expected: float = sum(map(mul, values, pull))
    ratio = observed / expected
    moves: list[float] = [
        ((number - 1) * (2 * ratio * sum(map(mul, votes, pull)) - own) - sum(votes) * observed) / expected
        for own, *votes in zip(sums.observed, *sums.votes, strict=True)
    ]
    middle = sum(map(mul, sums.incidents, moves)) / size
    squares = sum(count * (move - middle) ** 2 for count, move in zip(sums.incidents, moves, strict=True))
    return sqrt(squares)


# --- what is said of it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pair:
    """Two grades, or one with itself: votes that met so inside incidents, and how many chance would let meet so."""

    one: str
    other: str
    distance: int | None
    observed: float
    expected: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Agreement in some first rounds: those with two live votes or more; the others can be compared with nothing.

    Where `few`, or where every vote is the same grade, there is no coefficient: its place stays empty.
    """

    incidents: int
    votes: int
    unanimous: int
    asked_for: int  # incidents that the literature asks for
    alpha: float | None = None
    low: float | None = None
    high: float | None = None
    nominal: float | None = None
    pairs: tuple[Pair, ...] = ()

    @property
    def few(self) -> bool:
        return self.incidents < FEWEST


def asked_for(grades: int) -> int:
    """Units that it takes to tell an alpha from .667 at the 5 % level with so many equally frequent grades."""
    chance = 1 / grades
    spread = (1 + SMALLEST) * (3 - SMALLEST) / (4 * (1 - SMALLEST) * chance * (1 - chance))
    return ceil(2 * Z**2 * (spread - SMALLEST))


def measured(tallies: Tallies, codebook: Codebook) -> Measured:
    """How far the votes of these first rounds agree, by the distances of their codebook."""
    return _measured(frozenset((tally, number) for tally, number in tallies.items() if len(tally) > 1), codebook)


@lru_cache(maxsize=256)
def _measured(tallies: frozenset[tuple[Tally, int]], codebook: Codebook) -> Measured:
    """Kept while nothing changes: the draws take a tenth of a second a table."""
    known = dict(sorted(tallies))
    counted = Measured(
        incidents=sum(known.values()),
        votes=sum(len(tally) * number for tally, number in known.items()),
        unanimous=sum(number for tally, number in known.items() if len(set(tally)) == 1),
        asked_for=asked_for(len(codebook.grades)),
    )
    by_table = _sums(known, by_distance(codebook))
    figure = None if counted.few else _alpha(by_table)
    if figure is None:
        return counted
    low, high = _interval(by_table)
    plain = _alpha(_sums(known, nominal))
    return replace(counted, alpha=figure, low=low, high=high, nominal=plain, pairs=_pairs(known, codebook))


def _pairs(tallies: Tallies, codebook: Codebook) -> tuple[Pair, ...]:
    """The coincidence table: every vote once, spread over the grades that it met inside its incident."""
    together: dict[tuple[str, str], float] = {}
    votes: Counter[str] = Counter()
    for tally, number in tallies.items():
        here = Counter(tally)
        for pair in combinations_with_replacement(sorted(here), 2):
            together[pair] = together.get(pair, 0) + number * _meetings(here, *pair) / (len(tally) - 1)
        votes.update({grade: number * count for grade, count in here.items()})
    keys = (*codebook.keys, *sorted(votes.keys() - set(codebook.keys)))
    return tuple(
        Pair(
            one, other, codebook.distance(one, other),
            observed=together.get((min(one, other), max(one, other)), 0.0),
            expected=_meetings(votes, one, other) / (votes.total() - 1),
        )
        for one, other in combinations_with_replacement(keys, 2)
        if votes[one] and votes[other]
    )  # fmt: skip


def _meetings(votes: Counter[str], one: str, other: str) -> int:
    """In how many ordered pairs of different votes the two grades stand, either first."""
    if one == other:
        return votes[one] * (votes[one] - 1)
    return 2 * votes[one] * votes[other]


# --- a person's own ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Met:
    """How often two grades that stand side by side are the same, one apart, or further."""

    same: int
    near: int
    far: int

    @property
    def number(self) -> int:
        return self.same + self.near + self.far


def met(pairs: Iterable[tuple[str, str]], codebook: Codebook) -> Met:
    """One's own grade beside another's, pair by pair; an undeclared pair is far."""
    apart = Counter(codebook.distance(one, other) for one, other in pairs)
    return Met(apart[0], apart[1], apart.total() - apart[0] - apart[1])
