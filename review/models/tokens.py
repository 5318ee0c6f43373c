"""Tokens of the API: of each only a digest is kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class ApiToken(Base):
    """What lets one program act for one person. `claims_since` and `claims` count what it sent in within the hour."""

    __tablename__ = "api_token"
    __account__ = True
    __table_args__ = (Index("ix_api_token_person_id", "person_id"),)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(100))
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    last_used: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    claims_since: Mapped[datetime | None] = mapped_column(Moment)
    claims: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
