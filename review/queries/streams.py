"""The streams of the desk: how each is worked, since when and why, and how much stands where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from review.models import Incident, Stream, session
from review.models.admissions import shown_to
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Listed:
    """One stream with the number of its incidents at each stage."""

    slug: str
    name: str
    mode: str
    since: str
    reason: str | None
    stages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class StreamsPage:
    streams: tuple[Listed, ...]
    may_define: bool
    may_switch: bool


@dataclass(frozen=True, slots=True)
class StreamPage:
    stream: Listed
    may_switch: bool


def streams_page(viewer: Actor) -> StreamsPage:
    """Every stream; for those who define or switch them."""
    _allow(viewer)
    stages = _stages(viewer)
    rows = session.scalars(select(Stream).order_by(Stream.name))
    return StreamsPage(
        tuple(_listed(row, stages.get(row.slug, {})) for row in rows),
        may(viewer.role, "define_stream"),
        may(viewer.role, "switch_stream"),
    )


def stream_page(viewer: Actor, slug: str) -> StreamPage:
    """One stream."""
    _allow(viewer)
    row = session.get(Stream, slug)
    if row is None:
        raise NotFound("stream")
    return StreamPage(_listed(row, _stages(viewer).get(slug, {})), may(viewer.role, "switch_stream"))


def choices() -> tuple[tuple[str, str], ...]:
    """Slug and name of every stream, for a form."""
    rows = session.execute(select(Stream.slug, Stream.name).order_by(Stream.name))
    return tuple((row.slug, row.name) for row in rows)


def _allow(viewer: Actor) -> None:
    if not (may(viewer.role, "define_stream") or may(viewer.role, "switch_stream")):
        raise Forbidden("switch_stream")


def _listed(row: Stream, stages: Mapping[str, int]) -> Listed:
    return Listed(row.slug, row.name, row.mode, row.since, row.reason, stages)


def _stages(viewer: Actor) -> dict[str, dict[str, int]]:
    rows = session.execute(
        select(Incident.stream, Incident.stage, func.count())
        .where(shown_to(viewer))
        .group_by(Incident.stream, Incident.stage)
    )
    found: dict[str, dict[str, int]] = {}
    for stream, stage, number in rows:
        found.setdefault(stream, {})[stage] = number
    return found
