"""Which key signs the log, and since when: told by the log itself, never by a file (AUDIT-FORMAT 5 and 11).

The key that the log was opened with signs until `key.rotated` names another. The first checkpoint over that event bears
both signatures, so that whoever pinned the old key can follow to the new one; every later one is the new key's alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from review.models import Event

TELLING = ("log.opened", "key.rotated")


@dataclass(frozen=True, slots=True)
class Signer:
    """One key of the log, the event that brought it into force, and the day of that event."""

    vkey: str
    seq: int
    day: str

    @property
    def id(self) -> str:
        """The eight hexadecimal digits by which a note names it."""
        return self.vkey.split("+", 2)[1]


class KeyRing:
    """The keys of one log in the order in which they came into force."""

    def __init__(self) -> None:
        self.signers: list[Signer] = []

    def take(self, event: Mapping[str, Any]) -> None:
        """Hear one event; every type but two is none of its business."""
        body = event["body"]
        if event["type"] == "log.opened":
            # A log that goes on under another name begins the ring anew: each log has its own.
            self.signers = [Signer(str(body.get("vkey")), event["seq"], event["day"])]
        elif event["type"] == "key.rotated":
            self.signers.append(Signer(str(body.get("new")), event["seq"], event["day"]))

    def at(self, size: int) -> Signer | None:
        """The key in force for a log of this size; None where it was not opened."""
        return next((one for one in reversed(self.signers) if one.seq < size), None)

    @property
    def present(self) -> Signer | None:
        """The key in force now."""
        return self.signers[-1] if self.signers else None

    def files(self) -> Iterator[tuple[str, str]]:
        """The keys as a bundle names them: `log` for the one in force, the others by their id."""
        for place, one in enumerate(reversed(self.signers)):
            yield ("log" if place == 0 else one.id), one.vkey

    def wanted(self, size: int, before: int) -> tuple[str, ...]:
        """Whose signatures the checkpoint of `size` bears where the last published one had `before` events.

        The key in force, and ahead of it the one that it replaced where no published checkpoint covers the change yet.
        """
        until = [one for one in self.signers if one.seq < size]
        covered = sum(one.seq < before for one in until)
        return tuple(one.vkey for one in until[max(covered - 1, 0) :])


def ring(session: Any) -> KeyRing:
    """The keys of this desk's log as its events name them."""
    found = KeyRing()
    for line in session.scalars(select(Event.line).where(Event.type.in_(TELLING)).order_by(Event.seq)):
        found.take(orjson.loads(line))
    return found
