"""A kept file as an answer: streamed from the disk, with its length, in parts where parts are asked for."""

from __future__ import annotations

from flask import Response, send_file
from werkzeug.exceptions import NotFound

from review.queries.bundles import Kept


def sent(kept: Kept) -> Response:
    """A bundle to be saved, known by its digest and by the day of its checkpoint."""
    try:
        return send_file(
            kept.path,
            mimetype="application/zip",
            as_attachment=True,
            download_name=kept.filename,
            conditional=True,
            etag=kept.sha256,
            last_modified=kept.published_at,
        )
    except FileNotFoundError as gone:  # let go of in this moment
        raise NotFound from gone
