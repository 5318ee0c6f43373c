"""Published incidents in which a party has accepted the harm since: a new round may confirm them, if a lead has one."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from review.models import Determination, Event, Incident, Stream, session
from review.models.admissions import shown_to
from review.queries.under_way import Case, cases_of
from review.rules import acceptance
from review.rules.permissions import Actor

SOME = 500  # incidents asked for at once
# By which of these an incident comes to hold what Confirmed asks for.
MOVING = ("position.recorded", "source.attached", "source.assessed")


COLUMNS = (
    Incident.id, Incident.name, Incident.code, Incident.title, Incident.stream, Incident.stage, Incident.gravity,
    Stream.mode,
)  # fmt: skip


def accepted(viewer: Actor, stream: str = "") -> list[Case]:
    """Those that exist for this viewer, the gravest first, then the oldest; none that is being checked already."""
    found = [row for some in _parts(_with_positions()) for row in _moved(viewer, some, stream)]
    cases = cases_of(viewer, sorted(found, key=lambda row: (-row.gravity, row.id)))
    return [case for case in cases if acceptance.unconsidered(case.dossier) is not None]


def _with_positions() -> list[int]:
    """The incidents of which any official position is recorded: few beside all."""
    rows = select(Event.incident_id).where(Event.type == "position.recorded").distinct()
    return [incident for incident in session.scalars(rows) if incident is not None]


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + SOME] for start in range(0, len(ids), SOME)]


def _moved(viewer: Actor, ids: list[int], stream: str) -> list[Any]:
    """Those of them that are published and hold something that came after the version which stands."""
    table = Determination.__table__.c
    later = (
        select(Event.incident_id)
        .join(Incident, Incident.id == Event.incident_id)
        .join(Determination, (table.incident_id == Incident.id) & (table.version == Incident.version))
        .where(Incident.id.in_(ids), Incident.stage == "published", ~Incident.recheck)
        .where(Event.type.in_(MOVING), Event.seq > table.seq)
        .distinct()
    )
    wanted = [shown_to(viewer), *([Incident.stream == stream] if stream else [])]
    statement = (
        select(*COLUMNS)
        .join(Stream, Stream.slug == Incident.stream)
        .where(Incident.id.in_(later), *wanted)
    )
    return list(session.execute(statement).all())
