"""The log's own events, judged again: who may come, go or be given a role, and what was taken of the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Type -> what somebody must be for it: whether their log-in is open, whether they hold a role (None: either).
STEPS: Mapping[str, tuple[bool, bool | None]] = {
    "person.deactivated": (True, None),
    "person.reactivated": (False, None),
    "role.granted": (True, False),
}
OUT_OF_TURN = "a person comes, goes and is given a role one step at a time"


def in_turn(type_: str, active: bool, role: str | None) -> bool:
    """Whether this may happen to somebody as they stand. A role granted beside another would hide that one's end."""
    if type_ not in STEPS:
        return True
    open_, holding = STEPS[type_]
    return active is open_ and holding in (None, role is not None)


def fits(type_: str, body: Mapping[str, Any], size: int) -> bool:
    """Whether what was taken of the log is no longer than the log then was."""
    return type_ not in ("export.made", "backup.made") or body["size"] <= size


def steps(body: Mapping[str, Any], before: str, day: str) -> bool:
    """Whether a clock steps from the day of the event before it to its own."""
    return (body["from"], body["to"]) == (before, day) and before != day
