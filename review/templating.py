"""How templates are found and filled: Flask's environment, in which every template shares what all of them may use."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class Shared(Environment):
    """Jinja lays a map of its own over these for each template, and compares the two at every import of a macro.

    No template of ours has any of its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template may use: its own words where it brings some, else what all share."""
        return super().make_globals(d) if d else self.globals
