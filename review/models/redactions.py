"""Redactions that one person has asked for and another has not seconded yet. No record: the event is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class RedactionRequest(Base):
    """What a lead asks to have removed, on which ground and why; it goes when it is answered, or after a while."""

    __tablename__ = "redaction_request"
    __account__ = True

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(26), unique=True)  # random, stands in its address
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))  # None: of the log's own entries
    items: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # {"of": seq, "details": {name: digest}}
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    declined_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    declined_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str | None] = mapped_column(Text)  # why it was declined
