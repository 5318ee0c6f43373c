"""Files and imported rows as the tables keep them, against what the trail sealed of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select

from review.audit.keys import Keys
from review.models import Capture, Disclosure, Event, ImportedRow, Incident
from review.models.dossiers import read_disclosure

FILES = ("source.captured", "source.derived")
BLOCK = 2_000


def captures(session: Any, keys: Keys | None) -> Iterator[str]:
    """Every kept file against the length and kind that the trail sealed of it."""
    statement = (
        select(Disclosure.digest, Disclosure.text, Disclosure.sealed)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.type.in_(FILES), Disclosure.name == "file")
        .order_by(Event.seq)
    )
    told: dict[str, list[tuple[int, str]]] = {}
    for digest, text, sealed in session.execute(statement):
        if sealed and keys is None:
            return
        try:
            _name, file = read_disclosure(keys.open_text(text, digest) if sealed and keys else text)
        except Exception:  # noqa: S112 (an altered disclosure is named where disclosures are read)
            continue
        if file:
            told.setdefault(file["sha256"], []).append((file["size"], file["media"]))
    kept = {row.sha256: (row.size, row.media) for row in session.execute(select(Capture.__table__))}
    for sha256 in sorted(kept.keys() | told.keys()):
        if sha256 not in told:
            yield f"The file {sha256} stands in its table and no event kept it."
        elif sha256 not in kept:
            yield f"The file {sha256} was kept by an event and is not in its table."
        elif kept[sha256] not in told[sha256]:
            yield f"The file {sha256} is described in its table otherwise than when it was kept."


def imported_rows(session: Any) -> Iterator[str]:
    """Every row that became an incident: the incident is an imported one, and the row is the one it sealed."""
    last = 0
    rows = select(ImportedRow.incident_id, ImportedRow.sha256, Incident.name).join(
        Incident, Incident.id == ImportedRow.incident_id
    )
    while block := session.execute(
        rows.where(ImportedRow.incident_id > last).order_by(ImportedRow.incident_id).limit(BLOCK)
    ).all():
        sealed = _sealed_rows(session, block[0][0], block[-1][0])
        last = block[-1][0]
        for incident_id, sha256, name in block:
            if incident_id not in sealed:
                yield f"{name}: a row of an imported file leads to it, and it was not imported."
            elif sealed[incident_id] is not None and sealed[incident_id] != sha256:
                yield f"{name}: the row that it was imported from is kept under another digest."


def _sealed_rows(session: Any, low: int, high: int) -> dict[int, str | None]:
    """Incident -> the digest of the row it sealed; None where that was redacted."""
    statement = (
        select(Event.incident_id, Disclosure.text)
        .outerjoin(Disclosure, (Disclosure.seq == Event.seq) & (Disclosure.name == "row"))
        .where(Event.type == "incident.imported", Event.incident_id.between(low, high), Event.iseq == 0)
    )
    found: dict[int, str | None] = {}
    for incident_id, text in session.connection().execute(statement).all():
        try:
            cells = read_disclosure(text)[1] if text is not None else None
        except ValueError:
            cells = None
        found[incident_id] = (
            hashlib.sha256(orjson.dumps(cells, option=orjson.OPT_SORT_KEYS)).hexdigest() if cells is not None else None
        )
    return found
