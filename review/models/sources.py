"""Sources: one document, many incidents; files kept once by their SHA-256."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base


class Source(Base):
    """A document, post, page or statement, found again by a digest of its normalised address or its text."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256; the address itself stands in disclosures
    link: Mapped[str] = mapped_column(String(26), unique=True)  # random name that ties its links together


class SourceLink(Base):
    """A source as it hangs in one incident, numbered there from 1."""

    __tablename__ = "source_link"
    __table_args__ = (UniqueConstraint("seq"), Index("ix_source_link_source_id", "source_id"))

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))
    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))
    withdrawn: Mapped[bool] = mapped_column(Boolean, default=False)


class Capture(Base):
    """Our own stored copy, kept once."""

    __tablename__ = "capture"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media: Mapped[str] = mapped_column(String(100))
