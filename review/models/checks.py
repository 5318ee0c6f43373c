"""What the comparisons of the database with its trail found: kept beside the record, never part of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Integer
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment
from review.models.trail import Seq


class TrailCheck(Base):
    """One comparison: when, how long the log was, how many differences, and the first of them in words."""

    __tablename__ = "trail_check"
    __account__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime] = mapped_column(Moment)
    size: Mapped[int] = mapped_column(Seq)
    differences: Mapped[int] = mapped_column(Integer)
    sentences: Mapped[list[str]] = mapped_column(JSON)
