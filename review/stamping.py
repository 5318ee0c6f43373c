"""Timestamps: an authority is asked for a token over the last checkpoint that fixes every incident (RFC 3161).

It is sent the SHA-256 of a file that is public, and nothing else. The desk asks nobody else anything.
"""

from __future__ import annotations

import urllib.request
from urllib.parse import urlsplit

from sqlalchemy import func, select

from review import config
from review.actions import witnesses
from review.audit import checkpoint_files, timestamps
from review.models import Checkpoint, Timestamp, session

PATIENCE = 20
LARGEST = 256 * 1024


class NoSuchAuthority(ValueError):
    """ASSAY_TSA_URL does not say where an authority is asked."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        """An authority that moved is named anew by an admin, not followed."""


_OPENER = urllib.request.build_opener(_NoRedirects)


def stamp(size: int | None = None) -> None:
    """Ask for a token over a checkpoint's file as it stands now, the last that ends in `log.heads` by default.

    The file is stamped with the witnesses' lines that it has by now: these very bytes go into a bundle. Safe to run
    twice: the same bytes are stamped once.
    """
    session.rollback()
    wanted = size or session.scalar(select(func.max(Checkpoint.size)).where(Checkpoint.heads))
    file = checkpoint_files.text(session, wanted) if wanted else None
    done = file is not None and session.get(Timestamp, checkpoint_files.digest(file)) is not None
    session.rollback()
    if not config.tsa_url() or wanted is None or file is None or done:
        return
    data = file.encode()
    asked = timestamps.request(data)
    trusted = timestamps.certificates(config.tsa_certificate())
    reply = _asked(config.tsa_url(), asked.as_bytes())
    stamped = timestamps.judged(reply, asked, data, trusted)
    witnesses.keep_timestamp(wanted, file, stamped, authority=authority(config.tsa_url()))


def authority(url: str) -> str:
    """Which authority that is: its host."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise NoSuchAuthority("ASSAY_TSA_URL reads https://HOST/PATH.")
    return parts.hostname[:300]


def _asked(url: str, query: bytes) -> bytes:
    authority(url)
    # Only http and https: authority() has looked.
    wanted = urllib.request.Request(url, query, {"Content-Type": "application/timestamp-query"})  # noqa: S310
    with _OPENER.open(wanted, timeout=PATIENCE) as answer:
        return bytes(answer.read(LARGEST))
