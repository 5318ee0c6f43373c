"""Imports from the browser: a file on its way into the desk, and what became of each of its rows. No record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class ImportRun(Base):
    """One uploaded file: kept until it is done, with the columns it is read by and how far the worker has come."""

    __tablename__ = "import_run"
    __account__ = True
    __table_args__ = (Index("ix_import_run_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(26), unique=True)  # random, stands in its address
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(10))  # incidents, sources
    stage: Mapped[str] = mapped_column(String(10))  # draft, waiting, done, failed
    filename: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    header: Mapped[list[str]] = mapped_column(JSON)
    mapping: Mapped[dict[str, Any]] = mapped_column(JSON)  # our column -> the file's
    theatre: Mapped[str] = mapped_column(String(100))
    rows: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, default=0)
    totals: Mapped[dict[str, Any]] = mapped_column(JSON)
    problem: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class ImportLine(Base):
    """What became of one row of such a file."""

    __tablename__ = "import_line"
    __account__ = True
    __table_args__ = (Index("ix_import_line_run_id_outcome_number", "run_id", "outcome", "number"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10))
    noted: Mapped[bool] = mapped_column()
    notes: Mapped[list[str]] = mapped_column(JSON)
    code: Mapped[str] = mapped_column(String(300))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
