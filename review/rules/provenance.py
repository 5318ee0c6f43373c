"""Where a source comes from and what is made of it, as the trail seals it.

AUDIT-FORMAT section 6 gives `source.attached` one field `kind` and `source.assessed` one field `credibility`. The
platform, the mark of a party's own media and the reason of the code stand inside these two: a word alone where there
is no more to say, as in the first release; else an object.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Kind:
    """What a source is, on what platform it stands, and which party it is affiliated with, if with any."""

    type: str | None = None
    platform: str | None = None
    affiliated: str | None = None

    def sealed(self) -> Any:
        """The value that the disclosure `kind` holds."""
        if not (self.platform or self.affiliated):
            return self.type
        return {"affiliated": self.affiliated, "platform": self.platform, "type": self.type}

    @classmethod
    def opened(cls, value: Any) -> Kind:
        """What a disclosure `kind` says, a word or an object."""
        if not isinstance(value, Mapping):
            return cls(value)
        return cls(value.get("type"), value.get("platform"), value.get("affiliated"))


@dataclass(frozen=True, slots=True)
class Credibility:
    """The 6 × 6 code of a source, why it was given, and the party that the source is affiliated with."""

    code: str | None = None
    note: str | None = None
    affiliated: str | None = None

    def sealed(self) -> Any:
        """The value that the disclosure `credibility` holds."""
        if not (self.note or self.affiliated):
            return self.code
        return {"affiliated": self.affiliated, "code": self.code, "note": self.note}

    @classmethod
    def opened(cls, value: Any) -> Credibility:
        """What a disclosure `credibility` says, a code or an object."""
        if not isinstance(value, Mapping):
            return cls(value)
        return cls(value.get("code"), value.get("note"), value.get("affiliated"))
