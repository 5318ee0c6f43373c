"""Parties: one name for the spellings that mean the same belligerent, by one table of aliases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from review.rules.errors import Invalid
from review.rules.folding import folded
from review.rules.texts import cleaned
from review.rules.words import N_

LONGEST_NAME = 200  # letters of a name that tell parties apart
TARGETED = "targeted"  # said to be the target of the strike: not a party that the harm is put down to
NO_NAME = N_("Not answered yet. Write a name.")
LONG_NAME = N_("A name of a party has at most %(most)s letters here.")
ONE_NAME = N_("These are spellings of one name: the record counts them as one party already.")
LEADS_ELSEWHERE = N_("This name means %(name)s already. Withdraw that alias first.")
IN_A_CIRCLE = N_("%(name)s means this name already, so that they would lead to each other.")
_DROPPED = re.compile(r"[.'’]+")  # U.S. is US
_BETWEEN = re.compile(r"[\W_]+")


@lru_cache(maxsize=10_000)
def key_of(name: str) -> str:
    """What the spellings of a name share: case, accents, dots, hyphens and spaces make no difference.

    A name of signs alone is its own key.
    """
    plain = folded(name)
    return (_BETWEEN.sub(" ", _DROPPED.sub("", plain)).strip() or plain)[:LONGEST_NAME].strip()


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
        return tuple(key for key, _written in self.spelt(parties))

    def spelt(self, parties: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """How each of these parties is first written there: (key, as written)."""
        found: dict[str, str] = {}
        for name, role in parties:
            if role != TARGETED and key_of(name):
                found.setdefault(self.key(name), name[:LONGEST_NAME])
        return tuple(found.items())

    @property
    def taken(self) -> Mapping[str, str]:
        """The keys of the aliases, each with the name that it means."""
        return {key_of(alias): name for alias, name in self.aliases.items()}

    def leading_to(self, key: str) -> tuple[str, ...]:
        """The aliases that mean the party of this key."""
        return tuple(alias for alias in self.aliases if self.key(alias) == key)

    def shown(self, key: str, written: Mapping[str, int]) -> str:
        """How a party is called: as the table says, else as most often written, in a tie the first by letters."""
        if key in self._shown:
            return self._shown[key]
        return min(written, key=lambda name: (-written[name], name), default=key)


def accept(alias: str, name: str, names: Names) -> tuple[str, str]:
    """An alias as it is kept: two names that differ, the one not yet an alias, the other not leading back to it."""
    given = {"alias": cleaned(alias), "name": cleaned(name)}
    missing = {field: NO_NAME for field, text in given.items() if text is None or not key_of(text)}
    if missing:
        raise Invalid(missing)
    long = {field: LONG_NAME for field, text in given.items() if len(text or "") > LONGEST_NAME}
    if long:
        raise Invalid(long, most=LONGEST_NAME)
    other, meant = given["alias"] or "", given["name"] or ""
    key = key_of(other)
    if key == key_of(meant):
        raise Invalid({"alias": ONE_NAME})
    if key in names.taken:
        raise Invalid({"alias": LEADS_ELSEWHERE}, name=names.taken[key])
    if names.key(meant) == key:
        raise Invalid({"name": IN_A_CIRCLE}, name=meant)
    return other, meant
