"""The codes that were published: by them the public finds an incident, and by no other.

A code that no version has told yet opens nothing, and one that repeats only inside the desk changes no public address.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ForeignKey, Index, String, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.incidents import Incident
from review.models.refs import folded_code, onward
from review.rules.dossier import Dossier
from review.rules.errors import NotFound


class PublicCode(Base):
    """A code, or an earlier one, of the version that stands. A projection: who may not be read by all has none."""

    __tablename__ = "public_code"
    __table_args__ = (Index("ix_public_code_folded", "folded"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    folded: Mapped[str] = mapped_column(String(80), primary_key=True)


_TABLE = PublicCode.__table__
_NEW = insert(_TABLE)


def public_codes(dossier: Dossier) -> set[str]:
    """The codes of the version that stands, folded; what left the desk stays readable, what is restricted is not."""
    standing = dossier.determination
    if standing is None or dossier.restricted:
        return set()
    return {folded_code(code) for code in (*standing.facts.codes, *standing.facts.earlier_codes)}


def first_public_codes(row: Incident, dossier: Dossier) -> tuple[Any, list[dict[str, Any]]]:
    """Of an incident of which no row can be there yet: the statement that writes them, and its rows."""
    return _NEW, [{"incident_id": row.id, "folded": code} for code in sorted(public_codes(dossier))]


def keep_public_codes(session: Any, row: Incident, dossier: Dossier) -> None:
    """Bring the rows up to date with what is published now."""
    wanted = public_codes(dossier)
    present = set(session.execute(select(_TABLE.c.folded).where(_TABLE.c.incident_id == row.id)).scalars())
    gone, new = present - wanted, sorted(wanted - present)
    if gone:
        session.execute(delete(_TABLE).where(_TABLE.c.incident_id == row.id, _TABLE.c.folded.in_(sorted(gone))))
    if new:
        session.execute(_NEW, [{"incident_id": row.id, "folded": code} for code in new])


def owners(session: Any, codes: Iterable[str]) -> dict[str, int]:
    """Folded code -> the one published incident that has it; codes of several are left out."""
    wanted = (
        select(_TABLE.c.folded, func.min(_TABLE.c.incident_id))
        .where(_TABLE.c.folded.in_(sorted(codes)))
        .group_by(_TABLE.c.folded)
        .having(func.count() == 1)
    )
    return dict(session.execute(wanted).all())


def find_published(session: Any, ref: str) -> Incident:
    """The incident that a public address names, by its own name or a published code; NotFound where none or several
    do.

    What left the desk stays readable under its address; of several, one that was not merged into another goes before.
    """
    readable = select(Incident).where(Incident.grade.is_not(None), Incident.restricted.is_(False))
    named: Incident | None = session.scalars(readable.where(Incident.name == ref)).one_or_none()
    if named is not None:
        return named
    coded = readable.where(Incident.id.in_(select(_TABLE.c.incident_id).where(_TABLE.c.folded == folded_code(ref))))
    found: list[Incident] = session.scalars(coded.limit(2)).all()
    if len(found) > 1:
        found = session.scalars(coded.where(Incident.merged_into.is_(None)).limit(2)).all()
    if len(found) != 1:
        raise NotFound
    return found[0]


def merged_under(session: Any, code: str) -> list[str]:
    """The names of the incidents to which a published code leads because another that has it was merged into them."""
    return onward(session, select(_TABLE.c.incident_id).where(_TABLE.c.folded == folded_code(code)))
