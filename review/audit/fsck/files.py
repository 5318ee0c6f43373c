"""What stands beside the database: kept files under their SHA-256, the folder of the keys, the database's own file."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from review import clock
from review.config import DATABASE_FILE
from review.models import Capture, SubmissionFile
from review.models.data_snapshots import kept_files
from review.store import MissingObject, Store

YOUNG = timedelta(hours=1)  # an upload keeps its file before it commits


def files(session: Any, objects: Store) -> Iterator[str]:
    """Every kept file that is gone, or whose bytes are not those that its name promises, and every one too many."""
    known = set()
    # What was sent in and waits in quarantine is no evidence yet, and is kept in the same store.
    captured, sent = select(Capture.sha256, Capture.size), select(SubmissionFile.sha256, SubmissionFile.size)
    for sha256, size in session.execute(captured.union(sent, kept_files()).order_by("sha256")):
        known.add(sha256)
        digest, count = hashlib.sha256(), 0
        try:
            for block in objects.stream(sha256):
                digest.update(block)
                count += len(block)
        except MissingObject:
            yield f"The file {sha256} is recorded and not kept. Bring it back from a backup."
            continue
        if digest.hexdigest() != sha256 or count != size:
            yield f"The file {sha256} is not the one that was recorded. Bring it back from a backup."
    for sha256 in sorted(objects.names(clock.now() - YOUNG)):
        if sha256 not in known:
            yield f"The file {sha256} is kept and nothing refers to it. Look at it, and take it away if it is nobody's."


def home_files(folder: Path) -> Iterator[str]:
    """Every file of the desk's own folder that others on this machine may read."""
    keys, database = folder / "keys", folder / DATABASE_FILE
    for path in (keys, *(sorted(keys.iterdir()) if keys.is_dir() else ())):
        if path.exists() and _open_to_others(path):
            yield f"Others on this machine may read {path.relative_to(folder)}. Run chmod go= on it."
    if database.exists() and _open_to_others(folder) and _open_to_others(database):
        yield "Others on this machine may read the database. Run chmod go= on ASSAY_HOME."


def _open_to_others(path: Path) -> bool:
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
