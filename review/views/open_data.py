"""The open data: files of every published version and of the record by month, streamed as they are read; snapshots
that stay as they are; the feed of what was published last."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, Response, render_template, request, send_file, stream_with_context
from flask.typing import ResponseReturnValue

from review import config
from review.queries import data_snapshots, open_data, published_feed
from review.queries.open_data_page import PROGRAM, data_page
from review.rules.errors import NotFound
from review.views.json_ld import as_script, dataset
from review.views.visitor import base_address

blueprint = Blueprint("open_data", __name__)


@blueprint.get("/data")
def index() -> ResponseReturnValue:
    """What there is to take away, what its columns mean, and how to check it."""
    page = data_page()
    files = [(name, media, f"/data/{name}") for name, media in page.files]
    linked = as_script(dataset(base_address(), config.origin(), files, page.updated))
    return render_template("public/data.html", page=page, linked_data=linked)


@blueprint.get("/data/recompute.py")
def program() -> ResponseReturnValue:
    """The program that makes the determinations anew from a public bundle."""
    return send_file(PROGRAM, mimetype="text/plain", as_attachment=True, download_name=PROGRAM.name)


@blueprint.get("/data/<name>")
def file(name: str) -> ResponseReturnValue:
    """One file as the record stands now."""
    found = open_data.file(name)
    return _taken(stream_with_context(iter(found.pieces)), found.media, found.name)


@blueprint.get("/data/snapshots/<int:size>")
def snapshot(size: int) -> ResponseReturnValue:
    """One snapshot, by the size of its checkpoint; where it is given no more, that, and why."""
    page = data_snapshots.snapshot(size)
    said = render_template("public/data_snapshot.html", page=page, cited_base=base_address())
    return said, 200 if page.given else 410


@blueprint.get("/data/snapshots/<int:size>/<name>")
def snapshot_file(size: int, name: str) -> ResponseReturnValue:
    """One file of a snapshot: the same bytes for ever, or the page that says that they are gone."""
    if not data_snapshots.snapshot(size).given:
        return snapshot(size)
    held, pieces = data_snapshots.file_of(size, name)
    media = dict(open_data.files())[name]
    response = _taken(pieces, media, f"{name.partition('.')[0]}-{size}.{name.partition('.')[2]}")
    response.content_length = held.octets
    response.set_etag(held.sha256)
    return response.make_conditional(request)


@blueprint.get("/incidents.atom")
def feed() -> ResponseReturnValue:
    """What was published last, for a feed reader, in English whoever asks: one document under one address."""
    found = published_feed.published_feed()
    if found is None:
        raise NotFound("not-published")
    body = render_template("public/determinations.xml", feed=found, base=base_address(), log=config.origin())
    response = Response(body, mimetype="application/atom+xml")
    response.add_etag()
    return response.make_conditional(request)


def _taken(pieces: Iterable[bytes], media: str, name: str) -> Response:
    response = Response(pieces, mimetype=media)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
