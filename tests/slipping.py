"""An act of somebody else's in the moment after the heads were fixed and before anything is signed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from review.actions import log


def slip(monkeypatch: pytest.MonkeyPatch, *acts: Callable[[], object]) -> None:
    """After the next heads comes the first of these acts, after those that follow them the second, and so on."""
    heads, left = log.record_heads, list(acts)

    def slipped() -> int:
        seq = heads()
        if left:
            left.pop(0)()
        return seq

    monkeypatch.setattr(log, "record_heads", slipped)
