"""Files that people hand in: known by what is in them, not by their name; never a page that could run."""

from __future__ import annotations

from dataclasses import dataclass

import puremagic

from review import config
from review.rules.errors import Invalid
from review.rules.words import N_

# What the bytes may be, and the one media type under which we keep it.
ALLOWED = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "application/pdf": "application/pdf",
    "video/mp4": "video/mp4",
    "video/quicktime": "video/quicktime",
    "video/webm": "video/webm",
    "audio/mpeg": "audio/mpeg",
    "audio/wave": "audio/wav",
    "audio/ogg": "audio/ogg",
}
PLAIN, TABLE = "text/plain", "text/csv"
MARKUP = ("<!doctype", "<html", "<svg", "<?xml", "<script", "<head", "<body", "<iframe")

EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file is larger than %(most)s MB.")
NOT_ALLOWED = N_(
    "This is no kind of file that can be kept here: pictures, video, sound, PDF, plain text and CSV are. "
    "Save a web page as PDF or as a picture."
)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in; the name serves the person only and decides nothing but text from table."""

    content: bytes
    filename: str | None = None


def media_of(upload: Upload, field: str = "file") -> str:
    """The media type of a file that may be kept; Invalid with a sentence otherwise."""
    if not upload.content:
        raise Invalid({field: EMPTY})
    if len(upload.content) > config.UPLOAD_LIMIT:
        raise Invalid({field: TOO_LARGE}, most=config.UPLOAD_LIMIT // (1024 * 1024))
    media = _sniffed(upload.content) or _written(upload)
    if media is None:
        raise Invalid({field: NOT_ALLOWED})
    return media


def _sniffed(content: bytes) -> str | None:
    try:
        matches = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return None
    best = max((match.confidence for match in matches), default=0)
    named = [match.mime_type for match in matches if match.mime_type and match.confidence >= min(best, 0.5)]
    return next((ALLOWED[name] for name in named if name in ALLOWED), None)


def _written(upload: Upload) -> str | None:
    """Text is what decodes as text and begins like no page."""
    try:
        text = upload.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    if "\0" in text or any(mark in text[:4096].casefold() for mark in MARKUP):
        return None
    name = (upload.filename or "").casefold()
    return TABLE if name.endswith(".csv") else PLAIN
