"""Official positions by party: the one that stands, and those before it. None of them moves a grade."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from review.rules.dossier import Position
from review.rules.facts import Party


@dataclass(frozen=True, slots=True)
class Standing:
    """One party with what it says itself; `party` is None where the facts name it no more."""

    name: str
    party: Party | None
    latest: Position | None
    earlier: tuple[Position, ...] = ()


def by_party(parties: Iterable[Party], positions: Iterable[Position]) -> tuple[Standing, ...]:
    """Every party named, and any other of which a position stands, each with its positions, the newest first."""
    said: dict[str, list[Position]] = {}
    for position in positions:
        said.setdefault(position.party, []).insert(0, position)
    named = {party.name: party for party in parties}
    return tuple(
        _standing(name, named.get(name), said.get(name, [])) for name in dict.fromkeys((*named, *said))
    )


def _standing(name: str, party: Party | None, said: list[Position]) -> Standing:
    return Standing(name, party, said[0] if said else None, tuple(said[1:]))
