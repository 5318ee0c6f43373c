"""What belligerents report of their own assessments: figures of theirs, copied by hand. A setting beside the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment
from review.rules.parties import LONGEST_NAME


class OfficialReport(Base):
    """One month of one party in one version: a correction is a further row, and those before it stay.

    No event type of the trail holds these figures, so nothing proves when they were entered: the public page says so.
    """

    __tablename__ = "official_report"
    __account__ = True
    __table_args__ = (UniqueConstraint("party", "month", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(String(LONGEST_NAME))  # the key of its name as written, whatever its aliases
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    month: Mapped[str] = mapped_column(String(7))
    version: Mapped[int] = mapped_column(Integer)
    carried: Mapped[int | None] = mapped_column(Integer)
    received: Mapped[int | None] = mapped_column(Integer)
    credible: Mapped[int | None] = mapped_column(Integer)
    non_credible: Mapped[int | None] = mapped_column(Integer)
    duplicate: Mapped[int | None] = mapped_column(Integer)
    open: Mapped[int | None] = mapped_column(Integer)
    url: Mapped[str] = mapped_column(Text)
    why: Mapped[str | None] = mapped_column(Text)  # of a correction; for those inside
    entered_at: Mapped[datetime] = mapped_column(Moment)
    entered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
