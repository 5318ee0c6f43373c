"""The dated snapshots of the open data, for everybody: what each holds, under which checkpoint, and which are gone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from review.models import DataFile, DataSnapshot, session
from review.models.data_snapshots import removed_since, restricted_since
from review.queries.logs import Logs
from review.rules.errors import NotFound
from review.store import objects


@dataclass(frozen=True, slots=True)
class Held:
    """One file of a snapshot."""

    name: str
    sha256: str
    octets: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One snapshot: its checkpoint, by the number of this desk's entries and by that of its log, and its files.

    `given` is False while it is not handed out; `removed` then says on which day words in it were removed, and
    `of` of which incident. Where it is not given for another reason, the page says no more.
    """

    size: int
    entries: int
    log: str
    day: str
    versions: int
    files: tuple[Held, ...]
    given: bool
    removed: str | None
    of: str | None


ROWS = 50


def snapshots() -> tuple[Snapshot, ...]:
    """The latest snapshots, the newest first."""
    rows = session.scalars(select(DataSnapshot).order_by(DataSnapshot.size.desc()).limit(ROWS)).all()
    logs = Logs()
    return tuple(_snapshot(row, logs) for row in rows)


def snapshot(size: int) -> Snapshot:
    """One snapshot, given or gone; NotFound where there never was one under that checkpoint."""
    row = session.get(DataSnapshot, size)
    if row is None:
        raise NotFound("snapshot")
    return _snapshot(row, Logs())


def _snapshot(row: DataSnapshot, logs: Logs) -> Snapshot:
    removed = (row.gone_on, row.gone_of) if row.gone_on else removed_since(session, row.size)
    hidden = restricted_since(session, row.size)
    shown = removed if removed and not hidden else (None, None)
    return Snapshot(
        size=row.size,
        entries=logs.entries(row.size),
        log=logs.name(row.size - 1),
        day=row.day,
        versions=row.versions,
        files=_files(row.size),
        given=removed is None and not hidden,
        removed=shown[0],
        of=shown[1],
    )


def _files(size: int) -> tuple[Held, ...]:
    rows = session.scalars(select(DataFile).where(DataFile.size == size).order_by(DataFile.name))
    return tuple(Held(row.name, row.sha256, row.octets) for row in rows)


def file_of(size: int, name: str) -> tuple[Held, Iterator[bytes]]:
    """A file of a snapshot with its bytes; NotFound while it is not given."""
    found = snapshot(size)
    held = next((one for one in found.files if one.name == name), None)
    if held is None or not found.given:
        raise NotFound("snapshot")
    return held, objects().stream(held.sha256)
