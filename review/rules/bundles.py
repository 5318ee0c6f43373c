"""Bundles: under which checkpoint each is made, what takes a kept one back, and how long it stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from review.rules.words import N_

PUBLIC = "public"
PROFILES = {
    "internal": N_("internal: everything neither sealed by an open round nor removed for good. For the desk itself."),
    "court": N_("court: the same without reporters, contacts and the names behind pseudonyms."),
    PUBLIC: N_("public: published incidents only, what everybody may read and nothing else."),
}
KEPT = timedelta(days=7)
# What was said under a checkpoint and is to be said no more: a kept bundle that holds it is given to nobody.
SILENCING = ("incident.restricted", "detail.redacted")
LEAVING = "person.left"


def under_heads(profile: str, incident: str | None) -> bool:
    """True where only a checkpoint that ends in `log.heads` will do: a cut tail of one incident must show, and a
    public bundle moves once a day alone (AUDIT-FORMAT section 2)."""
    return profile == PUBLIC or incident is not None


def next_checkpoint(now: datetime) -> datetime:
    """When the next one is published: on the hour, news or not."""
    return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def next_heads(now: datetime) -> datetime:
    """When the next one that ends in `log.heads` is published: once a day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def silences(type_: str, body: Mapping[str, Any]) -> bool:
    """Whether an event takes back what was shown: a restriction lifted does not."""
    return type_ != "incident.restricted" or bool(body["on"])
