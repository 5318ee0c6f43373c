"""How people look after themselves here: settings, limits, passes, saved views. Nothing of the record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class Care(Base):
    """What a person set for themselves; somebody without a row has the defaults of rules.care."""

    __tablename__ = "care"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    media: Mapped[str] = mapped_column(String(8))  # text, ask, calm
    per_day: Mapped[int | None] = mapped_column(Integer)
    per_week: Mapped[int | None] = mapped_column(Integer)
    no_graphic: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    break_after: Mapped[int | None] = mapped_column(Integer)  # minutes; None is off
    mail: Mapped[str] = mapped_column(String(8))  # once, daily, none


class SourceWarning(Base):
    """What somebody who looked says of a source for those who have not: a warning, never evidence, and no event."""

    __tablename__ = "source_warning"
    __account__ = True

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    word: Mapped[str] = mapped_column(String(8))  # graphic, calm


class Passed(Base):
    """A seat of a round that somebody let go by: "next" does not bring it back to them."""

    __tablename__ = "passed"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    round: Mapped[int] = mapped_column(Integer)


class SavedView(Base):
    """A list as a person wants it again: a name and the filters of its address."""

    __tablename__ = "saved_view"
    __account__ = True
    __table_args__ = (UniqueConstraint("person_id", "place", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(600))


class HelpText(Base):
    """The page of help of this desk in one language; without a row it has ours."""

    __tablename__ = "help_text"
    __account__ = True

    language: Mapped[str] = mapped_column(String(10), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
