"""What the line of an event says, as far as it is one: behind the guards anything can stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from review.rules.errors import Refused
from review.rules.places import here

KEYS = frozenset(
    ("v", "log", "seq", "day", "type", "incident", "iseq", "prev", "actor", "role", "body", "sd")
)  # fmt: skip
# What reading an event ends in whose fields are not those of its type.
UNTAKEN = (AttributeError, LookupError, TypeError, ValueError, StopIteration, Refused)


def event_of(line: bytes) -> Any:
    """What a line says; None where it is not that of an event, which is named where the leaves are read."""
    try:
        said = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return said if is_event(said) else None


def is_event(said: Any) -> bool:
    """Whether it has the fields of an event, whatever stands in them."""
    return (
        isinstance(said, dict)
        and said.keys() == KEYS
        and isinstance(said["seq"], int)
        and isinstance(said["type"], str)
        and isinstance(said["body"], dict)
        and isinstance(said["sd"], list)
    )


def placed(event: Mapping[str, Any], seq: int) -> Mapping[str, Any]:
    """An event as this desk counts; as it stands where it names no such places."""
    try:
        return here(event, seq)
    except UNTAKEN:
        return event
