"""How grades are made, from the code and the record; and how to check that nothing was altered: for everybody."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select

from review import clock
from review.audit import checkpoint_files, keyring, profiles
from review.audit.keyring import Signer
from review.models import Checkpoint, CodebookVersion, Event, MethodText, session
from review.models import Policy as PolicyRow
from review.queries.agreement import OfCodebook, published
from review.queries.bundles import Kept, public_file
from review.queries.logs import Logs
from review.queries.public import Unassessed, unassessed
from review.rules.codebooks import Compared, comparisons
from review.rules.errors import Forbidden
from review.rules.grades import CODEBOOKS, Codebook, Grade
from review.rules.permissions import PERMISSIONS, Actor, Permission, may
from review.rules.policy import Policy
from review.rules.workflow import TRANSITIONS, Transition

VERIFIER = Path(__file__).resolve().parent.parent / "audit" / "verify.py"


@dataclass(frozen=True, slots=True)
class Scheme:
    """One codebook with its table of distances, row by row; since when this log has it, and its digest there."""

    id: str
    grades: tuple[Grade, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]
    headline: tuple[str, ...]
    since: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed detail of one type of event, and for each profile whether it is shown: yes, no, or `publishable`."""

    type: str
    detail: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MethodPage:
    """Every scheme, the numbers that a round opened today would copy, who may do what, how far the published votes
    agree, and what the desk itself wrote."""

    schemes: tuple[Scheme, ...]
    compared: tuple[Compared, ...]
    policy: Policy
    since: str | None
    moves: tuple[Transition, ...]
    rights: tuple[Permission, ...]
    agreement: tuple[OfCodebook, ...]
    unassessed: tuple[Unassessed, ...]
    written: Mapping[str, Mapping[str, Written]]
    profiles: tuple[str, ...]
    sealed: tuple[Sealed, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What the desk wrote of its method in one language, and when it last did."""

    text: str
    day: str


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
    """The method as the code has it, with the policy in force and the votes that were published."""
    policy, since = _policy()
    return MethodPage(
        schemes=_schemes(),
        compared=comparisons(CODEBOOKS),
        policy=policy,
        since=since,
        moves=TRANSITIONS,
        rights=tuple(PERMISSIONS.values()),
        agreement=published(),
        unassessed=unassessed(),
        written=written(),
        profiles=profiles.NAMES,
        sealed=_sealed(),
    )


def written() -> Mapping[str, Mapping[str, Written]]:
    """Section -> language -> what the desk wrote there."""
    found: dict[str, dict[str, Written]] = {}
    for row in session.execute(select(MethodText.section, MethodText.language, MethodText.text, MethodText.changed_at)):
        found.setdefault(row.section, {})[row.language] = Written(row.text, clock.day(row.changed_at))
    return found


def writing_page(viewer: Actor) -> Mapping[str, Mapping[str, Written]]:
    """The same for whoever may write it."""
    if not may(viewer.role, "write_method"):
        raise Forbidden("write_method")
    return written()


def _policy() -> tuple[Policy, str | None]:
    row = session.execute(
        select(PolicyRow.body, PolicyRow.times, Event.day)
        .join(Event, Event.seq == PolicyRow.seq)
        .order_by(PolicyRow.seq.desc())
        .limit(1)
    ).first()
    return (Policy.from_body(row.body, row.times), row.day) if row else (Policy(), None)


def _schemes() -> tuple[Scheme, ...]:
    rows = session.execute(
        select(CodebookVersion.key, CodebookVersion.sha256, Event.day)
        .join(Event, Event.seq == CodebookVersion.seq)
        .order_by(CodebookVersion.seq.desc())
    )
    taken_up = {key: (day, sha256) for key, sha256, day in rows}  # the first time, where a log went on under a new name
    return tuple(
        Scheme(book.id, book.grades, _distances(book), book.headline, *taken_up.get(book.id, (None, None)))
        for book in CODEBOOKS
    )


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
