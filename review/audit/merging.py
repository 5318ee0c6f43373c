"""Merges and splits in a log that is judged again: both sides there, and involvement carried along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from review.rules.dossier import Dossier, Record
from review.rules.passages import NOBODY, Involvement


def after_absorbing(before: Dossier) -> str | None:
    """What must follow `incident.absorbed` in the act: it needs a new round."""
    if before.proposal is not None and before.stage == "approval":
        return "proposal.voided"
    return "recheck.opened" if before.stage == "published" and not before.recheck else None


class Merging:
    """Who is who across incidents, as far as the persons behind the events are told; and the sides still alone."""

    def __init__(self) -> None:
        self._persons: dict[str, dict[str, str]] = {}  # incident -> pseudonym -> person
        self._carried: dict[str, Involvement] = {}  # incident -> persons
        self._open: dict[tuple[str, str], tuple[Record, bool]] = {}  # (from, into) -> the side told first, and which

    def meet(self, incident: str, record: Record) -> Iterator[tuple[str, str]]:
        """Take note of who acts, and of either side of a merge or a split; what does not hold of the two."""
        person = record.sealed.get("person")
        if person is not None:
            self._persons.setdefault(incident, {})[record.actor] = person
        for other in record.body.get("other", ()):
            backwards = record.type == "incident.absorbed" or (record.type == "incident.split" and not record.iseq)
            pair = (other, incident) if backwards else (incident, other)
            first, side = self._open.pop(pair, (None, False))
            if first is None:
                self._open[pair] = record, backwards
            elif side is backwards:
                yield "merge", "it is told twice of the same side of a merge or split"
            elif (first.day, first.sealed.get("at")) != (record.day, record.sealed.get("at")):
                yield "merge", "the two sides of a merge or split stand in two acts"

    def alone(self) -> Iterator[int]:
        """The events whose other side is missing."""
        return (first.seq for first, _side in self._open.values())

    def person(self, incident: str | None, who: str) -> str | None:
        """Who is behind a pseudonym, as far as that was told; in the log itself the pseudonym says it."""
        return who if incident is None else self._persons.get(incident, {}).get(who)

    def absorb(self, incident: str, other: Dossier | None) -> None:
        """Carry along everybody who took part in another incident, by their persons."""
        if other is None:
            return
        known = self._persons.get(other.incident, {})
        involved = Involvement(*(_renamed(known, people) for people in (other.entered, other.voted, other.settled)))
        before = self._carried.get(incident, NOBODY)
        self._carried[incident] = before.joined([involved, self._carried.get(other.incident, NOBODY)])

    def with_carried(self, dossier: Dossier) -> Dossier:
        """The dossier with what was carried along, under the names by which those people are known in it."""
        involved = self._carried.get(dossier.incident)
        if involved is None:
            return dossier
        known = {person: who for who, person in self._persons.get(dossier.incident, {}).items()}
        carried = Involvement(*(_renamed(known, part) for part in (involved.entered, involved.voted, involved.settled)))
        return replace(dossier, carried=carried, entered=dossier.entered | carried.entered)


def _renamed(known: dict[str, str], names: frozenset[str]) -> frozenset[str]:
    return frozenset(known[name] for name in names if name in known)
