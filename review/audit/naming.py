"""What the events of an incident name, judged again: each names something of its own incident that bears it out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from review.rules.dossier import Dossier, Record
from review.rules.facts import Casualties, Facts, changes_materially

Finding = tuple[str, str]  # the name of what does not hold, and a sentence

RECEIVED = "correction.received"
# What shakes a version that is published: the system has it checked again in the same act.
SHAKING = ("incident.absorbed", "source.withdrawn", "vote.excluded")
NO_CAUSE = "its cause is nothing that has a version checked again, or has its outcome already"
NO_CORRECTION = "it answers no correction that was received, or one that has its outcome already"
WITHDRAWN = "the source was withdrawn"
NO_ORIGIN = "the origin that it names is no source of the incident"


class Naming:
    """What may have a version of each incident checked again, and whose event stands at which place."""

    def __init__(self) -> None:
        self._causes: dict[str, dict[int, str]] = {}
        self._incidents: list[str | None] = []
        self._facts: dict[str, Facts | None] = {}  # None: they were removed since

    def take(self, incident: str | None) -> None:
        """Take note of whose event stands at the next place of the log."""
        self._incidents.append(incident)

    def meet(self, incident: str, record: Record, before: Dossier) -> Iterator[Finding]:
        """What does not hold of what an event names, given its incident as it stood just before it."""
        causes = self._causes.setdefault(incident, {})
        if record.type in (RECEIVED, *SHAKING):
            causes[record.seq] = record.type
        if record.type == "recheck.opened":
            yield from _caused(record, before, causes)
        elif record.type == "correction.published" and record.body["of"] is not None:
            yield from _answered(record.body["of"], causes, (RECEIVED,), NO_CORRECTION)
        elif record.type == "detail.redacted":
            yield from self._redacted(incident, record.body["of"])
        elif record.type == "grade.imported" and not Casualties.from_dict(record.body["range"]).consistent:
            yield "range", "its range is upside down"
        elif record.type.startswith(("source.", "position.")):
            yield from _of_sources(record, before)
        elif record.type in ("incident.opened", "incident.imported", "incident.described"):
            yield from self._described(incident, record)

    def _described(self, incident: str, record: Record) -> Iterator[Finding]:
        told = record.sealed.get("facts")
        facts = Facts.from_dict(told) if "facts" in record.sealed else None
        before, self._facts[incident] = self._facts.get(incident), facts
        if record.body.get("material") is False and before and facts and changes_materially(before, facts):
            yield "material", "it changes what votes are about and is called immaterial"

    def _redacted(self, incident: str, of: int) -> Iterator[Finding]:
        if of >= len(self._incidents) or self._incidents[of] != incident:
            yield "redaction", "a detail that it covers is of another incident"


def cited(record: Record) -> Collection[Any]:
    """What a vote says that it rests on, as far as that is told."""
    told = record.sealed.get("sources", ())
    return told if isinstance(told, list | tuple) else [told]


def _caused(record: Record, before: Dossier, causes: dict[int, str]) -> Iterator[Finding]:
    """The version itself, a correction, or what shook it; the system follows what shook it, in its act."""
    cause, standing = record.body["cause"], before.determination
    if record.role == "system":
        if cause != record.seq - 1 or causes.get(cause) not in SHAKING:
            yield "reference", NO_CAUSE
    elif standing is None or cause != standing.seq:
        yield from _answered(cause, causes, (RECEIVED, *SHAKING), NO_CAUSE)


def _answered(named: int, causes: dict[int, str], wanted: Collection[str], sentence: str) -> Iterator[Finding]:
    """A correction has one outcome."""
    if causes.get(named) not in wanted:
        yield "reference", sentence
    elif causes[named] == RECEIVED:
        del causes[named]


def _of_sources(record: Record, before: Dossier) -> Iterator[Finding]:
    gone = {source.number for source in before.sources if source.withdrawn}
    if record.type == "source.attached" and not _is_origin(record.sealed, record.body["source"]):
        yield "reference", NO_ORIGIN
    if not gone.isdisjoint(_judged(record)):
        yield "source" if record.type == "source.withdrawn" else "reference", WITHDRAWN


def _is_origin(sealed: Mapping[str, Any], number: int) -> bool:
    origin = sealed.get("origin")
    return origin is None or (type(origin) is int and 0 < origin <= number)


def _judged(record: Record) -> Collection[int]:
    """The sources of which an event makes something."""
    if record.type == "source.grouped":
        return list(record.body["sources"])
    judging = ("position.recorded", "source.assessed", "source.withdrawn")
    return [record.body["source"]] if record.type in judging else []
