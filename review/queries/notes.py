"""A person's own notes on the sources of an incident: shown to them and to nobody else."""

from __future__ import annotations

from sqlalchemy import select

from review.models import Draft, session
from review.models.work import NOTE
from review.queries.drafts import opened
from review.queries.reading import Reading
from review.rules.permissions import may


def own_notes(reading: Reading) -> dict[int, str] | None:
    """Source number -> what the viewer noted on it; None for whoever judges nothing here."""
    if not may(reading.viewer.role, "cast_vote"):
        return None
    statement = select(Draft).where(
        Draft.person_id == reading.viewer.actor.person,
        Draft.incident_id == reading.id,
        Draft.kind.startswith(NOTE, autoescape=True),
    )
    return {int(row.kind.removeprefix(NOTE)): opened(row)["note"][0] for row in session.scalars(statement)}
