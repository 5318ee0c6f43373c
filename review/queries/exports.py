"""What left the building: the published checkpoints and the bundles that were made."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import select

from review.models import Event, session
from review.queries.method import Signed, checkpoints
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Made:
    """One bundle: for whom it was meant is sealed."""

    day: str
    profile: str
    size: int


@dataclass(frozen=True, slots=True)
class ExportPage:
    checkpoints: tuple[Signed, ...]
    made: tuple[Made, ...]


def export_page(viewer: Actor) -> ExportPage:
    """The last of both, for those who may export."""
    if not may(viewer.role, "export"):
        raise Forbidden("export")
    return ExportPage(checkpoints(SHOWN), _made())


def _made() -> tuple[Made, ...]:
    made = select(Event.day, Event.line).where(Event.type == "export.made").order_by(Event.seq.desc())
    bodies = [(day, orjson.loads(line)["body"]) for day, line in session.execute(made.limit(SHOWN))]
    return tuple(Made(day, body["profile"], body["size"]) for day, body in bodies)
