"""The trail as rows: exact leaf bytes, disclosures, the head of the log, published checkpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment

Seq = BigInteger().with_variant(Integer, "sqlite")


class Event(Base):
    """One leaf: the very bytes that were hashed, beside the columns that find it."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_incident_id_iseq", "incident_id", "iseq", unique=True),
        Index("ix_event_type_seq", "type", "seq"),
        CheckConstraint("length(leaf) = 32", name="leaf_is_a_hash"),
    )

    seq: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    line: Mapped[bytes] = mapped_column(LargeBinary)
    leaf: Mapped[bytes] = mapped_column(LargeBinary)
    type: Mapped[str] = mapped_column(String(40))
    day: Mapped[str] = mapped_column(String(10))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    iseq: Mapped[int | None] = mapped_column(Integer)
    actor: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(10))
    judged: Mapped[str | None] = mapped_column(String(1))


class Disclosure(Base):
    """The one place where a sealed value stands. `sealed` rows are encrypted under the master key."""

    __tablename__ = "disclosure"

    # Never looked for by its digest, which is random: an index of digests would be the most of what an act writes.
    digest: Mapped[str] = mapped_column(String(43))
    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bool] = mapped_column(Boolean, default=False)


class LogHead(Base):
    """The log's size and right edge; the one row that every append takes last."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str] = mapped_column(String(200))
    base: Mapped[int] = mapped_column(Seq, default=0, server_default="0")  # where the present log begins
    size: Mapped[int] = mapped_column(Seq, default=0)  # counted from this desk's first leaf, and so is signed_size
    edge: Mapped[list[str]] = mapped_column(JSON, default=list)
    day: Mapped[str | None] = mapped_column(String(10))
    signed_size: Mapped[int] = mapped_column(Seq, default=0)
    signed_root: Mapped[str | None] = mapped_column(String(44))
    signed_edge: Mapped[list[str]] = mapped_column(JSON, default=list)  # proves that the next one continues it


class Checkpoint(Base):
    """A signed size and root that left the building; append-only."""

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(Seq, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    heads: Mapped[bool] = mapped_column(Boolean, default=False)  # it ends in log.heads
    published_at: Mapped[datetime] = mapped_column(Moment)


class Policy(Base):
    """The numbers of one `policy.set`, as the rounds that name it copied them."""

    __tablename__ = "policy"

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, autoincrement=False)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    times: Mapped[dict[str, Any]] = mapped_column(JSON)


class CodebookVersion(Base):
    """Which `codebook.defined` entry vouches for which shipped codebook."""

    __tablename__ = "codebook_version"

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(60))
    sha256: Mapped[str] = mapped_column(String(64))
