"""Asking for several incidents at once: who gets what, and who is left out of what and why.

Blind: no vote is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from review.rules import assignment, rounds
from review.rules.assignment import Reviewer
from review.rules.dossier import Dossier
from review.rules.words import N_

ENTERED = N_("entered the incident")
CONFLICT = N_("declared a conflict of interest")
SETTLES = N_("settles it")
ASKED = N_("was asked in this round already")
UNREADABLE = N_("reads none of its languages")
FULL = N_("no seat is left")


@dataclass(frozen=True, slots=True)
class Wanting:
    """One incident that wants people: how many, and what languages its material is in.

    `members` is the desk with its pseudonyms in this incident.
    """

    ref: str
    dossier: Dossier
    seats: int
    languages: tuple[str, ...] = ()
    members: tuple[Reviewer, ...] = ()
    read: frozenset[str] = frozenset()  # by those who have been asked in its round already


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who was chosen and does not get this incident, and why."""

    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Share:
    """Who is asked in one incident; `missing` seats stay empty."""

    ref: str
    asked: tuple[Reviewer, ...]
    left_out: tuple[LeftOut, ...] = ()
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole of it. `added`: person -> how many votes more they will owe."""

    shares: tuple[Share, ...] = ()
    added: Mapping[int, int] = field(default_factory=dict)


def by_load(wanting: Iterable[Wanting]) -> Plan:
    """Each incident in turn gets those suggested for it, what the plan itself adds counted as owed."""
    added: dict[int, int] = {}
    shares = []
    for one in wanting:
        loaded = [_loaded(member, added) for member in one.members]
        found = assignment.suggest(one.dossier, loaded, one.languages, seats=one.seats, read_already=one.read)
        asked = tuple(suggested.reviewer for suggested in found.people)
        _add(added, asked)
        shares.append(Share(one.ref, asked, missing=found.missing))
    return Plan(tuple(shares), added)


def of_these(wanting: Iterable[Wanting], people: Sequence[int]) -> Plan:
    """Only these people are asked: whoever owes least first, nobody past the seats that an incident has."""
    added: dict[int, int] = {}
    shares = []
    for one in wanting:
        chosen = [_loaded(member, added) for member in one.members if member.person in people]
        free = [member for member in chosen if why_not(one, member) is None]
        asked = tuple(_least_owing(one.dossier, free)[: one.seats])
        _add(added, asked)
        out = tuple(LeftOut(member.name, why_not(one, member) or FULL) for member in chosen if member not in asked)
        shares.append(Share(one.ref, asked, out, max(0, one.seats - len(asked))))
    return Plan(tuple(shares), added)


def why_not(one: Wanting, member: Reviewer) -> str | None:
    """Why somebody cannot be asked here; None where they can."""
    dossier, who = one.dossier, member.who
    if who in dossier.entered:
        return ENTERED
    if who in dossier.conflicts:
        return CONFLICT
    if who in dossier.settled:
        return SETTLES
    if not assignment.free(dossier, who):
        return ASKED
    if one.languages and member.languages and member.languages.isdisjoint(one.languages):
        return UNREADABLE
    return None


def seats(dossier: Dossier, required: int, held: int = 0) -> int:
    """How many an incident wants: what its open round is short of, or a whole new panel where one may be opened.

    A seat that "next" keeps for somebody is not offered again.
    """
    if dossier.open_round:
        return max(0, assignment.short(dossier) - held)
    return required if rounds.next_kind(dossier) in ("first", "again") else 0


def _least_owing(dossier: Dossier, free: Iterable[Reviewer]) -> list[Reviewer]:
    """Whoever owes least first; equal loads are drawn."""
    number = len(dossier.rounds) + 1
    return sorted(free, key=lambda one: (one.owed, assignment.draw(dossier.incident, number, one.person)))


def _loaded(member: Reviewer, added: Mapping[int, int]) -> Reviewer:
    return replace(member, owed=member.owed + added.get(member.person, 0))


def _add(added: dict[int, int], asked: Iterable[Reviewer]) -> None:
    for one in asked:
        added[one.person] = added.get(one.person, 0) + 1
