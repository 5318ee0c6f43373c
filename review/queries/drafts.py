"""What a person typed into a form of an incident and has not sent: shown to them and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import bindparam, select

from review import config
from review.audit import keys
from review.models import Draft, session

# Built once: every page with a ballot asks it.
_OF_ONE = select(Draft).where(Draft.person_id == bindparam("person"), Draft.incident_id == bindparam("incident"))


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with the moment it was kept; every field as the list of values that the form sent."""

    values: Mapping[str, tuple[str, ...]]
    saved_at: datetime


def kept_draft(person: int | None, incident_id: int, kind: str) -> Kept | None:
    """The person's own draft of one form, opened; None where there is none."""
    return kept(session.get(Draft, (person, incident_id, kind)) if person is not None else None)


def drafts_on(person: int | None, incident_id: int) -> dict[str, Draft]:
    """All that the person has typed on one incident and not sent, by its form, sealed as it is."""
    rows = session.scalars(_OF_ONE, {"person": person, "incident": incident_id}) if person is not None else ()
    return {row.kind: row for row in rows}


def kept(row: Draft | None) -> Kept | None:
    """A draft, opened; None where there is none."""
    return Kept(opened(row), row.saved_at) if row else None


def opened(row: Draft) -> dict[str, tuple[str, ...]]:
    """What a draft holds, for its writer."""
    label = f"draft {row.person_id} {row.incident_id} {row.kind}"  # as actions.drafts seals it
    typed = orjson.loads(keys.load(config.home()).open_text(row.values["sealed"], label))
    return {name: _as_many(value) for name, value in typed.items()}


def _as_many(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
