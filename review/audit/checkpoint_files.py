"""The files of published checkpoints: the note as the log signed it with the witnesses' lines, and its timestamps."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from review.audit.witnesses import with_lines
from review.models import Checkpoint, Cosignature, Timestamp


def text(session: Any, size: int) -> str | None:
    """The file of the checkpoint of this size as it stands now, or None where none was published."""
    signed = session.scalar(select(Checkpoint.text).where(Checkpoint.size == size))
    if signed is None:
        return None
    return with_lines(signed, session.scalars(select(Cosignature.line).where(Cosignature.size == size)))


def texts(session: Any) -> Sequence[tuple[int, str]]:
    """Every published checkpoint's file, by size."""
    lines: dict[int, list[str]] = defaultdict(list)
    for size, line in session.execute(select(Cosignature.size, Cosignature.line)):
        lines[size].append(line)
    rows = session.execute(select(Checkpoint.size, Checkpoint.text).order_by(Checkpoint.size))
    return [(size, with_lines(signed, lines.get(size, ()))) for size, signed in rows]


def latest_size(session: Any) -> int | None:
    """The size of the last checkpoint that was published."""
    size: int | None = session.scalar(select(func.max(Checkpoint.size)))
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
