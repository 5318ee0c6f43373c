"""Kept bundles: the ones a person asked for, and those that everybody may take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from review import config
from review.models import Bundle, Checkpoint, Incident, session
from review.models.admissions import exists
from review.models.bundles import can_stand_alone, determined, last_public_size, public_bundle, silenced
from review.models.public_codes import find_published
from review.models.refs import ref_of
from review.rules.bundles import KEPT
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Asked:
    """One bundle that a person asked for. `there`: it can be taken away now."""

    name: str
    profile: str
    ref: str | None
    size: int
    stage: str
    read: int
    problem: str | None
    octets: int | None
    sha256: str | None
    shown: int | None
    there: bool
    told_no_more: bool
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A file to be taken away, with what an answer says of it."""

    path: Path
    filename: str
    sha256: str
    published_at: datetime


def asked_by(viewer: Actor) -> tuple[Asked, ...]:
    """What this person asked for, the latest first."""
    _allow(viewer)
    rows = session.scalars(select(Bundle).where(Bundle.person_id == viewer.person).order_by(Bundle.id.desc())).all()
    return tuple(_asked(row, incident) for row in rows if (incident := _shown(viewer, row)) is not NOT_SHOWN)


def bundle_page(viewer: Actor, name: str) -> Asked:
    """One bundle, for whoever asked for it."""
    return _asked(*_own(viewer, name))


def own_file(viewer: Actor, name: str) -> Kept:
    """The file of a bundle, for whoever asked for it and still holds the right; NotFound where it cannot be given."""
    row, incident = _own(viewer, name)
    if not _asked(row, incident).there:
        raise NotFound("bundle")
    return _kept(row)


def public_file() -> Kept | None:
    """The public bundle of the whole log; none until one is made."""
    return _file(public_bundle(session))


def public_file_of(ref: str) -> Kept | None:
    """The public bundle of one published incident under the same checkpoint; none until it was asked for and made."""
    row = find_published(session, ref)
    whole = public_bundle(session)
    if whole is None:
        return None
    public = (Bundle.person_id.is_(None), Bundle.incident_id == row.id, Bundle.size == whole.size)
    return _file(session.scalars(select(Bundle).where(*public, Bundle.stage == "done")).one_or_none())


def stands_in_the_public_bundle(incident: int) -> bool:
    """Whether the latest public bundle that was made told of this incident, so that one of it alone can be had: at
    once, or from the next daily checkpoint on, where something was taken out of the present one since."""
    size = last_public_size(session)
    if size is None:
        return False
    told = select(Incident).where(Incident.id == incident, Incident.id.in_(determined(size)))
    row = session.scalars(told).one_or_none()
    return row is not None and can_stand_alone(session, row)


NOT_SHOWN: Any = object()


def _shown(viewer: Actor, row: Bundle) -> Incident | None:
    """The incident that it is of, if any; what is hidden from the viewer since is on no list."""
    incident = session.get(Incident, row.incident_id) if row.incident_id else None
    return incident if incident is None or exists(session, incident, viewer) else NOT_SHOWN


def _own(viewer: Actor, name: str) -> tuple[Bundle, Incident | None]:
    _allow(viewer)
    mine = select(Bundle).where(Bundle.name == name, Bundle.person_id == viewer.person)
    row = session.scalars(mine).one_or_none()
    if row is None or (incident := _shown(viewer, row)) is NOT_SHOWN:
        raise NotFound("bundle")
    return row, incident


def _asked(row: Bundle, incident: Incident | None) -> Asked:
    hushed = silenced(session, profile=row.profile, size=row.size, incident_id=row.incident_id)
    return Asked(
        name=row.name,
        profile=row.profile,
        ref=ref_of(session, incident) if incident else None,
        size=row.size,
        stage=row.stage,
        read=min(row.read, row.size),
        problem=row.problem,
        octets=row.octets,
        sha256=row.sha256,
        shown=row.shown,
        there=row.stage == "done" and not hushed and _path(row).is_file(),
        told_no_more=hushed,
        at=row.at,
        until=row.at + KEPT,
    )


def _file(row: Bundle | None) -> Kept | None:
    return _kept(row) if row is not None and _path(row).is_file() else None


def _kept(row: Bundle) -> Kept:
    published = session.scalar(select(Checkpoint.published_at).where(Checkpoint.size == row.size))
    assert published is not None
    return Kept(_path(row), f"assay-{row.size}-{row.profile}.zip", row.sha256 or "", published)


def _path(row: Bundle) -> Path:
    return config.exports() / row.name


def _allow(viewer: Actor) -> None:
    if not may(viewer.role, "export"):
        raise Forbidden("export")
