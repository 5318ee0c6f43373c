"""Files and imported rows as the tables keep them, against what the trail sealed of them."""

from __future__ import annotations

import hashlib
from binascii import a2b_base64
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select

from review.audit.keys import Keys
from review.models import Capture, Disclosure, Event, ImportedRow, Incident
from review.models.dossiers import read_disclosure

FILES = ("source.captured", "source.derived")
BLOCK = 2_000
BEFORE_CELLS = len(f'["{"":43}","row",')  # of the disclosure of an imported row: its salt and name
_STANDARD = bytes.maketrans(b"-_", b"+/")


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
    statement = rows.order_by(ImportedRow.incident_id).limit(BLOCK)
    while block := session.connection().execute(statement.where(ImportedRow.incident_id > last)).all():
        sealed = _sealed_rows(session, block[0][0], block[-1][0])
        last = block[-1][0]
        for incident_id, sha256, name in block:
            if incident_id not in sealed:
                yield f"{name}: a row of an imported file leads to it, and it was not imported."
            elif not _is(sealed[incident_id], sha256):
                yield f"{name}: the row that it was imported from is kept under another digest."


def _sealed_rows(session: Any, low: int, high: int) -> dict[int, str | None]:
    """Incident -> the disclosure of the row that it was imported from; None where that is gone."""
    statement = (
        select(Event.incident_id, Event.type, Disclosure.text)
        .outerjoin(Disclosure, (Disclosure.seq == Event.seq) & (Disclosure.name == "row"))
        .where(Event.incident_id.between(low, high), Event.iseq == 0)
    )
    # Asked for its type, SQLite would go through every import of the log for each of these blocks.
    rows = session.connection().execute(statement).all()
    return {incident_id: text for incident_id, type_, text in rows if type_ == "incident.imported"}


def _is(sealed: str | None, sha256: str) -> bool:
    """Whether a digest is that of the row that was sealed, as far as it was not redacted."""
    if sealed is None:
        return True
    try:
        raw = a2b_base64(sealed.encode().translate(_STANDARD) + b"==")
        # Its cells stand there as they were hashed, and need not be read.
        if hashlib.sha256(raw[BEFORE_CELLS:-1]).hexdigest() == sha256:
            return True
        cells = orjson.loads(raw)[2]
    except (ValueError, LookupError, TypeError):
        return True  # an altered disclosure is named where disclosures are read
    if cells is None:
        return True
    return hashlib.sha256(orjson.dumps(cells, option=orjson.OPT_SORT_KEYS)).hexdigest() == sha256
