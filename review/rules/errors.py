"""What an action may answer instead of acting: keys and values, put into words at the edge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from review.rules.requirements import Requirement


class DomainError(Exception):
    """A refusal with a stable `key` and the `values` that its sentence names."""

    def __init__(self, key: str, **values: Any) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class NotFound(DomainError):
    """There is no such thing for this person: absent and hidden look the same."""

    def __init__(self, key: str = "not-found", **values: Any) -> None:
        super().__init__(key, **values)


class Forbidden(DomainError):
    """The person's role does not hold this right, whatever the state of the incident."""

    def __init__(self, verb: str, **values: Any) -> None:
        super().__init__("forbidden", verb=verb, **values)
        self.verb = verb


class Invalid(DomainError):
    """What was typed cannot be taken: one sentence a field, `%(name)s` filled from `values`."""

    def __init__(self, problems: Mapping[str, str], **values: Any) -> None:
        super().__init__("invalid", **values)
        self.problems = dict(problems)


class Refused(DomainError):
    """A guard does not hold: the requirements that are unmet, with sentences and who can mend them."""

    def __init__(self, verb: str, requirements: Sequence[Requirement]) -> None:
        super().__init__("refused", verb=verb)
        self.verb = verb
        self.requirements = tuple(requirements)


class Stale(DomainError):
    """The page that was decided on is not the incident's present one; `changed` lists event types since."""

    def __init__(self, changed: Sequence[Any] = (), **values: Any) -> None:
        super().__init__("stale", **values)
        self.changed = tuple(changed)


class Busy(DomainError):
    """The database could not take the write after three tries; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("busy")


class ReadOnly(DomainError):
    """Writing is stopped until an admin mends what the sentence names (a clock, a rolled-back log)."""
