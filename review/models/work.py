"""What waits: turns, held seats, drafts, jobs and notices. All of it can be made anew or thrown away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment

JOBS_KEPT = timedelta(days=30)  # once they are done


def seat_key(incident: str, number: int, who: str) -> str:
    """The key of the job that reminds somebody of an answer they owe; its payload says when that is due."""
    return f"seat:{incident}:{number}:{who}"


def deadline_key(incident: str, number: int) -> str:
    """The key of the job that waits for a round's deadline; its payload says when that is."""
    return f"deadline:{incident}:{number}"


def arguments_key(incident: str, number: int) -> str:
    """The key of the job that ends the arguments on a disputed round."""
    return f"arguments:{incident}:{number}"


def ladder_key(incident: str, settlement: int) -> str:
    """The key of the job that waits for the present settler's time to run out."""
    return f"ladder:{incident}:{settlement}"


NOTE = "note-"


def note_kind(number: int) -> str:
    """The kind of draft under which a person's own note on a source is kept."""
    return f"{NOTE}{number}"


class Turn(Base):
    """Whose turn it is on an incident, and for what: vote, argue, settle, stand_by. A projection."""

    __tablename__ = "turn"
    __table_args__ = (Index("ix_turn_person_id_kind_incident_id", "person_id", "kind", "incident_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    round: Mapped[int] = mapped_column(Integer)


class Hold(Base):
    """A seat of an open round that "next" keeps for somebody for a while: no event, and gone by the clock alone."""

    __tablename__ = "hold"
    __account__ = True
    __table_args__ = (Index("ix_hold_person_id", "person_id"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    round: Mapped[int] = mapped_column(Integer)
    until: Mapped[datetime] = mapped_column(Moment)


class Draft(Base):
    """What a person has typed and not yet sent: private, never an event, cleared when it is sent."""

    __tablename__ = "draft"
    __account__ = True

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(Moment)


class Job(Base):
    """The outbox: a consequence, written in the transaction that causes it and done by `flask work`."""

    __tablename__ = "job"
    __account__ = True
    __table_args__ = (Index("ix_job_done_at_due_at", "done_at", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(30))
    key: Mapped[str] = mapped_column(String(120), unique=True)  # the same consequence twice is one row
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    problem: Mapped[str | None] = mapped_column(Text)


class Notice(Base):
    """One line in a person's inbox: a kind and an incident, never words from the record."""

    __tablename__ = "notice"
    __account__ = True
    __table_args__ = (Index("ix_notice_person_id_id", "person_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
