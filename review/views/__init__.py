"""The pages. A blueprint joins by one line here, and is closed unless doors.OPEN names its endpoints."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

from review.views import (
    charting,
    choices,
    doors,
    drawing,
    errors,
    escaping,
    feeding,
    headers,
    language,
    locating,
    looking,
    mapping,
    marking,
    media,
    method,
    narrowing,
    plain,
    shell,
    sourcing,
    submitting,
    unchanged,
    visitor,
    words,
)

# Modules of this package, each with a `blueprint`.
BLUEPRINTS: tuple[str, ...] = (
    "record",
    "accounts",
    "aftermath",
    "agreement",
    "approvals",
    "bulk",
    "care",
    "checkpoints",
    "checks",
    "claims",
    "desk",
    "exits",
    "exports",
    "facts",
    "health",
    "history",
    "open_data",
    "imports",
    "incidents",
    "language",
    "ledger",
    "parties",
    "method",
    "people",
    "policies",
    "programs",
    "proofs",
    "public",
    "published_streams",
    "rechecks",
    "redactions",
    "remedies",
    "rounds",
    "second_factors",
    "settlements",
    "signing_in",
    "sources",
    "streams",
    "corrections",
    "submissions",
    "submitting",
    "tokens",
    "votes",
)


def register(app: Flask) -> None:
    """Hang every blueprint and the rules that hold for all pages onto the application."""
    looking.register(app)
    submitting.register(app)
    plain.register(app)
    headers.register(app)
    language.register(app)
    visitor.register(app)
    words.register(app)
    shell.register(app)
    choices.register(app)
    drawing.register(app)
    escaping.register(app)
    charting.register(app)
    locating.register(app)
    mapping.register(app)
    marking.register(app)
    media.register(app)
    method.register(app)
    narrowing.register(app)
    sourcing.register(app)
    doors.register(app)
    errors.register(app)
    unchanged.register(app)
    feeding.register(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"review.views.{name}").blueprint)
