"""The commands of `flask`. A command or group joins by one line here."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# Modules of this package, each with a click command or group named `group`.
GROUPS: tuple[str, ...] = ("audit", "demo", "importing", "users", "work")


def register(app: Flask) -> None:
    """Hang every command onto the application."""
    for name in GROUPS:
        app.cli.add_command(import_module(f"review.cli.{name}").group)
