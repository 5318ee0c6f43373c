"""Places in the log: a line counts them from its own log's first leaf, this desk from its very first one.

A log that continues another begins again at 0. What a line names lies so many places further on for the desk as the
logs before it are long: its *base*. A place before the base cannot be named in the line (AUDIT-FORMAT section 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from review.rules.errors import Refused
from review.rules.viewers import Requirement
from review.rules.words import N_

EARLIER = N_(
    "This refers to an entry of an earlier log, before this desk went on under another name. A log can only name its "
    "own entries."
)

# The fields of each event type that name places: every kind of `seq` that audit.events declares.
_NAMING: dict[str, tuple[str, ...]] = {
    "grade.imported": ("codebook",),
    "round.opened": ("of", "policy", "codebook"),
    "vote.committed": ("replaces",),
    "vote.withdrawn": ("of",),
    "round.closed": ("commits", "superseded", "withdrawn", "excluded"),
    "vote.revealed": ("of",),
    "vote.excluded": ("of",),
    "settlement.argued": ("settlement",),
    "settler.appointed": ("settlement",),
    "settlement.closed": ("settlement", "answers"),
    "dissent.recorded": ("of",),
    "grade.proposed": ("settlement", "minority"),
    "proposal.voided": ("of",),
    "grade.returned": ("of",),
    "grade.overridden": ("of",),
    "override.seconded": ("of",),
    "grade.approved": ("of", "override", "stale"),
    "grade.published": ("of",),
    "recheck.opened": ("cause",),
    "claim.duplicated": ("claim", "of"),
    "claim.dismissed": ("claim", "of"),
    "claim.withdrawn": ("claim", "of"),
    "claim.restored": ("claim", "of"),
    "claim.grouped": ("claim",),
    "claim.ungrouped": ("claim",),
    "correction.published": ("of",),
    "detail.redacted": ("of",),
}
NAMING: Mapping[str, tuple[str, ...]] = MappingProxyType(_NAMING)


def moved(type_: str, body: Mapping[str, Any], by: int) -> Mapping[str, Any]:
    """The public fields of an event with every place that they name so much further on, or back where negative."""
    fields = NAMING.get(type_) if by else None
    if fields is None:
        return body
    return {**body, **{name: _moved(body[name], by) for name in fields}}


def replies_moved(replies: Mapping[str, str] | None, by: int) -> Mapping[str, str] | None:
    """A settler's answers, which are kept by the place of the argument that each one answers."""
    if not replies or not by:
        return replies
    return {str(_moved(int(seq), by)): text for seq, text in replies.items()}


def here(event: Mapping[str, Any], seq: int) -> Mapping[str, Any]:
    """An event as its line says it, with its own place and all that it names counted as this desk counts."""
    base = seq - event["seq"]
    if not base:
        return event
    return {**event, "seq": seq, "body": moved(event["type"], event["body"], base)}


def sealed_here(type_: str, sealed: Mapping[str, Any], base: int) -> Mapping[str, Any]:
    """What an event seals, counted as this desk counts."""
    if not base or type_ != "settlement.closed" or "replies" not in sealed:
        return sealed
    return {**sealed, "replies": replies_moved(sealed["replies"], base)}


def _moved(value: Any, by: int) -> Any:
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [_moved(one, by) for one in value]
    if value + by < 0:
        raise Refused("record", [Requirement("same-log", "unsatisfied", EARLIER)])
    return value + by
