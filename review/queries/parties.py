"""The parties that the record names, and the table of aliases with its history: for leads and admins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from review.models import Job, PartyAlias, Person, session
from review.models.parties import REKEY
from review.queries.record import PartyNamed, parties_named
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Alias:
    """One line of the table: which name means which, who said so and why, and who took it back."""

    id: int
    alias: str
    name: str
    reason: str
    added_at: datetime
    added_by: str | None
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_because: str | None


@dataclass(frozen=True, slots=True)
class PartiesPage:
    """The parties as the public reads them, the aliases in force, and those that were withdrawn."""

    parties: tuple[PartyNamed, ...]
    in_force: tuple[Alias, ...]
    withdrawn: tuple[Alias, ...]
    moving: bool  # the worker still brings the record under a changed table
    may_change: bool


def parties_page(viewer: Actor) -> PartiesPage:
    """What stands in the table, for those who may read it."""
    if not may(viewer.role, "see_parties"):
        raise Forbidden("see_parties")
    aliases = _aliases()
    moving = session.execute(select(Job.id).where(Job.kind == REKEY, Job.done_at.is_(None)).limit(1)).first()
    return PartiesPage(
        parties=parties_named(),
        in_force=tuple(one for one in aliases if one.withdrawn_at is None),
        withdrawn=tuple(one for one in aliases if one.withdrawn_at is not None),
        moving=moving is not None,
        may_change=may(viewer.role, "add_alias"),
    )


def _aliases() -> list[Alias]:
    adder, withdrawer = aliased(Person), aliased(Person)
    statement = (
        select(PartyAlias, adder.name.label("by"), withdrawer.name.label("withdrawer"))
        .outerjoin(adder, adder.id == PartyAlias.added_by)
        .outerjoin(withdrawer, withdrawer.id == PartyAlias.withdrawn_by)
        .order_by(PartyAlias.id.desc())
    )
    return [
        Alias(
            row.id, row.alias, row.name, row.reason, row.added_at, by, row.withdrawn_at, withdrawn_by,
            row.withdrawn_because,
        )
        for row, by, withdrawn_by in session.execute(statement)
    ]  # fmt: skip
