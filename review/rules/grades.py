"""The grade schemes: grades, definitions, checked conditions and distances, each scheme one value.

A third scheme is one more value in `CODEBOOKS`; nothing else knows how many there are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from review.rules.dossier import Dossier
from review.rules.errors import NotFound
from review.rules.words import N_

NO_CONSENSUS = "no_consensus"  # a result, never a vote
NO_CONSENSUS_LABEL = N_("No consensus")
SYNONYMS = {"disproved": "discounted", "poor": "weak"}  # older names, accepted by an import


@dataclass(frozen=True, slots=True)
class Check:
    """One part of a grade's condition: `holds` looks at the dossier, `sentence` is said where it does not."""

    key: str
    sentence: str
    holds: Callable[[Dossier], bool]


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 (the field's word)
    """A grade chosen against its definition: it asks for a reason and is never a wall."""

    key: str
    sentence: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Grade:
    key: str
    label: str
    definition: str
    condition: str
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Codebook:
    """A versioned grade scheme. `distances` is declared, not computed: the family is not a ladder.

    `headline` are the grades that a total includes unless somebody asks for others.
    """

    id: str
    grades: tuple[Grade, ...]
    distances: tuple[tuple[str, str, int], ...]
    headline: tuple[str, ...] = ()
    _near: Mapping[tuple[str, str], int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        near = {(grade.key, grade.key): 0 for grade in self.grades}
        for one, other, distance in self.distances:
            near[one, other] = near[other, one] = distance
        object.__setattr__(self, "_near", near)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(grade.key for grade in self.grades)

    def grade(self, key: str) -> Grade:
        """The grade of this scheme that is called `key`."""
        found = next((grade for grade in self.grades if grade.key == key), None)
        if found is None:
            raise NotFound("unknown-grade", grade=key, codebook=self.id)
        return found

    def label(self, key: str) -> str:
        """The words for a grade of this scheme, or for No consensus."""
        return NO_CONSENSUS_LABEL if key == NO_CONSENSUS else self.grade(key).label

    def distance(self, one: str, other: str) -> int | None:
        """How far two grades lie apart; None where the table does not say, which counts as too far."""
        return self._near.get((one, other))

    def within(self, one: str, other: str, furthest: int) -> bool:
        """True where the two are no further apart than `furthest`; an undeclared pair never is."""
        distance = self.distance(one, other)
        return distance is not None and distance <= furthest

    def as_entry(self) -> dict[str, Any]:
        """The entry of `codebooks.json` that `codebook.defined` vouches for by its SHA-256."""
        return {
            "distances": [list(row) for row in self.distances],
            "grades": [
                {
                    "condition": grade.condition,
                    "definition": grade.definition,
                    "key": grade.key,
                    "label": grade.label,
                }
                for grade in self.grades
            ],
            "id": self.id,
        }


def _credibly_accepted(dossier: Dossier) -> bool:
    named = {party.name for party in dossier.facts.parties}
    latest = {position.party: position.position for position in dossier.positions}
    accepted = any(party in named and position == "credible" for party, position in latest.items())
    return accepted and any(source.role == "official" for source in dossier.attached)


def _suspected(dossier: Dossier) -> int:
    return sum(party.role == "suspected" for party in dossier.facts.parties)


ACCEPTED = Check(
    "official-acceptance",
    N_(
        "Confirmed asks for an official statement among the sources, of a party named here that "
        "accepts the harm as "
        "credible. None is recorded. You may still choose it. Say why, and the record will show both."
    ),
    _credibly_accepted,
)
TWO_ORIGINS = Check(
    "two-origins",
    N_(
        "This grade asks for two or more independent origins; %(origins)s are recorded. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: len(dossier.origins) >= 2,
)
ACTION_LIKELY = Check(
    "action-likely",
    N_(
        "Fair asks for a strike that is Likely or Declared. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: dossier.facts.strike_status in ("likely", "declared"),
)
ONE_ORIGIN = Check(
    "one-origin",
    N_(
        "Weak asks for exactly one independent origin; %(origins)s are recorded. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: len(dossier.origins) == 1,
)
COMPETING_CLAIMS = Check(
    "competing-claims",
    N_(
        "Contested asks for two or more suspected parties, or a strike that is Contested. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: _suspected(dossier) >= 2 or dossier.facts.strike_status == "contested",
)
DISPUTED_BY_SOURCE = Check(
    "disputing-source",
    N_(
        "Discounted asks for at least one source that disputes the claim. None is marked so. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: any(source.role == "disputes" for source in dossier.attached),
)
AN_ORIGIN = Check(
    "an-origin",
    N_(
        "Reasonable grounds ask for at least one independent origin that supports the harm. "
        "You may still choose it. Say why, and the record will show both."
    ),
    lambda dossier: bool(dossier.origins),
)

AIRWARS_1 = Codebook(
    "airwars/1",
    (
        Grade(
            "confirmed",
            N_("Confirmed"),
            N_("A belligerent has itself accepted responsibility for this harm."),
            N_(
                "An official statement is attached, of a party named in the incident whose "
                "official position is credible."
            ),
            (ACCEPTED,),
        ),
        Grade(
            "fair",
            N_("Fair"),
            N_(
                "Two or more credible sources, and likely or confirmed action by that party near"
                " by at the time."
            ),
            N_("Two or more independent origins; strike status Likely or Declared."),
            (TWO_ORIGINS, ACTION_LIKELY),
        ),
        Grade(
            "weak",
            N_("Weak"),
            N_("A single claim, though perhaps detailed."),
            N_("Exactly one independent origin."),
            (ONE_ORIGIN,),
        ),
        Grade(
            "contested",
            N_("Contested"),
            N_("Competing claims of responsibility."),
            N_("Two or more suspected parties, or strike status Contested."),
            (COMPETING_CLAIMS,),
        ),
        Grade(
            "discounted",
            N_("Discounted"),
            N_("Those harmed were combatants, or another party is most likely responsible."),
            N_("At least one source is marked as disputing the claim."),
            (DISPUTED_BY_SOURCE,),
        ),
    ),
    (
        ("confirmed", "contested", 2),
        ("confirmed", "discounted", 3),
        ("confirmed", "fair", 1),
        ("confirmed", "weak", 2),
        ("contested", "discounted", 2),
        ("fair", "contested", 2),
        ("fair", "discounted", 3),
        ("fair", "weak", 1),
        ("weak", "contested", 1),
        ("weak", "discounted", 2),
    ),
    ("confirmed", "fair"),
)

REASONABLE_GROUNDS_1 = Codebook(
    "reasonable-grounds/1",
    (
        Grade(
            "established",
            N_("Established"),
            N_("The evidence leaves no reasonable doubt that the harm took place as described."),
            N_("Two or more independent origins."),
            (TWO_ORIGINS,),
        ),
        Grade(
            "reasonable_grounds",
            N_("Reasonable grounds to believe"),
            N_("An ordinarily prudent person would believe that the harm took place as described."),
            N_("At least one independent origin."),
            (AN_ORIGIN,),
        ),
        Grade(
            "not_established",
            N_("Not established"),
            N_(
                "The evidence does not give reasonable grounds to believe that the harm took "
                "place as described."
            ),
            N_("None: it may be chosen whatever is attached."),
        ),
    ),
    (
        ("established", "not_established", 2),
        ("established", "reasonable_grounds", 1),
        ("reasonable_grounds", "not_established", 1),
    ),
    ("established", "reasonable_grounds"),
)

CODEBOOKS = (AIRWARS_1, REASONABLE_GROUNDS_1)
DEFAULT = AIRWARS_1
RESULTS = (*(key for book in CODEBOOKS for key in book.keys), NO_CONSENSUS)  # all that may be published


def codebook(identity: str) -> Codebook:
    """The shipped scheme called `identity`."""
    found = next((book for book in CODEBOOKS if book.id == identity), None)
    if found is None:
        raise NotFound("unknown-codebook", codebook=identity)
    return found


def label(key: str) -> str:
    """The words for a grade key of any shipped scheme; the key itself where none has it."""
    if key == NO_CONSENSUS:
        return NO_CONSENSUS_LABEL
    return next((grade.label for book in CODEBOOKS for grade in book.grades if grade.key == key), key)


def imported(name: str, book: Codebook = DEFAULT) -> str | None:
    """The grade key that an imported word stands for, older names included; None where it is no grade."""
    word = name.strip().lower().replace(" ", "_")
    word = SYNONYMS.get(word, word)
    return word if word in book.keys else None


def warnings(book: Codebook, grade_key: str, dossier: Dossier) -> tuple[Warning, ...]:
    """What speaks against choosing `grade_key` here by its own definition; each asks for a reason."""
    values = {"origins": len(dossier.origins), "grade": grade_key}
    return tuple(
        Warning(check.key, check.sentence, values)
        for check in book.grade(grade_key).checks
        if not check.holds(dossier)
    )
