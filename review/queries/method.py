"""How grades are made, and how to check that nothing was altered: for everybody."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from review.audit import checkpoint_files, keyring, profiles
from review.audit.keyring import Signer
from review.models import Checkpoint, Event, session
from review.models import Policy as PolicyRow
from review.queries.bundles import Kept, public_file
from review.queries.logs import Logs
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
class Sealed:
    """One sealed detail of one type of event, and for each profile whether it is shown: yes, no, or `publishable`."""

    type: str
    detail: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodPage:
    """Every scheme, and the numbers that a round opened today would copy."""

    schemes: tuple[Scheme, ...]
    policy: Policy
    since: str | None
    profiles: tuple[str, ...]
    sealed: tuple[Sealed, ...]


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
    former: tuple[Signer, ...]  # the keys before it, the latest first
    since: str | None
    origin: str | None
    verifier_sha256: str
    key_id: str | None  # the eight characters of the key that can be read out over a telephone
    bundle: Kept | None
    continued: tuple[Continued, ...]


@dataclass(frozen=True, slots=True)
class Continued:
    """Where the log went on under a new name: the one before it, how much of it stands, and how much is lost."""

    day: str
    name: str
    before: str
    size: int
    lost: int | None


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
        return MethodPage(schemes, Policy(), None, profiles.NAMES, _sealed())
    return MethodPage(schemes, Policy.from_body(row.body, row.times), row.day, profiles.NAMES, _sealed())


def _sealed() -> tuple[Sealed, ...]:
    """The export's own table, so that the page cannot say anything else."""
    return tuple(
        Sealed(type_, detail, tuple(profiles.shows(type_, detail, profile) for profile in profiles.NAMES))
        for type_, details in profiles.table().items()
        for detail in details
    )


def _distances(book: Codebook) -> tuple[tuple[str, tuple[int | None, ...]], ...]:
    return tuple((one, tuple(book.distance(one, other) for other in book.keys)) for one in book.keys)


def audit_page() -> AuditPage:
    """The last checkpoint that left the building, the key that signed it, and the verifier's own digest."""
    lines = session.scalars(select(Event.line).where(Event.type == "log.opened").order_by(Event.seq.desc()))
    opened = [orjson.loads(line) for line in lines]
    ring = keyring.ring(session)
    present = ring.present
    return AuditPage(
        checkpoint=next(iter(checkpoints(1)), None),
        vkey=present.vkey if present else None,
        former=tuple(reversed(ring.signers[:-1])),
        since=present.day if present else None,
        origin=opened[0]["log"] if opened else None,
        verifier_sha256=hashlib.sha256(VERIFIER.read_bytes()).hexdigest(),
        key_id=present.id if present else None,
        bundle=public_file(),
        continued=tuple(_continued(entry) for entry in opened if entry["body"]["continues"]),
    )


def _continued(entry: Any) -> Continued:
    before = entry["body"]["continues"]
    return Continued(entry["day"], entry["log"], before["origin"], before["size"], before["lost"])


def checkpoints(most: int) -> tuple[Signed, ...]:
    """The published checkpoints, the latest first."""
    rows, logs = session.scalars(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(most)), Logs()
    return tuple(
        Signed(logs.entries(row.size), row.text.splitlines()[2], _file(row.size), row.published_at) for row in rows
    )


def _file(size: int) -> str:
    return checkpoint_files.text(session, size) or ""
