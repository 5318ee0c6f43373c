"""What a person typed into a form of an incident and has not sent: shown to them and to nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson

from review import config
from review.audit import keys
from review.models import Draft, session


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft with the moment it was kept; every field as the list of values that the form sent."""

    values: Mapping[str, tuple[str, ...]]
    saved_at: datetime


def kept_draft(person: int | None, incident_id: int, kind: str) -> Kept | None:
    """The person's own draft of one form, opened; None where there is none."""
    row = session.get(Draft, (person, incident_id, kind)) if person is not None else None
    if row is None:
        return None
    return Kept(opened(row), row.saved_at)


def opened(row: Draft) -> dict[str, tuple[str, ...]]:
    """What a draft holds, for its writer."""
    label = f"draft {row.person_id} {row.incident_id} {row.kind}"  # as actions.drafts seals it
    typed = orjson.loads(keys.load(config.home()).open_text(row.values["sealed"], label))
    return {name: _as_many(value) for name, value in typed.items()}


def _as_many(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)
