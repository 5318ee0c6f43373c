"""A public incident page that is asked for again: 304 before any page is built, and before Flask is entered.

The mark depends on what the public may see, on the language and on the code that writes the page, and on nothing else.
A page with a mark is the same byte for byte: its nonce is drawn from the mark, under the desk's secret, so that no
text can know it before it is published. The answer 304 carries no policy of its own: the one kept with the page holds.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header, parse_cookie

from review import config
from review.queries.marks import engine, mark
from review.views.language import COOKIE, LANGUAGES

PAGE = re.compile(r"/incidents/([^/]+)(?:/([0-9]{1,9}))?")
KEPT = (("Cache-Control", "no-cache"), ("Vary", "Accept-Language, Cookie"))
WRITING = ("*.py", "*.html", "*.mo", "*.css", "*.js")
Start = Callable[..., Any]


def register(app: Flask) -> None:
    """Stand before the application."""
    app.wsgi_app = _Unchanged(app, app.wsgi_app)  # type: ignore[assignment, method-assign]


class _Unchanged:
    """Answers what has not changed; everything else goes on."""

    def __init__(self, app: Flask, inner: Callable[..., Iterable[bytes]]) -> None:
        self._app, self._inner = app, inner
        self._engine: Any = None

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self._inner(environ, start)
        found = PAGE.fullmatch(environ.get("PATH_INFO", ""))
        if found is None or environ.get("QUERY_STRING"):
            return self._inner(environ, start)
        tag = self._tag(environ, *found.groups())
        if tag is None or not _names(known, tag):
            return self._inner(environ, start)
        start("304 NOT MODIFIED", [("ETag", tag), *KEPT])
        return ()

    def _tag(self, environ: dict[str, Any], ref: str, version: str | None) -> str | None:
        cookies = environ.get("HTTP_COOKIE", "")
        language = None if self._app.config["PSEUDO"] else _language(
            cookies, environ.get("HTTP_ACCEPT_LANGUAGE", ""), self._app.config["SESSION_COOKIE_NAME"]
        )
        if language is None:
            return None
        try:
            return _tag(self._bind(), _typed(ref), version, language, config.address() or _host(environ))
        except SQLAlchemyError:
            return None  # the page itself says what is wrong

    def _bind(self) -> Any:
        if self._engine is None:
            with self._app.app_context():
                self._engine = engine()
        return self._engine


def begin(ref: str, version: int | None) -> str | None:
    """The mark of the page that is about to be built, taken first: a change in between makes it out of date. None for
    whoever has a session, whose page says more."""
    if current_app.config["PSEUDO"] or request.query_string:
        return None
    language = _language(
        request.headers.get("Cookie", ""), request.headers.get("Accept-Language", ""),
        current_app.config["SESSION_COOKIE_NAME"],
    )  # fmt: skip
    if language is None:
        return None
    shown = None if version is None else str(version)
    tag = _tag(engine(), ref, shown, language, config.address() or request.host_url.rstrip("/"))
    if tag is not None:
        drawn = hmac.digest(config.secret(), b"nonce\x00" + tag.encode(), hashlib.sha256)
        g.nonce = base64.urlsafe_b64encode(drawn).decode()[:22]
    return tag


def marked(response: Response, tag: str | None) -> Response:
    """The page with its mark; where the asker has it already, that alone."""
    if tag is None:
        return response
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "no-cache"
    return response


def _tag(bind: Any, ref: str, version: str | None, language: str, base: str) -> str | None:
    found = mark(bind, ref, version or "", language, base, config.origin(), _code())
    return f'"{found}"' if found else None


def _names(known: str, tag: str) -> bool:
    if known.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == tag for one in known.split(","))


@lru_cache(maxsize=1024)
def _language(cookies: str, accepted: str, session_cookie: str) -> str | None:
    """The language of the page for an asker without a session, as views.language chooses it; None for one with."""
    kept = parse_cookie(cookies)
    if session_cookie in kept:
        return None
    if kept.get(COOKIE) in LANGUAGES:
        return str(kept[COOKIE])
    spoken = (tag.replace("_", "-").split("-")[0] for tag in parse_accept_header(accepted, LanguageAccept).values())
    return next((code for code in spoken if code in LANGUAGES), "en")


def _typed(ref: str) -> str:
    """A path as WSGI hands it over, latin-1, read as the UTF-8 that was sent."""
    return ref.encode("latin-1").decode("utf-8", "replace")


def _host(environ: dict[str, Any]) -> str:
    return f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST') or environ['SERVER_NAME']}"


@lru_cache(maxsize=1)
def _code() -> str:
    """What writes the pages, read once a process: another release, another mark."""
    root = Path(__file__).resolve().parent.parent
    files = sorted(
        path for folder in (root, root.parent / "templates") for kind in WRITING for path in folder.rglob(kind)
    )
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(root.parent)}\x00".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
