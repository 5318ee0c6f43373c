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
    headers,
    language,
    locating,
    mapping,
    marking,
    media,
    narrowing,
    plain,
    shell,
    visitor,
    words,
)

# Modules of this package, each with a `blueprint`.
BLUEPRINTS: tuple[str, ...] = (
    "record",
    "accounts",
    "aftermath",
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
    "imports",
    "incidents",
    "language",
    "people",
    "policies",
    "proofs",
    "public",
    "rechecks",
    "redactions",
    "remedies",
    "rounds",
    "second_factors",
    "settlements",
    "signing_in",
    "sources",
    "streams",
    "votes",
)


def register(app: Flask) -> None:
    """Hang every blueprint and the rules that hold for all pages onto the application."""
    plain.register(app)
    headers.register(app)
    language.register(app)
    visitor.register(app)
    words.register(app)
    shell.register(app)
    choices.register(app)
    drawing.register(app)
    charting.register(app)
    locating.register(app)
    mapping.register(app)
    marking.register(app)
    media.register(app)
    narrowing.register(app)
    doors.register(app)
    errors.register(app)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(f"review.views.{name}").blueprint)
