"""The streams for everybody: how each is worked, since when and why."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from review.queries import published_streams

blueprint = Blueprint("published_streams", __name__)


@blueprint.get("/streams")
def index() -> ResponseReturnValue:
    """Every stream."""
    return render_template("public/streams.html", streams=published_streams.streams_public())


@blueprint.get("/streams/<slug>")
def one(slug: str) -> ResponseReturnValue:
    """One stream with its dated notices."""
    return render_template("public/stream.html", stream=published_streams.stream_public(slug))
