"""The files of published checkpoints: the note as the log signed it with the witnesses' lines, and its timestamps."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import func, select

from review.audit.witnesses import with_lines
from review.models import Checkpoint, Cosignature, Event, Timestamp


def text(session: Any, size: int) -> str | None:
    """The file of the checkpoint of this size as it stands now, or None where none was published."""
    signed = session.scalar(select(Checkpoint.text).where(Checkpoint.size == size))
    if signed is None:
        return None
    return with_lines(signed, session.scalars(select(Cosignature.line).where(Cosignature.size == size)))


def begins(session: Any, origin: str) -> int:
    """Where the log of this name begins among the leaves of this desk; 0 for one that it never had."""
    opened = select(Event.seq, Event.line).where(Event.type == "log.opened").order_by(Event.seq)
    return next((seq for seq, line in session.execute(opened) if orjson.loads(line)["log"] == origin), 0)


def texts(session: Any) -> Sequence[tuple[int, str]]:
    """Every published checkpoint's file, by size."""
    lines: dict[int, list[str]] = defaultdict(list)
    for size, line in session.execute(select(Cosignature.size, Cosignature.line)):
        lines[size].append(line)
    rows = session.execute(select(Checkpoint.size, Checkpoint.text).order_by(Checkpoint.size))
    return [(size, with_lines(signed, lines.get(size, ()))) for size, signed in rows]


def latest_size(session: Any, most: int | None = None) -> int | None:
    """The size of the last checkpoint that was published, or of the last one over no more than so many."""
    statement = select(func.max(Checkpoint.size))
    size: int | None = session.scalar(statement if most is None else statement.where(Checkpoint.size <= most))
    return size


def digest(file: str) -> str:
    """The SHA-256 of a checkpoint's file, in hex: what an authority stamps."""
    return hashlib.sha256(file.encode()).hexdigest()


def replies(session: Any) -> dict[int, bytes]:
    """Size -> the authority's reply over the checkpoint's file as it stands now.

    A witness's line that came later makes another file, which is stamped anew; until then it has no reply.
    """
    stamped = {sha256: (size, reply) for sha256, size, reply in session.execute(_REPLIES)}
    wanted = {size for size, _reply in stamped.values()}
    now = {digest(file) for size in wanted if (file := text(session, size)) is not None}
    return {size: bytes(reply) for sha256, (size, reply) in stamped.items() if sha256 in now}


_REPLIES = select(Timestamp.sha256, Timestamp.size, Timestamp.reply)
