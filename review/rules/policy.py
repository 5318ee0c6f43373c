"""The numbers a round is held to; copied onto the round when it opens, so a later change re-judges
nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HOURS = {"arguments": 72, "second_vote": 72, "settler": 168, "round": 168, "vote": 72, "reminder": 24}
MINUTES = {"hold": 30, "grace": [10, 30]}


@dataclass(frozen=True, slots=True)
class Policy:
    """How many must vote, when they agree, and how long each step may take.

    `required` live votes (never under 2; 3 for anything that can be published), `share` (p, q) of them on
    one grade, nobody further than `max_distance` from it, or all equal where `unanimity` is asked. `times`
    in hours: a `round`, each rung of a settlement, a `vote` after it was asked for, and how long before that a
    `reminder` goes out; in minutes: how long "next" may `hold` a seat, and the grace of the close as [least, most].
    """

    id: str = "default"
    required: int = 3
    share: tuple[int, int] = (2, 3)
    max_distance: int = 1
    unanimity: bool = False
    times: Mapping[str, Any] = field(default_factory=lambda: {**HOURS, **MINUTES})

    @property
    def internal(self) -> bool:
        """A policy under three votes serves inside the desk only: nothing it decides can be published."""
        return self.required < 3

    def as_body(self) -> dict[str, Any]:
        """The public fields of `policy.set`."""
        return {
            "id": self.id,
            "max_distance": self.max_distance,
            "required": self.required,
            "share": list(self.share),
            "unanimity": self.unanimity,
        }

    def problems(self) -> dict[str, str]:
        """Field -> key of the sentence that says why this policy cannot be set; empty when it can."""
        found = {}
        if self.required < 2:
            found["required"] = "required-under-two"
        numerator, denominator = self.share
        if denominator < 1 or numerator > denominator or 3 * numerator < 2 * denominator:
            found["share"] = "share-under-two-thirds"
        if self.max_distance < 0:
            found["max_distance"] = "distance-below-zero"
        return found

    @classmethod
    def from_body(cls, body: Mapping[str, Any], times: Mapping[str, Any] | None = None) -> Policy:
        known = {**HOURS, **MINUTES, **(times or {})}
        return cls(
            body["id"], body["required"], (body["share"][0], body["share"][1]),
            body["max_distance"], body["unanimity"], known,
        )
