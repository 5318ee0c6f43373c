"""What an event type declares: its body, what it seals and who is shown that, its sentence (AUDIT-FORMAT 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

if TYPE_CHECKING:
    from review.audit.append import Append

INTERNAL = "internal"
COURT = "court"
PUBLIC = "public"
PUBLISHABLE = "publishable"  # public only for a source that somebody marked publishable

# Sealed by every event, whatever its type.
ALWAYS = {"at": COURT, "person": INTERNAL}

PROFILES: Mapping[str, frozenset[str]] = {
    "internal": frozenset({INTERNAL, COURT, PUBLIC, PUBLISHABLE}),
    "court": frozenset({COURT, PUBLIC, PUBLISHABLE}),
    "public": frozenset({PUBLIC, PUBLISHABLE}),
}

TYPES: dict[str, type[Event]] = {}


class Late:
    """A body value known only when the events of the act are numbered and chained: `compute(append)` gives it."""

    __slots__ = ("compute",)

    def __init__(self, compute: Callable[[Append], Any]) -> None:
        self.compute = compute


class Event:
    """One entry of the trail in the making. Every field of the type must be given; a sealed one may be None."""

    type: ClassVar[str]
    subject: ClassVar[Literal["log", "incident", "claim"]] = "incident"
    body: ClassVar[Mapping[str, str]] = {}
    seals: ClassVar[Mapping[str, str]] = {}
    judged: ClassVar[str | None] = None
    blind: ClassVar[bool] = False  # mute while the incident's round is open
    sentence: ClassVar[str]

    def __init__(self, **values: Any) -> None:
        unknown = set(values) - set(self.body) - set(self.seals)
        missing = set(self.body) - set(values)
        if unknown or missing:
            raise TypeError(f"{self.type}: unknown {sorted(unknown)}, missing {sorted(missing)}")
        self.fields: dict[str, Any] = {name: values[name] for name in self.body}
        self.sealed: dict[str, Any] = {name: values.get(name) for name in self.seals}
        self.seq: int | None = None  # given by the doorway when the act is committed

    def __init_subclass__(cls) -> None:
        if cls.type in TYPES:
            raise TypeError(f"two events are called {cls.type}")
        TYPES[cls.type] = cls

    @classmethod
    def all_seals(cls) -> dict[str, str]:
        """Every disclosure of the type with the profile that shows it, `at` and `person` included."""
        return {**ALWAYS, **cls.seals}

    def moves(self, fields: Mapping[str, Any]) -> str | None:
        """The digest class this entry counts in: "E", "D" or None where an echo or a note moves nothing."""
        if fields.get("material") is False:
            return None
        return self.judged

    def __repr__(self) -> str:
        return f"<{self.type} {self.seq}>"
