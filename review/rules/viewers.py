"""Who looks, who else is there, and what a requirement says to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from review.rules.permissions import SYSTEM, Actor

State = Literal["satisfied", "unsatisfied", "not_applicable", "overridden"]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One named requirement as this viewer may see it.

    `sentence` and `remedy` take `values`; the people in `mend` can meet it, else somebody of the role
    `invite` could. `by_form`: the page's own form meets it (a reason, a fresh page), so its button stays
    usable.
    """

    name: str
    state: State
    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""
    mend: tuple[str, ...] = ()
    invite: str | None = None
    by_form: bool = False

    @property
    def met(self) -> bool:
        return self.state != "unsatisfied"


@dataclass(frozen=True, slots=True)
class Member:
    """An active person of the desk, seen from one incident: `who` is their pseudonym in it, if they have
    one."""

    name: str
    role: str
    who: str | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whoever looks at one incident. `members` are the active people of the desk, so that a sentence can
    name them."""

    actor: Actor
    who: str | None = None
    members: tuple[Member, ...] = ()

    @property
    def role(self) -> str:
        return self.actor.role

    def others(self, *roles: str) -> tuple[Member, ...]:
        """The members of these roles, the viewer left out."""
        return tuple(member for member in self.members if member.role in roles and not self._is_me(member))

    def _is_me(self, member: Member) -> bool:
        if member.person is not None and self.actor.person is not None:
            return member.person == self.actor.person
        return member.name == self.actor.name

    def name_of(self, who: str) -> str | None:
        """The name behind a pseudonym, where this viewer's desk knows it."""
        return next((member.name for member in self.members if member.who == who), None)


MACHINE = Viewer(SYSTEM)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is about to be done, as far as a requirement asks: None where the page has only been opened.

    `reason` is what was typed, `seen` the digest of the page; `subject` and `role` are the incident
    pseudonym and the role of whoever it is about, `person` their key; `vote` and `claim` are seqs;
    `material` is False where a description changes only words; `kind` is the kind of round.
    """

    reason: str | None = None
    seen: str | None = None
    subject: str | None = None
    role: str | None = None
    person: int | None = None
    vote: int | None = None
    claim: int | None = None
    material: bool = True
    kind: str | None = None


def satisfied(name: str, sentence: str, **values: Any) -> Requirement:
    return Requirement(name, "satisfied", sentence, values)


def unsatisfied(name: str, sentence: str, **values: Any) -> Requirement:
    return Requirement(name, "unsatisfied", sentence, values)


def not_applicable(name: str, sentence: str, **values: Any) -> Requirement:
    return Requirement(name, "not_applicable", sentence, values)


def overridden(name: str, sentence: str, **values: Any) -> Requirement:
    return Requirement(name, "overridden", sentence, values)


def answered(holds: bool, name: str, yes: str, no: str) -> Requirement:
    """A requirement without values: `yes` is said where it holds, `no` where it does not."""
    return satisfied(name, yes) if holds else unsatisfied(name, no)
