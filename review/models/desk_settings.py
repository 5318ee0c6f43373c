"""Settings of the desk that are no rule of grading, looked up with their defaults."""

from __future__ import annotations

from typing import Any

from review.models.people import DeskSetting
from review.rules.submissions import KEPT_DAYS

KEPT = "submissions_kept"


def days_kept(session: Any) -> int:
    """For how many days what is sent in may wait before it is erased unread."""
    row = session.get(DeskSetting, KEPT)
    return int(row.value) if row is not None else KEPT_DAYS
