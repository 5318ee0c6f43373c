"""Decisions as facts: append-only, seqs and digests and public fields only, people by incident pseudonym."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base


class Decision(Base):
    """What every decision holds: the seq of its event and its incident."""

    __abstract__ = True

    seq: Mapped[int] = mapped_column(ForeignKey("event.seq"), primary_key=True, autoincrement=False)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))


class Round(Decision):
    """One numbered pass of blind voting under a copied policy."""

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(6))
    policy_seq: Mapped[int] = mapped_column(ForeignKey("policy.seq"))
    codebook_seq: Mapped[int] = mapped_column(ForeignKey("codebook_version.seq"))
    evidence: Mapped[str] = mapped_column(String(44))


class RoundClosing(Decision):
    """How a round ended; one closing a round."""

    __tablename__ = "round_closing"
    __table_args__ = (UniqueConstraint("incident_id", "number"),)

    number: Mapped[int] = mapped_column(Integer)
    result: Mapped[str] = mapped_column(String(10))
    grade: Mapped[str | None] = mapped_column(String(40))
    range: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Vote(Decision):
    """One sealed commitment; what it says stands in the disclosures."""

    __tablename__ = "vote"
    __table_args__ = (
        UniqueConstraint("replaces"),
        Index("ix_vote_incident_id_round", "incident_id", "round"),
    )

    round: Mapped[int] = mapped_column(Integer)
    voter: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[str] = mapped_column(String(44))
    replaces: Mapped[int | None] = mapped_column(ForeignKey("vote.seq"))


class Settlement(Decision):
    """A disputed round on its way to a result."""

    __tablename__ = "settlement"
    __table_args__ = (UniqueConstraint("incident_id", "round"),)

    round: Mapped[int] = mapped_column(Integer)


class SettlementClosing(Decision):
    """How a settlement ended."""

    __tablename__ = "settlement_closing"

    settlement_seq: Mapped[int] = mapped_column(ForeignKey("settlement.seq"))
    by: Mapped[str] = mapped_column(String(12))
    grade: Mapped[str] = mapped_column(String(40))
    range: Mapped[dict[str, Any]] = mapped_column(JSON)


class Approval(Decision):
    """The lead's act on one dossier digest; one approval a proposal, one a version."""

    __tablename__ = "approval"
    __table_args__ = (UniqueConstraint("proposal_seq"),)

    proposal_seq: Mapped[int] = mapped_column(ForeignKey("event.seq"))
    version: Mapped[int] = mapped_column(Integer)
    approver: Mapped[str] = mapped_column(String(16))
    dossier: Mapped[str] = mapped_column(String(44))


class Determination(Decision):
    """A published, numbered, citable version of a grade; version 0 is a legacy one."""

    __tablename__ = "determination"
    __table_args__ = (
        UniqueConstraint("incident_id", "version"),
        Index("ix_determination_kind_seq", "kind", "seq"),
    )

    version: Mapped[int] = mapped_column(Integer)
    grade: Mapped[str] = mapped_column(String(40))
    range: Mapped[dict[str, Any]] = mapped_column(JSON)
    codebook_seq: Mapped[int] = mapped_column(ForeignKey("codebook_version.seq"))
    kind: Mapped[str] = mapped_column(String(10))
