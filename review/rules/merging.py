"""Merging and splitting: what goes along, and what cannot be asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from review.rules import incidents, texts
from review.rules.dossier import Dossier, Source
from review.rules.errors import Invalid
from review.rules.facts import Facts
from review.rules.vocabulary import NOTE
from review.rules.words import N_

FEWEST_PARTS, MOST_PARTS = 2, 9

UNKNOWN = N_("No incident answers to this code alone.")
ITSELF = N_("An incident is not merged into itself. Name the other one.")
GONE = N_("That incident has left the desk itself. Restore it first, or name the one that it was merged into.")
HIDDEN = N_("That incident is shown to few. What it absorbs would give it away: lift its restriction first.")
NOT_HERE = N_("What was ticked is not here any more. Open the page again.")
TOO_FEW = N_("A split makes at least two incidents. Say in a few words what the second one is.")
TOO_MANY = N_("A split makes at most %(most)s incidents.")
TWICE = N_("A claim goes into one incident. Ungroup it later where it speaks of two.")


@dataclass(frozen=True, slots=True)
class Part:
    """One of the new incidents that a split makes: its facts, and the claims (seqs) and sources (numbers) it takes."""

    facts: Facts
    claims: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A source as it is attached anew in another incident, under that one's next number."""

    source: Source
    number: int
    origin: int
    material: bool


def target(one: Dossier, other: Dossier) -> None:
    """An incident is merged into another one that is on the desk and that everybody of the desk may read."""
    if one.incident == other.incident:
        raise Invalid({"into": ITSELF})
    if other.exited:
        raise Invalid({"into": GONE})
    if other.restricted:
        raise Invalid({"into": HIDDEN})


def taken(one: Dossier, claims: Collection[int], sources: Collection[int]) -> tuple[Source, ...]:
    """The sources named, in order; Invalid where a claim or a source is not, or no longer, in the incident."""
    grouped = {claim.seq for claim in one.claims if claim.grouped}
    attached = {source.number: source for source in one.attached}
    problems = {}
    if not set(claims) <= grouped:
        problems["claims"] = NOT_HERE
    if not set(sources) <= attached.keys():
        problems["sources"] = NOT_HERE
    if problems:
        raise Invalid(problems)
    return tuple(attached[number] for number in sorted(set(sources)))


def moved(other: Dossier, sources: Iterable[Source]) -> tuple[Moved, ...]:
    """The sources attached anew: one that is there already stays as it is, and what was one origin stays one.

    A new origin moves the evidence of the other incident, an echo of a known one does not.
    """
    known = {source.link: source for source in other.attached if source.link}
    origins: dict[int, int] = {}
    number = max((source.number for source in other.sources), default=0)
    found = []
    for source in sources:
        if source.link in known:
            origins.setdefault(source.origin, known[source.link].origin)
            continue
        number += 1
        echo = source.origin in origins
        origin = origins.setdefault(source.origin, number)
        found.append(Moved(source, number, origin, material=not echo and source.kind != NOTE))
    return tuple(found)


def parts(one: Dossier, wanted: Sequence[Part]) -> None:
    """A split makes two incidents or more, each described; a claim goes into one of them, a source into any."""
    if len(wanted) < FEWEST_PARTS:
        raise Invalid({"part-2-summary": TOO_FEW})
    if len(wanted) > MOST_PARTS:
        raise Invalid({"parts": TOO_MANY}, most=MOST_PARTS)
    claims = [claim for part in wanted for claim in part.claims]
    if len(claims) != len(set(claims)):
        raise Invalid({"claims": TWICE})
    for part in wanted:
        taken(one, part.claims, part.sources)
    problems = {
        f"part-{place}-{field}": sentence
        for place, part in enumerate(wanted, 1)
        for field, sentence in incidents.problems(part.facts).items()
    }
    if problems:
        raise Invalid(problems, longest=texts.LONGEST)
