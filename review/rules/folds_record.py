"""How the record folds: facts, claims, positions, sources, conflicts; one function an event type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from review.rules.dossier import NO_FACTS, Claim, Determination, Position, Record, Source
from review.rules.facts import Casualties, Facts
from review.rules.passages import STAYED, Absorbed, Passage
from review.rules.provenance import Credibility, Kind

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
    """Whole after each change: facts that were removed leave a blank, never what stood before them."""
    history.fields["facts"] = Facts.from_dict(record.sealed.get("facts"))
    history.fields["exact"] = record.sealed.get("exact")


def grade_imported(history: History, record: Record) -> None:
    body = record.body
    codebook, casualties = history.codebooks.get(body["codebook"], ""), Casualties.from_dict(body["range"])
    told = history.fields.get("facts", NO_FACTS)
    history.determinations.append(
        Determination(0, record.seq, record.day, body["grade"], casualties, codebook, "legacy", facts=told)
    )


def restricted(history: History, record: Record) -> None:
    history.fields["restricted"] = record.body["on"]
    history.fields["admitted"] = frozenset(record.sealed.get("people") or ()) if record.body["on"] else frozenset()


def passage(history: History) -> Passage:
    found: Passage = history.fields.get("passage", STAYED)
    return found


def left(history: History, record: Record, **where: Any) -> None:
    history.fields["passage"] = replace(
        passage(history), reason=record.sealed.get("reason"), day=record.day, **where
    )


def merged(history: History, record: Record) -> None:
    left(history, record, into=record.body["other"][0])


def absorbed(history: History, record: Record) -> None:
    others = tuple(Absorbed(record.seq, other) for other in record.body["other"])
    history.fields["passage"] = replace(passage(history), absorbed=(*passage(history).absorbed, *others))


def split(history: History, record: Record) -> None:
    """The same event ends the old chain and begins each new one, whose stream is that of the old."""
    if record.iseq:
        left(history, record, parts=tuple(record.body["other"]))
        return
    history.entered.add(record.actor)
    history.fields["passage"] = replace(passage(history), split_from=record.body["other"][0])


def restored(history: History, _record: Record) -> None:
    history.fields["passage"] = replace(passage(history), into=None, parts=(), reason=None, day=None)


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
            sealed.get("reason"),
            record.day,
        )
    )


def attached(history: History, record: Record) -> None:
    sealed, number = record.sealed, record.body["source"]
    kind = Kind.opened(sealed.get("kind"))
    history.sources[number] = Source(
        number=number,
        seq=record.seq,
        by=record.actor,
        link=sealed.get("link"),
        url=sealed.get("url"),
        title=sealed.get("title"),
        publisher=sealed.get("publisher"),
        kind=kind.type,
        language=sealed.get("language"),
        published=sealed.get("published"),
        role=sealed.get("role"),
        origin=sealed.get("origin") or number,
        note=sealed.get("note"),
        publishable=bool(sealed.get("publishable")),
        material=record.body["material"],
        platform=kind.platform,
        affiliated=kind.affiliated,
    )


def captured(history: History, record: Record) -> None:
    """Our own copy, an archive's, or both; the one does not take the other away."""
    sealed = record.sealed
    if sealed.get("file"):
        amend(history, record, file=sealed["file"])
    if sealed.get("archive"):
        amend(history, record, archive=sealed["archive"], checked=sealed.get("checked"))


def assessed(history: History, record: Record) -> None:
    sealed = record.sealed
    credence = Credibility.opened(sealed.get("credibility"))
    amend(
        history,
        record,
        role=sealed.get("role"),
        publishable=bool(sealed.get("publishable")),
        credibility=credence.code,
        coherence=sealed.get("coherence"),
        note=sealed.get("note"),
        credibility_note=credence.note,
        affiliated=credence.affiliated,
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
    "incident.merged": merged,
    "incident.absorbed": absorbed,
    "incident.split": split,
    "incident.dismissed": left,
    "incident.withdrawn": left,
    "incident.restored": restored,
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
