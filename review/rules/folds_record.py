"""How the record folds: facts, claims, positions, sources, conflicts; one function an event type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review.rules.dossier import Claim, Determination, Position, Record, Source
from review.rules.facts import Casualties, Facts

if TYPE_CHECKING:
    from review.rules.history import History


def opened(history: History, record: Record) -> None:
    history.fields["stream"] = record.body.get("stream", "")
    history.fields["imported"] = record.type == "incident.imported"
    if not history.fields["imported"]:
        history.entered.add(record.actor)
    facts(history, record)


def described(history: History, record: Record) -> None:
    if record.body["material"]:
        history.entered.add(record.actor)
    facts(history, record)


def facts(history: History, record: Record) -> None:
    if record.sealed.get("facts") is not None:
        history.fields["facts"] = Facts.from_dict(record.sealed["facts"])
    history.fields["exact"] = record.sealed.get("exact")


def grade_imported(history: History, record: Record) -> None:
    body = record.body
    codebook, casualties = history.codebooks.get(body["codebook"], ""), Casualties.from_dict(body["range"])
    history.determinations.append(
        Determination(0, record.seq, record.day, body["grade"], casualties, codebook, "legacy")
    )


def restricted(history: History, record: Record) -> None:
    history.fields["restricted"] = record.body["on"]


def claim_grouped(history: History, record: Record) -> None:
    history.claims[record.body["claim"]] = Claim(record.body["claim"], grouped=True)


def claim_ungrouped(history: History, record: Record) -> None:
    history.claims[record.body["claim"]] = Claim(record.body["claim"], grouped=False)


def position(history: History, record: Record) -> None:
    sealed = record.sealed
    history.positions.append(
        Position(
            record.seq,
            sealed.get("party") or "",
            sealed.get("position") or "",
            record.body["source"],
            Casualties.from_dict(sealed.get("conceded")),
        )
    )


def attached(history: History, record: Record) -> None:
    sealed, number = record.sealed, record.body["source"]
    history.sources[number] = Source(
        number=number,
        seq=record.seq,
        by=record.actor,
        link=sealed.get("link"),
        url=sealed.get("url"),
        title=sealed.get("title"),
        publisher=sealed.get("publisher"),
        kind=sealed.get("kind"),
        language=sealed.get("language"),
        published=sealed.get("published"),
        role=sealed.get("role"),
        origin=sealed.get("origin") or number,
        note=sealed.get("note"),
        publishable=bool(sealed.get("publishable")),
        material=record.body["material"],
    )


def captured(history: History, record: Record) -> None:
    amend(history, record, file=record.sealed.get("file"), archive=record.sealed.get("archive"))


def assessed(history: History, record: Record) -> None:
    sealed = record.sealed
    amend(
        history,
        record,
        role=sealed.get("role"),
        publishable=bool(sealed.get("publishable")),
        credibility=sealed.get("credibility"),
        coherence=sealed.get("coherence"),
        note=sealed.get("note"),
    )


def amend(history: History, record: Record, **changes: Any) -> None:
    number = record.body["source"]
    history.sources[number] = replace(history.sources[number], **changes)


def sources_grouped(history: History, record: Record) -> None:
    for number in record.body["sources"]:
        history.sources[number] = replace(history.sources[number], origin=record.body["origin"])


def source_withdrawn(history: History, record: Record) -> None:
    amend(history, record, withdrawn=True)


def conflict_declared(history: History, record: Record) -> None:
    history.conflicts.add(record.actor)


def conflict_lifted(history: History, record: Record) -> None:
    history.conflicts.discard(record.actor)


FOLDS: Mapping[str, Callable[[History, Record], None]] = {
    "incident.opened": opened,
    "incident.imported": opened,
    "incident.described": described,
    "incident.restricted": restricted,
    "grade.imported": grade_imported,
    "claim.grouped": claim_grouped,
    "claim.ungrouped": claim_ungrouped,
    "position.recorded": position,
    "source.attached": attached,
    "source.captured": captured,
    "source.assessed": assessed,
    "source.grouped": sources_grouped,
    "source.withdrawn": source_withdrawn,
    "conflict.declared": conflict_declared,
    "conflict.lifted": conflict_lifted,
}
