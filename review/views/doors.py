"""The wall: every page asks for a log-in, except the endpoints in this one list."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from review.views.errors import typed_texts

OPEN: frozenset[str] = frozenset(
    {
        "static",
        "health.healthz",
        "care.help_page",
        "care.stop_mail",
        "language.choose",
        "public.front",
        "public.incidents",
        "public.incident",
        "public.version",
        "public.how",
        "public.audit",
        "public.verifier",
        "public.bundle",
        "public.bundle_of",
        "checkpoints.latest",
        "checkpoints.index",
        "checkpoints.one",
        "checkpoints.feed",
        "checkpoints.consistency",
        "checkpoints.cosign",
        "proofs.public",
        "open_data.index",
        "open_data.program",
        "open_data.file",
        "open_data.snapshot",
        "open_data.snapshot_file",
        "open_data.feed",
        "record.by_month",
        "record.behind",
        "record.on_a_map",
        "ledger.conceded",
        "published_streams.index",
        "published_streams.one",
        "submitting.submit",
        "submitting.receipt",
        "submitting.correction",
        "signing_in.login",
        "signing_in.set_up",
        "signing_in.invitation",
        "signing_in.reset",
        "programs.index",
        # For programs. Those below the empty line ask for a token themselves: a cookie opens nothing there.
        "api.document",
        "api.incidents",
        "api.incident",
        "api.sources",
        "api.sources_of_version",
        "api.listing",
        "api.versions_of",
        "api.determination",
        "api.by_month",
        "api.behind",
        "api.official",
        "api.conceded",
        "api.agreement",
        "api.streams",
        "api.stream",
        "api.codebooks",
        "api.codebook",
        "api.audit",
        "api.published",
        "api.checkpoint",
        "api.checkpoint_of",
        "api.consistency",
        "api.proof",

        "api.desk_incidents",
        "api.desk_incident",
        "api.receive",
    }
)
# What somebody can do who has to set up an authenticator before anything else.
BEFORE_ENROLMENT: frozenset[str] = frozenset(
    {"second_factors.enrol_page", "second_factors.enrol", "signing_in.logout"}
)


def register(app: Flask) -> None:
    """Stop whoever is not signed in before any view runs."""
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    if _is_open():
        return None
    if current_user.is_authenticated:
        return _enrol_first() if current_user.must_enrol else None
    if request.method not in ("GET", "HEAD") or request.path.startswith("/api/"):
        abort(401)
    return redirect(url_for("signing_in.login", next=request.full_path.rstrip("?")))


def _enrol_first() -> ResponseReturnValue | None:
    if request.endpoint in BEFORE_ENROLMENT:
        return None
    if request.method not in ("GET", "HEAD"):
        return render_template("account/enrol_first.html", typed=typed_texts(), code=403), 403
    return redirect(url_for("second_factors.enrol_page", next=request.full_path.rstrip("?")))


def _is_open() -> bool:
    if request.endpoint is None:
        # Outside the desk a missing page says so; inside, the wall does not tell which pages there are.
        return not request.path.startswith("/desk")
    return request.endpoint in OPEN


def safe_path(wanted: str | None, otherwise: str) -> str:
    """A path of this desk to go on to; anything that leads elsewhere is left aside."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(wanted)
    if parts.scheme or parts.netloc or any(ord(letter) < 32 for letter in wanted):
        return otherwise
    return wanted
