"""The JSON of the desk, for programs: `/api/v1`, described by its own OpenAPI document.

It reads the frozen page objects that the pages read and only names their fields. A cookie opens nothing here: what is
public is open, for the rest a program brings a token of a person.
"""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# Modules of this package, each with routes that it hangs onto contract.blueprint.
NOUNS: tuple[str, ...] = (
    "incidents", "determinations", "record", "ledger", "streams", "codebooks", "agreement", "audit", "desk", "claims",
)


def register(app: Flask) -> None:
    """Hang the routes, their limits, their errors and what every answer carries onto the application."""
    from review.api import answers, contract, errors, limits  # the pages ask api.places before this room is built

    for name in NOUNS:
        import_module(f"review.api.{name}")
    limits.register(app)
    errors.register(app)
    answers.register(app)
    contract.register(app)
