"""Streams: a belligerent × theatre is defined by an admin and switched by a lead, with a reason."""

from __future__ import annotations

from sqlalchemy import select

from review import clock
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit.events.log import StreamDefined, StreamSwitched
from review.models import Stream, session
from review.rules import streams, texts
from review.rules.errors import Invalid, NotFound
from review.rules.permissions import Actor
from review.rules.words import N_


@action("define_stream", StreamDefined)
def define_stream(
    actor: Actor, *, slug: str, name: str, mode: str = "active", reason: str | None = None
) -> str:
    """A stream gets its short name, which stands in the trail for ever, and its mode."""
    with acting(actor) as act:
        act.require("define_stream")
        words = streams.defined(slug, name, mode)
        if session.get(Stream, slug) is not None:
            raise Invalid({"slug": N_("There is a stream of this short name.")})
        put_stream(act, slug, words, mode, texts.remark(reason))
    return slug


def put_stream(act: Act, slug: str, name: str, mode: str, reason: str | None) -> Stream:
    """Record a new stream inside an open act."""
    event = StreamDefined(stream=slug, mode=mode, name=name, reason=reason)
    act.record(event)
    row = Stream(slug=slug, name=name, mode=mode, since=clock.day(act.at), reason=reason)
    act.add(row, event)
    return row


@action("switch_stream", StreamSwitched)
def switch_stream(actor: Actor, slug: str, *, mode: str, reason: str) -> str:
    """Graded, logged only, or paused: a switch has a reason, and changes nothing that stands."""
    with acting(actor) as act:
        act.require("switch_stream")
        row = _the_stream(slug)
        words = texts.reason(reason)
        if mode not in streams.MODES:
            raise Invalid({"mode": streams.UNKNOWN_MODE})
        if mode == row.mode:
            raise Invalid({"mode": N_("The stream is in this mode already.")})
        event = StreamSwitched(stream=slug, mode=mode, name=row.name, reason=words)
        act.record(event)
        row.mode, row.since, row.reason = mode, clock.day(act.at), words
        act.add(row, event)
    return slug


def _the_stream(slug: str) -> Stream:
    row = session.execute(select(Stream).where(Stream.slug == slug).with_for_update()).scalar_one_or_none()
    if row is None:
        raise NotFound("stream")
    return row
