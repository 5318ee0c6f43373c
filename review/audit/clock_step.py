"""Whether the clock of this machine is one that the log follows (AUDIT-FORMAT section 5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from review import clock
from review.models import LogHead
from review.rules import clocks
from review.rules.clocks import Step


def stepped(session: Any) -> Step | None:
    """The step that an admin must accept before anything is written again; None where the clock is believed."""
    return clocks.step(session.scalar(select(LogHead.day).where(LogHead.id == 1)), clock.today())
