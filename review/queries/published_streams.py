"""Streams as everybody may read them: how each is worked, since when and why, by dated notices. It takes no viewer.

Of what was never published it tells one number: how many incidents a stream has logged that is not assessed at present.
The reason of a switch is its public notice, whoever decided by their role alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from review.models import Disclosure, Event, Incident, Stream, session
from review.models.dossiers import read_disclosure
from review.queries.public import Count, capped, logged
from review.rules.errors import NotFound

SWITCHES = ("stream.defined", "stream.switched")


@dataclass(frozen=True, slots=True)
class Switch:
    """One dated notice: how the stream is worked from that day, why in public words, who decided by their role.

    `first`: the stream was defined. `seq` is its place in the trail.
    """

    seq: int
    day: str
    mode: str
    reason: str | None
    role: str
    first: bool


@dataclass(frozen=True, slots=True)
class PublicStream:
    """One stream. `logged` is None while it is active: how much waits there is then nobody's but the desk's."""

    slug: str
    name: str
    mode: str
    since: str
    reason: str | None
    logged: Count | None
    published: Count
    history: tuple[Switch, ...]  # the latest first


def streams_public() -> tuple[PublicStream, ...]:
    """Every stream by name."""
    known = switches()
    return tuple(
        _stream(row, known.get(row.slug, ())) for row in session.scalars(select(Stream).order_by(Stream.name))
    )


def stream_public(slug: str) -> PublicStream:
    """One stream with its notices; NotFound where there is none of this short name."""
    row = session.get(Stream, slug)
    if row is None:
        raise NotFound("stream")
    return _stream(row, switches().get(slug, ()))


def _stream(row: Stream, history: tuple[Switch, ...]) -> PublicStream:
    return PublicStream(
        slug=row.slug,
        name=row.name,
        mode=row.mode,
        since=row.since,
        reason=row.reason,
        logged=logged(row.slug) if row.mode != "active" else None,
        published=capped(Incident.stream == row.slug, Incident.public.is_(True)),
        history=history,
    )


def switches() -> Mapping[str, tuple[Switch, ...]]:
    """Stream -> its notices, the latest first; a reason that was removed for good is None."""
    statement = select(Event.seq, Event.day, Event.type, Event.role, Event.line).where(Event.type.in_(SWITCHES))
    rows = session.execute(statement.order_by(Event.seq)).all()
    reasons = _reasons([row.seq for row in rows])
    found: dict[str, list[Switch]] = {}
    for row in rows:
        body = orjson.loads(row.line)["body"]
        notice = Switch(row.seq, row.day, body["mode"], reasons.get(row.seq), row.role, row.type == "stream.defined")
        found.setdefault(body["stream"], []).insert(0, notice)
    return {slug: tuple(notices) for slug, notices in found.items()}


def _reasons(seqs: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(Disclosure.seq, Disclosure.text).where(Disclosure.seq.in_(seqs), Disclosure.name == "reason")
    )
    return {seq: value for seq, text in rows if (value := read_disclosure(text)[1])}
