"""What others said of a published checkpoint, and the roots of finished stretches of the tree. None of it is record."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment


class Cosignature(Base):
    """A witness's line under a published checkpoint, the first that came; append-only."""

    __tablename__ = "cosignature"
    __account__ = True

    size: Mapped[int] = mapped_column(ForeignKey("checkpoint.size"), primary_key=True, autoincrement=False)
    witness: Mapped[str] = mapped_column(String(300), primary_key=True)  # its verifier key
    line: Mapped[str] = mapped_column(Text)  # as it stands in the note, with its newline
    received_at: Mapped[datetime] = mapped_column(Moment)


class Timestamp(Base):
    """An authority's reply over the bytes of a checkpoint's file as they stood then; append-only."""

    __tablename__ = "timestamp_reply"
    __account__ = True
    __table_args__ = (Index("ix_timestamp_reply_size", "size"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(ForeignKey("checkpoint.size"))
    authority: Mapped[str] = mapped_column(String(300))
    reply: Mapped[bytes] = mapped_column(LargeBinary)
    stamped_at: Mapped[datetime] = mapped_column(Moment)  # what the authority's clock said


class Subtree(Base):
    """The root over one finished stretch of leaves, so that no proof hashes the whole log; thrown away, made anew."""

    __tablename__ = "subtree"
    __account__ = True

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
