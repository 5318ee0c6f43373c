"""The streams of the desk: how each is worked, since when and why, and how much stands where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from review.models import Event, Incident, Person, Stream, session
from review.models.admissions import shown_to
from review.queries.backlog import NOTHING, Backlog, backlogs
from review.queries.history import OurWord
from review.queries.published_streams import Switch, switches
from review.rules.errors import Forbidden, NotFound
from review.rules.leaving import SOMEBODY
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
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class StreamsPage:
    streams: tuple[Listed, ...]
    may_define: bool
    may_switch: bool


@dataclass(frozen=True, slots=True)
class StreamPage:
    stream: Listed
    may_switch: bool
    history: tuple[Switch, ...]
    names: Mapping[int, str]  # who decided, by the place of the notice in the trail


def streams_page(viewer: Actor) -> StreamsPage:
    """Every stream; for those who define or switch them."""
    _allow(viewer)
    stages, waiting = _stages(viewer), backlogs(viewer)
    rows = session.scalars(select(Stream).order_by(Stream.name))
    return StreamsPage(
        tuple(_listed(row, stages.get(row.slug, {}), waiting.get(row.slug, NOTHING)) for row in rows),
        may(viewer.role, "define_stream"),
        may(viewer.role, "switch_stream"),
    )


def stream_page(viewer: Actor, slug: str) -> StreamPage:
    """One stream."""
    _allow(viewer)
    row = session.get(Stream, slug)
    if row is None:
        raise NotFound("stream")
    listed = _listed(row, _stages(viewer).get(slug, {}), backlogs(viewer).get(slug, NOTHING))
    history = switches().get(slug, ())
    return StreamPage(listed, may(viewer.role, "switch_stream"), history, _deciders(history))


def choices() -> tuple[tuple[str, str], ...]:
    """Slug and name of every stream, for a form."""
    rows = session.execute(select(Stream.slug, Stream.name).order_by(Stream.name))
    return tuple((row.slug, row.name) for row in rows)


def _allow(viewer: Actor) -> None:
    if not (may(viewer.role, "define_stream") or may(viewer.role, "switch_stream")):
        raise Forbidden("switch_stream")


def _listed(row: Stream, stages: Mapping[str, int], backlog: Backlog) -> Listed:
    return Listed(row.slug, row.name, row.mode, row.since, row.reason, stages, backlog)


def _deciders(history: tuple[Switch, ...]) -> dict[int, str]:
    """Who decided each change, by name: for those inside. The desk itself, and who left, have none."""
    rows = session.execute(
        select(Event.seq, Person.name)
        .join(Person, Person.log_name == Event.actor)
        .where(Event.seq.in_([one.seq for one in history]))
    )
    return {seq: name or OurWord(SOMEBODY) for seq, name in rows}


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
