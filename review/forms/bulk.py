"""What the preview of asking for several incidents sends back, to be done as it was shown."""

from __future__ import annotations

from dataclasses import dataclass

from review.forms.typed import Typed, whole

MOST = 50


@dataclass(frozen=True, slots=True)
class Ask:
    """These people in one incident; in no round yet where `round` is 0."""

    ref: str
    round: int
    people: tuple[int, ...]


def asks(typed: Typed) -> list[Ask]:
    """Everything that the preview showed; what is not of its making is left out."""
    return [one for text in typed.all("give")[:MOST] if (one := _ask(text)) is not None]


def _ask(text: str) -> Ask | None:
    rest, _colon, listed = text.rpartition(":")
    ref, _colon, number = rest.rpartition(":")  # from the right: a code may hold a colon of its own
    people = [one for one in listed.split(",") if whole(one)]
    if not ref or not whole(number) or not people:
        return None
    return Ask(ref, int(number), tuple(int(one) for one in people))
