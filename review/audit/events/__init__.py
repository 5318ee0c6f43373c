"""The event types: a closed list, one class each."""

from review.audit.events import grading, incidents, log, sources
from review.audit.events.event import (
    ALWAYS,
    COURT,
    INTERNAL,
    PROFILES,
    PUBLIC,
    PUBLISHABLE,
    TYPES,
    Event,
    Late,
)

__all__ = [
    "ALWAYS",
    "COURT",
    "INTERNAL",
    "PROFILES",
    "PUBLIC",
    "PUBLISHABLE",
    "TYPES",
    "Event",
    "Late",
    "grading",
    "incidents",
    "log",
    "sources",
]
