"""Pictures and recordings in a page: not there until somebody asks, then grey and muted, then in colour.

What was asked for is remembered in the session's own cookie and ends with it. The address of a file stands in no page,
and the file is sent to nobody, before that.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, session
from flask_login import current_user

from review.rules import care

MOST = 60  # a cookie holds no more; the earliest is withheld again
KEPT = "shown"


def register(app: Flask) -> None:
    """Offer the templates how a source's kept file stands in the page."""
    app.jinja_env.globals.update(showing=showing, media_kind=media_kind, text_first=text_first)


def media_kind(source: Any) -> str | None:
    """What a kept file can be shown as: picture, video, sound; None where it is only handed out."""
    return care.SHOWN_AS.get(source.file.media) if source.file else None


def text_first() -> bool:
    """Whether this person reads words alone until they ask."""
    return current_user.is_authenticated and current_user.media == care.TEXT


def showing(source: Any) -> str:
    """How this source's file stands in the page now."""
    media = current_user.media if current_user.is_authenticated else care.ASK
    return care.showing(media, source.warning, _asked().get(_key(source)))


def ask(source: Any, how: str) -> None:
    """Remember what was asked for, until the session ends; put away again is as if it had not been."""
    kept = {key: value for key, value in _asked().items() if key != _key(source)}
    if how in (care.GREY, care.COLOUR):
        kept[_key(source)] = how
    session[KEPT] = {"person": current_user.id, "files": dict(list(kept.items())[-MOST:])}


def _asked() -> dict[str, str]:
    kept = session.get(KEPT) or {}
    mine = current_user.is_authenticated and kept.get("person") == current_user.id
    return dict(kept["files"]) if mine else {}


def _key(source: Any) -> str:
    return str(source.file.sha256[:16])
