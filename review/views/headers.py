"""What every answer carries: no inline code, no sniffing, no referrer, no copy kept of a signed-in page."""

from __future__ import annotations

import hashlib
import os
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user

from review.api.places import is_ours

POLICY = (
    "default-src 'none'",
    "script-src 'nonce-{nonce}' 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "media-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
)
SAID = "; ".join(POLICY)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
YEAR = 31_536_000


def register(app: Flask) -> None:
    """Send the headers with every answer and offer `nonce` to the templates."""
    app.after_request(_dress)
    app.url_defaults(_name_by_content)
    app.context_processor(lambda: {"nonce": nonce()})
    app.jinja_env.globals["static"] = static


def nonce() -> str:
    """The one value that lets a script of this answer run."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def _dress(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = SAID.format(nonce=nonce())
    response.headers.extend(FIXED)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
    if request.endpoint == "static":
        return _keep_static(response)
    if is_ours(request.path):
        return response  # api/answers.py says how those are kept
    response.vary.update(("Accept-Language", "Cookie"))
    if current_user.is_authenticated:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-cache"
    return response


def _keep_static(response: Response) -> Response:
    if response.status_code == 200 and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return response


def static(name: str) -> str:
    """The address of a file of ours, as url_for says it: a page names a dozen, and they hardly ever change."""
    path = os.path.join(current_app.static_folder or "", name)
    return _address(name, os.stat(path).st_mtime_ns, request.script_root)


@lru_cache(maxsize=256)
def _address(name: str, _changed: int, _root: str) -> str:
    return url_for("static", filename=name)


def _name_by_content(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint != "static" or "v" in values:
        return
    path = os.path.join(current_app.static_folder or "", values["filename"])
    try:
        values["v"] = _digest(path, os.stat(path).st_mtime_ns)
    except OSError:
        return


@lru_cache(maxsize=512)
def _digest(path: str, _changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]
