"""What has moved an incident since a page of it was opened, one sentence a step."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from review.audit import canonical
from review.models import Event, Look, session
from review.rules.dossier import Mark
from review.rules.words import N_

SENTENCES: Mapping[str, str] = {
    "incident.described": N_("The facts were described anew."),
    "claim.grouped": N_("A claim was grouped into this incident."),
    "claim.ungrouped": N_("A claim was taken out of this incident."),
    "position.recorded": N_("The official position of a party was recorded."),
    "source.attached": N_("Source S%(source)s was attached."),
    "source.assessed": N_("Source S%(source)s was assessed anew."),
    "source.grouped": N_("Sources were grouped by origin anew."),
    "source.withdrawn": N_("Source S%(source)s was withdrawn."),
    "round.closed": N_("Round %(round)s was closed."),
    "vote.revealed": N_("A vote was revealed."),
    "vote.excluded": N_("A vote was excluded."),
    "settlement.closed": N_("The disagreement was settled."),
    "dissent.recorded": N_("A dissent was written."),
    "round.opened": N_("Round %(round)s was opened."),
    "grade.proposed": N_("A result was proposed."),
    "grade.returned": N_("The result was returned."),
    "grade.overridden": N_("Another grade was asked for."),
    "override.seconded": N_("Another grade was seconded."),
    "proposal.voided": N_("The proposal fell, because what it rests on moved."),
    "settlement.opened": N_("A disagreement was opened."),
    "settler.appointed": N_("A settler was named."),
    "reviewer.assigned": N_("A reviewer was asked."),
    "vote.committed": N_("A vote was cast, sealed until the close."),
    "settlement.argued": N_("An argument was written."),
    "source.captured": N_("A copy of a source was kept."),
}
OTHER = N_("The record of this incident went on.")
PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True, slots=True)
class Change:
    """One step since, as a sentence with its values."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)


def from_marks(marks: Iterable[Mark]) -> tuple[Change, ...]:
    """The steps of the evidence that a refusal names."""
    return tuple(_change(mark.type, {"source": mark.source}) for mark in marks)


def of_dossier(incident_id: int, name: str, seen: str) -> tuple[Change, ...]:
    """The steps after the dossier whose digest a page carried; empty where `seen` never was one of this incident's."""
    rows = session.execute(
        select(Event.type, Event.line, Event.leaf)
        .where(Event.incident_id == incident_id, Event.judged.is_not(None))
        .order_by(Event.iseq)
    ).all()
    digest = hashlib.sha256(name.encode()).digest()
    steps = []
    found = canonical.b64(digest) == seen
    for type_, line, leaf in rows:
        if found:
            steps.append(_change(type_, orjson.loads(line)["body"]))
        digest = hashlib.sha256(digest + bytes(leaf)).digest()
        found = found or canonical.b64(digest) == seen
    return tuple(steps)


def looked_before(person: int | None, incident_id: int, seen: str) -> tuple[str, datetime] | None:
    """The dossier that somebody's page of this incident showed last, before the one that stands now, and when."""
    row = session.get(Look, (person, incident_id)) if person is not None else None
    if row is None:
        return None
    if row.seen != seen:
        return row.seen, row.at
    return (row.before, row.before_at) if row.before and row.before_at else (row.seen, row.at)


def once_each(changes: Iterable[Change]) -> tuple[tuple[Change, int], ...]:
    """The steps, each once with how often it happened, in the order in which they came first.

    Two are the same where they say the same words of the same source or round.
    """
    found: dict[tuple[str, ...], tuple[Change, int]] = {}
    for change in changes:
        named = (str(change.values.get(name)) for name in PLACE.findall(change.sentence))
        key = (change.sentence, *named)
        found[key] = change, found.get(key, (change, 0))[1] + 1
    return tuple(found.values())


def _change(type_: str, body: Mapping[str, Any]) -> Change:
    return Change(SENTENCES.get(type_, OTHER), body)
