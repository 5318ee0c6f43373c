"""Dated snapshots of the open data: drawn from the public bundle under a daily checkpoint, so that a snapshot holds
what that bundle tells and nothing else, and anybody can make it anew. One is kept where something public changed.
"""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select, update

from review import clock, config
from review.actions import spooling
from review.actions.accounts import account_write, hold_files, later
from review.actions.submitting import discard_later
from review.audit import open_files, recompute
from review.models import Checkpoint, DataFile, DataSnapshot, session
from review.models.bundles import public_bundle
from review.models.data_snapshots import removed_since
from review.models.parties import names_in_force
from review.rules import record
from review.rules.facts import Range
from review.rules.open_data import Determined, Recorded, recorded
from review.rules.record import LEGACY, Counted
from review.store import objects

logger = logging.getLogger(__name__)

MAIN = "determinations.jsonl"


def follow(size: int) -> None:
    """A public bundle of the whole log is there: have the snapshot under its checkpoint made."""
    with account_write():
        later("make_data_snapshot", f"data:{size}", {"size": size})


def make(size: int) -> None:
    """Make the snapshot under this checkpoint, where its public bundle is still given and it differs from the last
    one; safe to run twice."""
    session.rollback()
    bundle = public_bundle(session)
    path = config.exports() / bundle.name if bundle and bundle.size == size else None
    known = session.get(DataSnapshot, size)
    session.rollback()
    if path is None or known is not None or not path.is_file():
        return
    with spooling.spool() as folder:
        written = _written(path, folder)
        digests = {name: _digest(folder / name) for name in written}
        if digests[MAIN] == _last():
            return
        _put(folder, digests)
        _keep(size, written[MAIN], digests, folder)


def _written(bundle: Path, folder: Path) -> dict[str, int]:
    """Every file in the folder, each with how many rows it has."""
    main = folder / MAIN
    with main.open("wb") as file:
        count = sum(1 for line in recompute.rows(str(bundle)) if file.write(line.encode()))
    found = {MAIN: count}
    for name, (_media, write) in open_files.OF_DETERMINATIONS.items():
        if name != MAIN:
            found[name] = _fill(folder / name, write(_read(main)), count)
    for name, (_media, write) in open_files.OF_RECORD.items():
        rows = list(_record(main))
        found[name] = _fill(folder / name, write(rows), len(rows))
    for name, whole in open_files.FIXED.items():
        found[name] = _fill(folder / name, iter((whole(),)), 0)
    return found


def _fill(path: Path, pieces: Iterator[bytes], count: int) -> int:
    with path.open("wb") as file:
        file.writelines(pieces)
    return count


def _read(path: Path) -> Iterator[Determined]:
    with path.open("rb") as file:
        for line in file:
            yield open_files.read(line)


def _record(path: Path) -> Iterator[Recorded]:
    """The record by month of what stood then, under the names of parties in force now."""
    names = names_in_force(session)
    written: dict[str, Counter[str]] = {}

    def counted() -> Iterator[Counted]:
        for row in _read(path):
            if row.standing and row.exit is None:
                named = list(zip(row.parties, row.party_roles, strict=True))
                for key, name in names.spelt(named):
                    written.setdefault(key, Counter())[name] += 1
                killed = Range(row.killed_min, row.killed_max)
                yield Counted(record.month_of(row.date), names.named(named), row.grade, row.kind == LEGACY, killed)

    cells = record.counted(counted())
    session.rollback()
    return recorded(cells, {key: names.shown(key, spellings) for key, spellings in written.items()})


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _last() -> str | None:
    """The digest of the latest snapshot that is still given."""
    statement = (
        select(DataFile.sha256)
        .join(DataSnapshot, DataSnapshot.size == DataFile.size)
        .where(DataFile.name == MAIN, DataSnapshot.gone_on.is_(None))
        .order_by(DataSnapshot.size.desc())
        .limit(1)
    )
    found = session.scalar(statement)
    session.rollback()
    return found


def _put(folder: Path, digests: dict[str, str]) -> None:
    """Keep those of the files that the store lacks."""
    for name, digest in digests.items():
        if not objects().exists(digest):
            with (folder / name).open("rb") as file:
                objects().put_once(file)


def _keep(size: int, versions: int, digests: dict[str, str], folder: Path) -> None:
    published = session.scalar(select(Checkpoint.published_at).where(Checkpoint.size == size))
    assert published is not None
    session.rollback()
    octets = {name: (folder / name).stat().st_size for name in digests}
    with account_write():
        hold_files()
        _put(folder, digests)  # some may have been let go of since, with an earlier snapshot
        session.add(DataSnapshot(size=size, day=clock.day(published), versions=versions))
        session.flush()
        session.add_all(
            DataFile(size=size, name=name, sha256=digests[name], octets=octets[name]) for name in digests
        )


# --- what may be given no more -------------------------------------------------------------------------------


def forget_removed() -> None:
    """Let go of the files of every snapshot that holds words which were removed for good since: a notice stays."""
    session.rollback()
    held = session.scalars(select(DataSnapshot.size).where(DataSnapshot.gone_on.is_(None))).all()
    gone = {size: found for size in held if (found := removed_since(session, size)) is not None}
    session.rollback()
    for size, (day, incident) in gone.items():
        _forget(size, day, incident)


def _forget(size: int, day: str, incident: str) -> None:
    with account_write():
        marked = update(DataSnapshot).where(DataSnapshot.size == size).values(gone_on=day, gone_of=incident)
        session.execute(marked)
        names = session.scalars(select(DataFile.sha256).where(DataFile.size == size)).all()
        discard_later(names)
