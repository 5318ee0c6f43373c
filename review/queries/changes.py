"""What has moved an incident since a page of it was opened, one sentence a step."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from review.audit import canonical
from review.models import Event, session
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
}
OTHER = N_("The record of this incident went on.")


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


def _change(type_: str, body: Mapping[str, Any]) -> Change:
    return Change(SENTENCES.get(type_, OTHER), body)
