"""What the events of an incident name, judged again: each names something that is there, and says what it changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from review.rules.dossier import Dossier, Record
from review.rules.facts import Facts, changes_materially

Finding = tuple[str, str]  # the name of what does not hold, and a sentence

NO_CAUSE = "its cause is no event before it"
NO_CORRECTION = "it answers no event before it"


class Naming:
    """What was last said of the facts of each incident and of its sources, and whose event stands at which place."""

    def __init__(self) -> None:
        self._incidents: list[str | None] = []
        self._facts: dict[str, Facts | None] = {}  # None: they were removed since
        self._roles: dict[tuple[str, int], str | None] = {}
        self._origins: dict[str, set[Any]] = {}

    def take(self, incident: str | None) -> None:
        """Take note of whose event stands at the next place of the log."""
        self._incidents.append(incident)

    def meet(self, incident: str, record: Record) -> Iterator[Finding]:
        """What does not hold of what an event names or changes."""
        if record.type == "recheck.opened" and record.body["cause"] >= record.seq:
            yield "reference", NO_CAUSE
        elif record.type == "correction.published" and (record.body["of"] or 0) >= record.seq:
            yield "reference", NO_CORRECTION
        elif record.type == "detail.redacted":
            yield from self._redacted(incident, record.body["of"])
        elif record.type == "source.grouped":
            self._origins.setdefault(incident, set()).add(record.body["origin"])
        elif record.type in ("source.attached", "source.assessed"):
            yield from self._of_a_source(incident, record)
        elif record.type in ("incident.opened", "incident.imported", "incident.described"):
            yield from self._described(incident, record)

    def _of_a_source(self, incident: str, record: Record) -> Iterator[Finding]:
        """Evidence moves where a source is of a new origin, or its role is changed (DESIGN section 4, guard 4)."""
        role = record.sealed.get("role")
        place = (incident, record.body["source"])
        before, material = self._roles.get(place), record.body["material"]
        self._roles[place] = before if role is None and not material else role
        if not material and None not in (before, role) and before != role:
            yield "material", "it changes the role of a source and is called immaterial"
        if record.type == "source.attached" and self._of_a_new_origin(incident, record) and not material:
            yield "source", "it is of a new origin and called immaterial"

    def _of_a_new_origin(self, incident: str, record: Record) -> bool:
        """As far as it is told of every source before it; a note is of none that would count."""
        origin = record.sealed.get("origin", self)
        origin = record.body["source"] if origin is None else origin
        known = self._origins.setdefault(incident, set())
        told = type(origin) in (int, str)
        new = told and None not in known and origin not in known
        known.add(origin if told else None)
        return new and record.sealed.get("kind", "note") != "note"

    def _described(self, incident: str, record: Record) -> Iterator[Finding]:
        told = record.sealed.get("facts")
        facts = _unordered(Facts.from_dict(told)) if "facts" in record.sealed else None
        before, immaterial = self._facts.get(incident), record.body.get("material") is False
        self._facts[incident] = before if facts is None and immaterial else facts
        if immaterial and before and facts and changes_materially(before, facts):
            yield "material", "it changes what votes are about and is called immaterial"

    def _redacted(self, incident: str, of: int) -> Iterator[Finding]:
        if of >= len(self._incidents) or self._incidents[of] not in (None, incident):
            yield "redaction", "a detail that it covers is of another incident"


def cited(record: Record) -> Collection[int]:
    """The numbers of the sources that a vote says it rests on, as far as that is told."""
    told = record.sealed.get("sources")
    return [one for one in told if type(one) is int] if isinstance(told, list | tuple) else []


def lacking(before: Dossier, numbers: Collection[int]) -> bool:
    """Whether one of these is no source of the incident, attached or withdrawn since."""
    return any(before.source(number) is None for number in numbers)


def _unordered(facts: Facts) -> Facts:
    """Neither the parties nor the points of an incident have an order that would be material."""
    places = tuple(sorted((one for one in facts.places if one.point), key=lambda one: one.point or (0.0, 0.0)))
    parties = tuple(sorted(facts.parties, key=lambda one: (one.name, one.role, one.tracked)))
    return replace(facts, places=places, parties=parties)
