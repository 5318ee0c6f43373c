"""What a person had read of an incident when they last looked: their own note, never an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class Look(Base):
    """The dossier that a person's page showed last, and the one that it showed before that moved."""

    __tablename__ = "look"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    seen: Mapped[str] = mapped_column(String(44))
    at: Mapped[datetime] = mapped_column(Moment)
    before: Mapped[str | None] = mapped_column(String(44))
    before_at: Mapped[datetime | None] = mapped_column(Moment)
