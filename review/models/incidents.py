"""Incidents, claims and streams as rows. What stands here beside keys is a projection of the trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.trail import Seq


class Stream(Base):
    """A belligerent × theatre worked as one."""

    __tablename__ = "stream"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    mode: Mapped[str] = mapped_column(String(10))
    since: Mapped[str] = mapped_column(String(10))  # the day of the last switch
    reason: Mapped[str | None] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))


SHORT = text("seats > 0")  # the rounds that "next" serves from
# What waits for somebody, as the index of the leads' list has it; in that list streams leave out some of it.
WAITS = text("(stage IN ('logged', 'grading', 'settlement', 'approval') OR recheck)")


class Incident(Base):
    """One moment in place and time: the row that is locked, with its chain's head and its projections."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("ix_incident_restricted", "id", postgresql_where=text("restricted"), sqlite_where=text("restricted = 1")),
        Index("ix_incident_stage_id", "stage", "id"),
        Index("ix_incident_public_id", "public", "id"),
        Index("ix_incident_public_stream_id", "public", "stream", "id"),
        Index("ix_incident_stream_id", "stream", "id"),
        Index("ix_incident_stream_stage_id", "stream", "stage", "id"),
        Index("ix_incident_short", "queue", "round_seq", sqlite_where=SHORT, postgresql_where=SHORT),
        Index("ix_incident_waiting", text("gravity DESC"), "id", sqlite_where=WAITS, postgresql_where=WAITS),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(18), unique=True)  # i- and 16 characters, random
    # the head of its chain
    count: Mapped[int] = mapped_column(Integer, default=0)
    last_leaf: Mapped[bytes | None] = mapped_column(LargeBinary)
    first_seq: Mapped[int | None] = mapped_column(Seq)
    evidence: Mapped[str] = mapped_column(String(44), default="")
    digest: Mapped[str] = mapped_column(String(44), default="")
    # the head as log.heads shows it while a round is open, frozen when the round opened
    shown_count: Mapped[int | None] = mapped_column(Integer)
    shown_leaf: Mapped[bytes | None] = mapped_column(LargeBinary)
    # projections
    stage: Mapped[str] = mapped_column(String(12), default="logged")
    needs_round: Mapped[bool] = mapped_column(Boolean, default=False)
    recheck: Mapped[bool] = mapped_column(Boolean, default=False)
    restricted: Mapped[bool] = mapped_column(Boolean, default=False)
    merged_into: Mapped[str | None] = mapped_column(String(18))  # the name of the other
    # how many more its open round must ask, which queue it waits in, since which opening; 0 where it needs nobody
    seats: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    queue: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    round_seq: Mapped[int] = mapped_column(Seq, default=0, server_default="0")
    gravity: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # the fewest reported killed
    public: Mapped[bool] = mapped_column(Boolean, default=False)
    stream: Mapped[str] = mapped_column(String(80), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    code: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300), default="")
    date: Mapped[str | None] = mapped_column(String(10))
    grade: Mapped[str | None] = mapped_column(String(40))
    grade_kind: Mapped[str | None] = mapped_column(String(10))
    version: Mapped[int | None] = mapped_column(Integer)
    range: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    search_text: Mapped[str] = mapped_column(Text, default="")
    # The same of the facts that the version which stands was published with: what the public finds it by.
    public_text: Mapped[str] = mapped_column(Text, default="", server_default="")
    # The mark of what the public reads of it, empty where there is none, and the last event that spoke to the public.
    told: Mapped[str] = mapped_column(String(16), default="", server_default="")
    said: Mapped[int] = mapped_column(Seq, default=0, server_default="0")


class IncidentCode(Base):
    """A code by which the incident can be found; an alias that may repeat, never a key."""

    __tablename__ = "incident_code"
    __table_args__ = (Index("ix_incident_code_folded", "folded"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(80), primary_key=True)
    folded: Mapped[str] = mapped_column(String(80))
    earlier: Mapped[bool] = mapped_column(Boolean, default=False)


class Claim(Base):
    """One allegation as received. Its words stand in the disclosures only."""

    __tablename__ = "claim"
    __table_args__ = (Index("ix_claim_stage_seq", "stage", "seq"),)

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(18), unique=True)  # c- and 16 characters, random
    stage: Mapped[str] = mapped_column(String(12))  # received, grouped, duplicate, dismissed, withdrawn
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    of: Mapped[int | None] = mapped_column(Seq)


class ImportedRow(Base):
    """Which row of which file became which incident: a second run changes nothing."""

    __tablename__ = "imported_row"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)  # the row's url, else file digest and row
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    sha256: Mapped[str] = mapped_column(String(64))
