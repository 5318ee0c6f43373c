"""Seats that "next" keeps for a while: one's own, and how many of a round nobody else is served meanwhile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from review import clock
from review.models import Hold, session
from review.rules import assignment
from review.rules.dossier import Dossier
from review.rules.permissions import Actor, may


def held_until(viewer: Actor, incident_id: int, dossier: Dossier, who: str | None) -> datetime | None:
    """Until when a seat of the open round is kept for the viewer; None where none is, or it went to somebody asked."""
    if not may(viewer.role, "take_up") or not assignment.short(dossier) or not assignment.eligible(dossier, who):
        return None
    kept = session.get(Hold, (incident_id, viewer.person))
    if kept is None or dossier.open_round is None or kept.round != dossier.open_round.number:
        return None
    return kept.until if kept.until > clock.now() else None


def held_seats(incident_id: int, number: int) -> int:
    """How many seats of a round are kept for somebody now."""
    statement = select(func.count()).select_from(Hold).where(
        Hold.incident_id == incident_id, Hold.round == number, Hold.until > clock.now()
    )
    return int(session.scalar(statement) or 0)
