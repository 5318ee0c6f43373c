"""The published checkpoints, and proofs under them: for everybody, and only what was published."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import quote

from sqlalchemy import select

from review.audit import checkpoint_files, tree
from review.audit.note import consistency_text, parse_checkpoint
from review.audit.subtrees import StoredTree
from review.audit.witnesses import line_names, with_lines
from review.models import Checkpoint, Cosignature, Event, Timestamp, session
from review.queries.logs import Logs
from review.rules.errors import NotFound, ReadOnly
from review.rules.rollbacks import ANOTHER_HISTORY

ROWS = 50
LATEST = 24  # a day of a busy desk
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """Who stands for a checkpoint besides us, and when they said that it was."""

    name: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Published:
    """One published checkpoint: its file, and who cosigned and who timestamped it.

    `size` is counted from this desk's first entry, and so are the addresses; `entries` are those of its log.
    """

    size: int
    entries: int
    root: str
    text: str
    published_at: datetime
    cosigned: tuple[Said, ...]
    stamped: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class CheckpointsPage:
    """Checkpoints, the latest first; `older` is the first of the next page.

    `before` says of each what it is proven to continue: the one before it in the same log, by size and entries.
    """

    rows: tuple[Published, ...]
    first: bool
    older: int | None
    before: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Feed:
    """The latest checkpoints for a feed reader; `tag` never changes while the log keeps its name."""

    origin: str
    tag: str
    updated: datetime
    entries: tuple[Published, ...]


def latest() -> Published | None:
    """The last checkpoint that was published."""
    return next(iter(_published(1)), None)


def one(size: int | None = None) -> str:
    """The file of the checkpoint of this size, of the latest where none is named; NotFound where none was published."""
    wanted = checkpoint_files.latest_size(session) if size is None else size
    file = None if wanted is None else checkpoint_files.text(session, wanted)
    if file is None:
        raise NotFound("not-published")
    return file


def page(before: int | None = None) -> CheckpointsPage:
    """One page of the list."""
    rows = _published(ROWS + 1, before)
    shown = rows[:ROWS]
    older = rows[ROWS].size if len(rows) > ROWS else None
    return CheckpointsPage(shown, before is None, older, _continued(rows))


def _continued(rows: Sequence[Published]) -> dict[int, tuple[int, int]]:
    """Where the log went on under another name no proof leads from one to the next: the joint is in the bundle."""
    return {
        row.size: (earlier.size, earlier.entries)
        for row, earlier in pairwise(rows)
        if earlier.size > row.size - row.entries
    }


def feed() -> Feed:
    """What a feed reader is told; NotFound while nothing was published."""
    entries = _published(LATEST)
    if not entries:
        raise NotFound("not-published")
    origin = parse_checkpoint(entries[0].text).origin
    begin = entries[0].size - entries[0].entries
    opened = session.scalar(select(Event.day).where(Event.seq == begin)) or "1970-01-01"
    return Feed(origin, _tag(origin, opened), entries[0].published_at, entries)


def _tag(origin: str, opened: str) -> str:
    """The log's tag URI (RFC 4151): its name is an address of nobody else's since the day that it was opened."""
    host, _, rest = origin.partition("/")
    if not HOST.fullmatch(host):
        host, rest = "assay.invalid", origin
    return f"tag:{host.lower()},{opened}:{quote(rest, safe='')}"


def _published(most: int, before: int | None = None) -> tuple[Published, ...]:
    statement = select(Checkpoint.size, Checkpoint.text, Checkpoint.published_at).order_by(Checkpoint.size.desc())
    if before is not None:
        statement = statement.where(Checkpoint.size < before)
    rows = session.execute(statement.limit(most)).all()
    sizes = [row.size for row in rows]
    lines, stamps, logs = _lines(sizes), _stamps(sizes), Logs()
    return tuple(
        Published(
            size=row.size,
            entries=logs.entries(row.size),
            root=row.text.split("\n")[2],
            text=with_lines(row.text, lines[row.size]),
            published_at=row.published_at,
            cosigned=tuple(Said(name, at) for name, at in sorted(line_names(lines[row.size]).items())),
            stamped=tuple(stamps[row.size]),
        )
        for row in rows
    )


def _lines(sizes: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for size, line in session.execute(
        select(Cosignature.size, Cosignature.line).where(Cosignature.size.in_(sizes))
    ):
        found[size].append(line)
    return found


def _stamps(sizes: Iterable[int]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    statement = select(Timestamp.size, Timestamp.authority, Timestamp.stamped_at).order_by(Timestamp.stamped_at)
    for size, authority, at in session.execute(statement.where(Timestamp.size.in_(list(sizes)))):
        found[size].append(Said(authority, at))
    return found


def consistency(old: int, new: int) -> str:
    """The proof that one published checkpoint continues another; NotFound unless both were published, in this order."""
    if old > new:
        raise NotFound("not-published")
    earlier, later = one(old), one(new)
    base = Logs().before(new)
    if old <= base:
        raise NotFound("not-published")  # of an earlier log: no proof leads over a joint
    path = StoredTree(session, new - base, base).consistency_path(old - base)
    roots = parse_checkpoint(earlier).root, parse_checkpoint(later).root
    if not tree.check_consistency(old - base, new - base, *roots, path):
        raise ReadOnly(ANOTHER_HISTORY, held=new, published=new)
    return consistency_text(old - base, path, later)
