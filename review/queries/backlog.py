"""What waits in a stream: how much, since when, how it grew; and what was logged while a stream was not assessed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select

from review import clock
from review.models import Event, Incident, Stream, session
from review.models.admissions import shown_to
from review.queries.incidents import ref_among, repeated_codes
from review.queries.public import Count
from review.queries.published_streams import Switch, switches
from review.queries.under_way import Place
from review.rules import streams
from review.rules.errors import Forbidden, NotFound
from review.rules.facts import Facts, Range
from review.rules.permissions import Actor, may

SIZE = 50


@dataclass(frozen=True, slots=True)
class Grown:
    """Of what waits now: how many were logged in a month, and how many up to its end."""

    month: str
    logged: int
    so_far: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is logged in one stream and waits, as one person may see it. `imported` came with another desk's grade."""

    waiting: int = 0
    imported: int = 0
    oldest: str | None = None  # the day on which it was logged
    days: int = 0
    months: tuple[Grown, ...] = ()


@dataclass(frozen=True, slots=True)
class Logged:
    """One incident that was logged while its stream was not assessed, and still waits."""

    id: int
    ref: str
    code: str | None
    title: str
    day: str
    gravity: int
    killed: Range


@dataclass(frozen=True, slots=True)
class CatchUpPage:
    """What a stream logged while it was not assessed, the gravest first, then the oldest.

    `logged` counts all of it, `waiting` what nobody has taken up yet: the rows are a page of these. `until` is None
    while the stream is still not assessed.
    """

    slug: str
    name: str
    mode: str
    since: str | None
    until: str | None
    logged: int
    waiting: int
    rows: tuple[Logged, ...]
    after: Place | None
    first: bool
    may_assign: bool


NOTHING = Backlog()


def backlogs(viewer: Actor) -> Mapping[str, Backlog]:
    """Stream -> what waits in it."""
    month = func.substr(Event.day, 1, 7)
    rows = session.execute(
        select(Incident.stream, month, func.count(), func.count(Incident.grade), func.min(Event.day))
        .join(Event, Event.seq == Incident.first_seq)
        .where(Incident.stage == "logged", shown_to(viewer))
        .group_by(Incident.stream, month)
        .order_by(Incident.stream, month)
    )
    of_stream: dict[str, list[Any]] = {}
    for row in rows:
        of_stream.setdefault(row[0], []).append(row)
    return {stream: _backlog(found) for stream, found in of_stream.items()}


def _backlog(rows: list[Any]) -> Backlog:
    so_far, months = 0, []
    for _stream, month, number, _imported, _oldest in rows:
        so_far += number
        months.append(Grown(month, number, so_far))
    oldest = min(row[4] for row in rows)
    days = max(0, (clock.now().date() - date.fromisoformat(oldest)).days)
    return Backlog(so_far, sum(row[3] for row in rows), oldest, days, tuple(months))


def not_assessed(viewer: Actor, most: int) -> Mapping[str, Count]:
    """Of each stream that is not assessed now: how many wait there, counted no further than `most`."""
    slugs = session.scalars(select(Stream.slug).where(Stream.mode != "active"))
    waits = (Incident.stage == "logged", shown_to(viewer))
    return {slug: _capped(most, Incident.stream == slug, *waits) for slug in slugs}


def _capped(most: int, *wanted: ColumnElement[bool]) -> Count:
    some = select(Incident.id).where(*wanted).limit(most + 1)
    number = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return Count(min(number, most), number > most)


# --- catching up ----------------------------------------------------------------------------------------------


def catch_up_page(viewer: Actor, slug: str, after: Place | None = None) -> CatchUpPage:
    """What a stream logged while it was last not assessed, for those who switch streams."""
    if not (may(viewer.role, "define_stream") or may(viewer.role, "switch_stream")):
        raise Forbidden("switch_stream")
    row = session.get(Stream, slug)
    if row is None:
        raise NotFound("stream")
    history = switches().get(slug, ())
    began, ended = streams.away([(one.seq, one.mode) for one in reversed(history)])
    meanwhile = _meanwhile(viewer, slug, began, ended)
    found = _rows(meanwhile, after) if began is not None else []
    shown = found[:SIZE]
    return CatchUpPage(
        slug=slug,
        name=row.name,
        mode=row.mode,
        since=_day(history, began),
        until=_day(history, ended),
        logged=_count(meanwhile) if began is not None else 0,
        waiting=_count(and_(meanwhile, Incident.stage == "logged")) if began is not None else 0,
        rows=_logged(shown),
        after=Place(shown[-1].gravity, shown[-1].id) if len(found) > SIZE else None,
        first=after is None,
        may_assign=may(viewer.role, "assign_panel"),
    )


def logged_meanwhile(viewer: Actor, slug: str) -> ColumnElement[bool]:
    """That an incident was logged in a stream while it was last not assessed; none was where that never happened."""
    history = switches().get(slug, ())
    began, ended = streams.away([(one.seq, one.mode) for one in reversed(history)])
    return false() if began is None else _meanwhile(viewer, slug, began, ended)


def _meanwhile(viewer: Actor, slug: str, began: int | None, ended: int | None) -> ColumnElement[bool]:
    """Logged in the stream between two places of the trail."""
    behind = [] if ended is None else [Incident.first_seq < ended]
    return and_(Incident.stream == slug, shown_to(viewer), Incident.first_seq > (began or 0), *behind)


def _rows(meanwhile: ColumnElement[bool], after: Place | None) -> list[Any]:
    statement = (
        select(Incident.id, Incident.name, Incident.code, Incident.title, Incident.gravity, Incident.facts, Event.day)
        .join(Event, Event.seq == Incident.first_seq)
        .where(meanwhile, Incident.stage == "logged")
        .order_by(Incident.gravity.desc(), Incident.id)
        .limit(SIZE + 1)
    )
    if after is not None:
        lighter = and_(Incident.gravity == after.gravity, Incident.id > after.id)
        statement = statement.where(or_(Incident.gravity < after.gravity, lighter))
    return list(session.execute(statement).all())


def _logged(rows: list[Any]) -> tuple[Logged, ...]:
    repeated = repeated_codes([row.code for row in rows if row.code])
    return tuple(
        Logged(
            row.id,
            ref_among(row.code, row.name, repeated),
            row.code,
            row.title,
            row.day,
            row.gravity,
            Facts.from_dict(row.facts).civilians.killed,
        )
        for row in rows
    )


def _count(wanted: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Incident).where(wanted)) or 0


def _day(history: tuple[Switch, ...], seq: int | None) -> str | None:
    return next((one.day for one in history if one.seq == seq), None)
