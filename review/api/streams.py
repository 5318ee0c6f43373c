"""Streams: how each is worked, since when and why, and what is logged and not assessed at present."""

from __future__ import annotations

from typing import Any

from review.api.asking import reads
from review.api.fields import Shape, many, one, one_or_none, text, text_or_none, whole, yes_no
from review.api.shapes import CountShape
from review.queries import published_streams

TAG = "streams"


class UnassessedShape(Shape):
    """A stream that is logged and not graded, and how many of its incidents wait there."""

    slug = text()
    name = text()
    mode = text()
    since = text()
    reason = text_or_none()
    logged = one(CountShape)


class SwitchShape(Shape):
    """One dated notice: how the stream is worked from that day, and why."""

    seq = whole()
    day = text()
    mode = text()
    reason = text_or_none()
    role = text(metadata={"description": "The role of whoever decided it."})
    first = yes_no(metadata={"description": "The stream was defined."})


class StreamShape(Shape):
    """One stream; `logged` is null while it is active."""

    slug = text()
    name = text()
    mode = text()
    since = text()
    reason = text_or_none()
    logged = one_or_none(CountShape)
    published = one(CountShape)
    history = many(SwitchShape)


class StreamsShape(Shape):
    data = many(StreamShape)


class OneStreamShape(Shape):
    data = one(StreamShape)


@reads("/streams", StreamsShape, TAG)
def streams() -> Any:
    """Every stream by name."""
    return {"data": published_streams.streams_public()}


@reads("/streams/<slug>", OneStreamShape, TAG, none="There is no stream of this short name.")
def stream(slug: str) -> Any:
    """One stream with its notices."""
    return {"data": published_streams.stream_public(slug)}
