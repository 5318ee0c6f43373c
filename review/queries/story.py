"""Which steps of a history are looked at: of one kind, by one person as far as the viewer is told who did them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from review.rules.words import N_

KINDS: Mapping[str, str] = {
    "sources": N_("Claims and sources"),
    "facts": N_("Facts"),
    "votes": N_("Votes"),
    "settlement": N_("Settlement"),
    "decisions": N_("Decisions"),
    "desk": N_("Refusals and removals"),
}
# The first that an event's type begins with.
BELONGS: tuple[tuple[str, str], ...] = (
    ("claim.", "sources"), ("source.", "sources"),
    ("incident.restricted", "desk"), ("incident.merged", "decisions"), ("incident.absorbed", "decisions"),
    ("incident.split", "decisions"), ("incident.dismissed", "decisions"), ("incident.withdrawn", "decisions"),
    ("incident.restored", "decisions"), ("incident.", "facts"), ("position.", "facts"),
    ("round.", "votes"), ("reviewer.", "votes"), ("vote.", "votes"), ("conflict.", "votes"),
    ("settlement.", "settlement"), ("settler.", "settlement"), ("dissent.", "settlement"),
    ("grade.", "decisions"), ("proposal.", "decisions"), ("override.", "decisions"), ("recheck.", "decisions"),
    ("correction.", "decisions"),
    ("attempt.", "desk"), ("detail.", "desk"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Doer:
    """Whoever did a step, as far as the viewer is told: a person, "you", or only a role."""

    key: str
    name: str


class Step(Protocol):
    """What narrowing looks at."""

    @property
    def kind(self) -> str: ...

    @property
    def doer(self) -> Doer: ...


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the address asks for; nothing where it asks for all."""

    kind: str = ""
    by: str = ""

    @property
    def asked(self) -> bool:
        return bool(self.kind or self.by)

    def takes(self, step: Step) -> bool:
        return self.kind in ("", step.kind) and self.by in ("", step.doer.key)

    def query(self, **changes: str) -> dict[str, str]:
        """The narrowing as an address carries it, with these parts changed."""
        pairs = {"kind": self.kind, "by": self.by, **changes}
        return {name: value for name, value in pairs.items() if value}


@dataclass(frozen=True, slots=True)
class Choice:
    """One value that the history can be narrowed to, and how many of its steps are left then."""

    key: str
    name: str
    count: int


def kind_of(type_: str) -> str:
    """The kind of step that an event of this type is."""
    return next(kind for beginning, kind in BELONGS if type_.startswith(beginning))


def kinds(steps: Iterable[Step], narrowing: Narrowing) -> tuple[Choice, ...]:
    """The kinds that there are among the steps of the person asked for."""
    counts = Counter(step.kind for step in steps if narrowing.by in ("", step.doer.key))
    return tuple(Choice(key, name, counts[key]) for key, name in KINDS.items() if counts[key] or key == narrowing.kind)


def doers(steps: Sequence[Step], narrowing: Narrowing) -> tuple[Choice, ...]:
    """Who did the steps of the kind asked for, the first to act in it first; each as the history names them."""
    counts = Counter(step.doer.key for step in steps if narrowing.kind in ("", step.kind))
    names = {step.doer.key: step.doer.name for step in steps}
    return tuple(Choice(key, name, counts[key]) for key, name in names.items() if counts[key] or key == narrowing.by)
