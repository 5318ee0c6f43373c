"""How grades are made, and how to check that nothing was altered: for everybody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from sqlalchemy import select

from review.models import Checkpoint, Event, session
from review.models import Policy as PolicyRow
from review.rules.grades import CODEBOOKS, Codebook, Grade
from review.rules.policy import Policy

VERIFIER = Path(__file__).resolve().parent.parent / "audit" / "verify.py"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One codebook with its table of distances, row by row."""

    id: str
    grades: tuple[Grade, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class MethodPage:
    """Every scheme, and the numbers that a round opened today would copy."""

    schemes: tuple[Scheme, ...]
    policy: Policy
    since: str | None


@dataclass(frozen=True, slots=True)
class Signed:
    """One published checkpoint: its size, its root, its whole text."""

    size: int
    root: str
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class AuditPage:
    """What a stranger needs to check a bundle without us."""

    checkpoint: Signed | None
    vkey: str | None
    origin: str | None
    verifier_sha256: str | None


def method_page() -> MethodPage:
    """The schemes as shipped and the policy in force."""
    schemes = tuple(Scheme(book.id, book.grades, _distances(book)) for book in CODEBOOKS)
    row = session.execute(
        select(PolicyRow.body, PolicyRow.times, Event.day)
        .join(Event, Event.seq == PolicyRow.seq)
        .order_by(PolicyRow.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return MethodPage(schemes, Policy(), None)
    return MethodPage(schemes, Policy.from_body(row.body, row.times), row.day)


def _distances(book: Codebook) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    return tuple((one, tuple(book.distance(one, other) for other in book.keys)) for one in book.keys)


def audit_page() -> AuditPage:
    """The last checkpoint that left the building, the key that signed it, and the verifier's own digest."""
    opened = session.scalar(select(Event.line).where(Event.type == "log.opened").order_by(Event.seq).limit(1))
    entry = orjson.loads(opened) if opened else None
    return AuditPage(
        checkpoint=next(iter(checkpoints(1)), None),
        vkey=_present_key(entry["body"]["vkey"] if entry else None),
        origin=entry["log"] if entry else None,
        verifier_sha256=hashlib.sha256(VERIFIER.read_bytes()).hexdigest() if VERIFIER.is_file() else None,
    )


def _present_key(first: str | None) -> str | None:
    rotated = session.scalar(
        select(Event.line).where(Event.type == "key.rotated").order_by(Event.seq.desc()).limit(1)
    )
    return orjson.loads(rotated)["body"]["new"] if rotated else first


def checkpoints(most: int) -> tuple[Signed, ...]:
    """The published checkpoints, the latest first."""
    rows = session.scalars(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(most))
    return tuple(
        Signed(row.size, row.text.splitlines()[2], row.text, row.published_at) for row in rows
    )
