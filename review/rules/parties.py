"""Parties: one name for the spellings that mean the same belligerent, by one table of aliases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from review.rules.folding import folded

TARGETED = "targeted"  # said to be the target of the strike: not a party that the harm is put down to
_DROPPED = re.compile(r"[.'’]+")  # U.S. is US
_BETWEEN = re.compile(r"[\W_]+")


def key_of(name: str) -> str:
    """What the spellings of a name share: case, accents, dots, hyphens and spaces make no difference.

    A name of signs alone is its own key.
    """
    plain = folded(name)
    return _BETWEEN.sub(" ", _DROPPED.sub("", plain)).strip() or plain


@dataclass(frozen=True, slots=True)
class Names:
    """The alias table: another name -> the name that the record uses for that party.

    An alias of an alias leads to the end of its chain; names that lead round in a circle are left as they are.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    _keys: Mapping[str, str] = field(init=False, repr=False, compare=False)
    _shown: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_keys", {key_of(alias): key_of(name) for alias, name in self.aliases.items()})
        object.__setattr__(self, "_shown", {key_of(name): name for name in self.aliases.values()})

    def key(self, name: str) -> str:
        """The key of the party that is meant by a name."""
        first = key = key_of(name)
        seen = {key}
        while key in self._keys and self._keys[key] != key:
            key = self._keys[key]
            if key in seen:
                return first
            seen.add(key)
        return key

    def named(self, parties: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """The parties that harm is put down to, of (name, role), each once however often it was written."""
        return tuple(dict.fromkeys(self.key(name) for name, role in parties if role != TARGETED and key_of(name)))

    def shown(self, key: str, written: Mapping[str, int]) -> str:
        """How a party is called: as the table says, else as most often written, in a tie the first by letters."""
        if key in self._shown:
            return self._shown[key]
        return min(written, key=lambda name: (-written[name], name), default=key)
