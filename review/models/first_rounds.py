"""The votes of each incident's first round, for what is said of agreement: a projection of what was revealed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, delete, insert
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.incidents import Incident
from review.rules import agreement
from review.rules.agreement import counts
from review.rules.dossier import Dossier


class FirstRound(Base):
    """One closed first round of an incident that is shown to all: its live votes, and those that its version shows.

    Both are kept as short lines, equal where the votes are alike, so that a table of a hundred thousand incidents is
    counted by an index and comes to some hundred rows.
    """

    __tablename__ = "first_round"
    __table_args__ = (
        Index("ix_first_round_tally", "codebook", "stream", "tally"),
        Index("ix_first_round_public", "codebook", "stream", "public"),
    )

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True, autoincrement=False)
    stream: Mapped[str] = mapped_column(String(80))
    codebook: Mapped[str] = mapped_column(String(60))
    ballots: Mapped[dict[str, Any]] = mapped_column(JSON)  # pseudonym -> grade
    tally: Mapped[str] = mapped_column(Text)
    public: Mapped[str | None] = mapped_column(Text)


def values(dossier: Dossier, stream: str) -> dict[str, Any] | None:
    """The columns that are kept of an incident's first round; None where nothing is."""
    found = agreement.first_round(dossier)
    if found is None:
        return None
    return {
        "stream": stream,
        "codebook": found.codebook,
        "ballots": dict(found.ballots),
        "tally": counts(found.tally),
        "public": None if found.public is None else counts(found.public),
    }


def keep(session: Any, row: Incident, dossier: Dossier, before: Dossier | None) -> None:
    """Bring what is kept of the first round up to date; without `before` it is written anew."""
    wanted = values(dossier, row.stream)
    if before is not None and values(before, row.stream) == wanted:
        return
    table = FirstRound.__table__
    session.execute(delete(table).where(table.c.incident_id == row.id))
    if wanted is not None:
        session.execute(insert(table), {"incident_id": row.id, **wanted})
