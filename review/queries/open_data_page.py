"""The page of the open data: the files, the dictionary, and the snapshots that stay citable."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from review.audit import recompute
from review.models import Determination, Event, Incident, session
from review.queries import open_data
from review.queries.data_snapshots import Snapshot, snapshots
from review.rules.open_data import COLUMNS, DETERMINATIONS, RECORD, RECORD_COLUMNS, Column

PROGRAM = Path(recompute.__file__)


@dataclass(frozen=True, slots=True)
class DataPage:
    """What can be taken away: files of today, files of a day, and what their columns mean."""

    schemas: tuple[tuple[str, tuple[Column, ...]], ...]
    files: tuple[tuple[str, str], ...]
    snapshots: tuple[Snapshot, ...]
    program_sha256: str
    updated: str | None


def data_page() -> DataPage:
    """The page, with the day of the latest published version."""
    public = Incident.grade.is_not(None), Incident.restricted.is_(False)
    of_one = select(Incident.id).where(Incident.id == Determination.incident_id, *public).exists()
    last = select(Determination.seq).where(of_one).order_by(Determination.seq.desc()).limit(1).scalar_subquery()
    return DataPage(
        schemas=((DETERMINATIONS, COLUMNS), (RECORD, RECORD_COLUMNS)),
        files=open_data.files(),
        snapshots=snapshots(),
        program_sha256=hashlib.sha256(PROGRAM.read_bytes()).hexdigest(),
        updated=session.scalar(select(Event.day).where(Event.seq == last)),
    )
