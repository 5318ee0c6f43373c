"""The commands of `flask`. A command or group joins by one line here."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

# Modules of this package, each with a click command or group named `group`, or with several in `commands`.
GROUPS: tuple[str, ...] = ("audit", "demo", "importing", "keeping", "users", "work")


def register(app: Flask) -> None:
    """Hang every command onto the application."""
    for name in GROUPS:
        module = import_module(f"review.cli.{name}")
        for command in getattr(module, "commands", None) or (module.group,):
            app.cli.add_command(command)
