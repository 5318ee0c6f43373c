"""The last published checkpoint, remembered outside the database: a database that lacks it was rolled back.

The file `published` of the home holds the signed checkpoint as it left the building. It is written before the
transaction that publishes is committed, so it never knows less than a stranger. Where it is, nothing is written to a
database that does not continue it; reading goes on (AUDIT-FORMAT section 5).
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from review.audit import note
from review.audit.tree import Edge
from review.models import Checkpoint, Event, LogHead
from review.rules import rollbacks
from review.rules.errors import ReadOnly
from review.rules.rollbacks import UNREADABLE, Head, Rollback

FILE = "published"

Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Remembered:
    """The file as it was read: how it is told from a later one, and the checkpoint in it, if it is one."""

    mark: Mark
    head: Head | None


_READ: dict[Path, Remembered] = {}
_CONTINUED: dict[Path, Mark] = {}  # the one that each home's database is known to continue


def remember(home: Path, text: str) -> None:
    """Keep a checkpoint as the last published one: whole or not at all, and on the disk before anybody sees it."""
    path = home / FILE
    draft = home / f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def last_published(home: Path) -> Remembered | None:
    """What this home remembers, read again only when the file is another; None where nothing was published yet."""
    try:
        found = os.stat(home / FILE)
    except FileNotFoundError:
        return None
    mark = (found.st_mtime_ns, found.st_ino, found.st_size)
    known = _READ.get(home)
    if known is None or known.mark != mark:
        known = _READ[home] = Remembered(mark, _head(home / FILE))
    return known


def _head(path: Path) -> Head | None:
    try:
        told = note.parse_checkpoint(path.read_text("utf-8"))
    except (note.NoteError, UnicodeDecodeError):
        return None
    return Head(told.origin, told.size, told.root)


def must_continue(session: Any, home: Path, size: int) -> None:
    """Refuse to append to a database of `size` entries that does not continue what was published."""
    last = last_published(home)
    if last is None:
        return
    if last.head and size >= last.head.size and _CONTINUED.get(home) == last.mark:
        return
    found = rollback(session, home)
    if found is not None:
        raise ReadOnly(found.key, **found.values)


def put_aside(home: Path, number: int) -> None:
    """What was published of a log that goes on under another name stays beside, as a file of its own."""
    path = home / FILE
    if path.exists():
        path.replace(home / f"{FILE}.{number}")


def is_known_to_continue(home: Path) -> bool:
    """Whether this process found nothing missing when it last looked, without asking the database."""
    last = last_published(home)
    return last is None or _CONTINUED.get(home) == last.mark


def rollback(session: Any, home: Path) -> Rollback | None:
    """What the database lacks of what was published, looked at now; None where it continues it."""
    last = last_published(home)
    if last is None:
        return None
    found = _judged(session, home, last)
    if found is None:
        _CONTINUED[home] = last.mark
    else:
        _CONTINUED.pop(home, None)
    return found


def _judged(session: Any, home: Path, last: Remembered) -> Rollback | None:
    if last.head is None:
        return Rollback(UNREADABLE, {})
    row = session.execute(select(LogHead.__table__).where(LogHead.id == 1)).one_or_none()
    if row is None:
        return rollbacks.behind(None, last.head)
    held = Head(row.origin, row.size - row.base, day=row.day)
    found = rollbacks.behind(held, last.head)
    if found is not None or _CONTINUED.get(home) == last.mark:
        return found
    try:
        root_then = _root_at(session, row, last.head.size)
    except ValueError:  # neither a checkpoint of that size nor the edge of an earlier one can be read
        root_then = None
    return rollbacks.differs(held, root_then, last.head)


def _root_at(session: Any, row: Any, size: int) -> bytes:
    """The root over the first `size` leaves, from the nearest place whose root is known."""
    kept = session.scalar(select(Checkpoint.text).where(Checkpoint.size == row.base + size))
    if kept is not None:
        return note.parse_checkpoint(kept).root
    signed = row.signed_size - row.base
    edge = Edge.from_list(signed, row.signed_edge) if signed <= size else Edge()
    places = Event.seq >= row.base + edge.size, Event.seq < row.base + size
    leaves = select(Event.leaf).where(*places).order_by(Event.seq)
    for leaf in session.scalars(leaves):
        edge.append(bytes(leaf))
    return edge.root()
