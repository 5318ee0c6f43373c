"""The table of aliases: which names mean one party. A setting of the desk beside the record, with its history."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.columns import Moment
from review.rules.parties import LONGEST_NAME, Names

REKEY = "rekey_party"  # the job that brings the record under a changed table
IN_FORCE = text("withdrawn_at IS NULL")


class PartyAlias(Base):
    """Another name of a party, who said so and why; a withdrawn one stays and is no longer looked at."""

    __tablename__ = "party_alias"
    __account__ = True
    __table_args__ = (
        Index("ix_party_alias_key", "key", unique=True, sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(LONGEST_NAME))  # of the alias: each leads to one name
    alias: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    reason: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(Moment)
    added_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_because: Mapped[str | None] = mapped_column(Text)


def names_in_force(session: Any) -> Names:
    """The aliases that are looked at now."""
    table = PartyAlias.__table__.c
    rows = session.execute(select(table.alias, table.name).where(table.withdrawn_at.is_(None)).order_by(table.id))
    return Names(dict(rows.all()))
