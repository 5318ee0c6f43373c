"""The workflow of an incident as a table: which event moves it from which stage to which (DESIGN section 4, "Stage").

A plain transition is one row here. An event that is not in the table moves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from review.rules.words import N_

STAGES = {
    "logged": N_("Logged"),
    "grading": N_("Grading"),
    "settlement": N_("Settlement"),
    "approval": N_("Approval"),
    "published": N_("Published"),
    "merged": N_("Merged into another"),
    "split": N_("Split"),
    "dismissed": N_("Dismissed"),
    "withdrawn": N_("Withdrawn"),
}

LIVE = ("logged", "grading", "settlement", "approval", "published")
IN_FLIGHT = ("grading", "settlement", "approval")
BACK: Literal["back"] = "back"  # to published where a version stands, else to logged
BEFORE: Literal["before"] = "before"  # to the stage before the exit


@dataclass(frozen=True, slots=True)
class Transition:
    """`event`, with `when` matching its body, leads from any of `source` to `to`."""

    event: str
    source: tuple[str, ...]
    to: str
    when: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, event: str, body: Mapping[str, Any]) -> bool:
        return event == self.event and all(body.get(name) == value for name, value in self.when.items())


TRANSITIONS = (
    Transition("incident.opened", ("",), "logged"),
    Transition("incident.imported", ("",), "logged"),
    Transition("incident.split", ("",), "logged"),
    Transition("round.opened", ("logged", "grading"), "grading", {"kind": "first"}),
    Transition("round.opened", ("logged", "grading"), "grading", {"kind": "again"}),
    Transition("round.opened", ("settlement",), "settlement", {"kind": "second"}),
    Transition("round.closed", ("grading", "settlement"), BACK, {"result": "abandoned"}),
    Transition("settlement.opened", ("grading",), "settlement"),
    Transition("grade.proposed", ("grading", "settlement"), "approval"),
    Transition("proposal.voided", ("approval",), "grading"),
    Transition("grade.returned", ("approval",), "grading", {"to": "round"}),
    Transition("grade.returned", ("approval",), "settlement", {"to": "settlement"}),
    Transition("grade.published", ("approval",), "published"),
    Transition("grade.reopened", ("published",), "grading"),
    Transition("incident.merged", LIVE, "merged"),
    Transition("incident.split", LIVE, "split"),
    Transition("incident.dismissed", LIVE, "dismissed"),
    Transition("incident.withdrawn", LIVE, "withdrawn"),
    Transition("incident.restored", ("merged", "split", "dismissed", "withdrawn"), BEFORE),
)

_BY_EVENT: dict[str, tuple[Transition, ...]] = {}
for _row in TRANSITIONS:
    _BY_EVENT[_row.event] = (*_BY_EVENT.get(_row.event, ()), _row)


def transition(stage: str, event: str, body: Mapping[str, Any]) -> Transition | None:
    """The row that moves an incident at `stage` when `event` happens, or None where it stays."""
    for row in _BY_EVENT.get(event, ()):
        if stage in row.source and row.matches(event, body):
            return row
    return None


def moves(event: str, body: Mapping[str, Any]) -> bool:
    """True where an event of this kind must find a row of the table, whatever the stage."""
    return any(row.matches(event, body) for row in _BY_EVENT.get(event, ()))
