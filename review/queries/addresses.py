"""The references of many incidents at once: the first code where it is unique, else the name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select

from review.models import Incident, IncidentCode, session
from review.models.refs import folded_code


def refs_of(rows: Iterable[Incident]) -> dict[int, str]:
    """Incident id -> what its address carries, in one statement for all of them."""
    listed = list(rows)
    codes = {folded_code(row.code) for row in listed if row.code}
    shared = (
        select(IncidentCode.folded)
        .where(IncidentCode.folded.in_(codes))
        .group_by(IncidentCode.folded)
        .having(func.count(IncidentCode.incident_id.distinct()) == 1)
    )
    unique = set(session.scalars(shared)) if codes else set()
    return {row.id: row.code if row.code and folded_code(row.code) in unique else row.name for row in listed}
