"""The people of the desk: their roles, how they came by them, and who is invited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from review import clock
from review.models import DeskSetting, Disclosure, Event, Invitation, Person, SecondFactor, session
from review.models.dossiers import read_disclosure
from review.queries.history import OurWord
from review.rules import second_factors
from review.rules.errors import Forbidden, NotFound
from review.rules.leaving import SOMEBODY
from review.rules.permissions import Actor, may

STEPS = (
    "person.joined", "person.deactivated", "person.reactivated", "person.left",
    "role.granted", "role.revoked",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a person's standing at the desk."""

    day: str
    type: str
    role: str | None
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One person in the list."""

    id: int
    name: str
    email: str
    role: str | None
    active: bool
    since: str | None
    oneself: bool
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that still holds."""

    email: str
    name: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PeoplePage:
    people: tuple[Listed, ...]
    invited: tuple[Invited, ...]
    may_invite: bool
    may_switch: bool
    second_factors_asked: bool

    @property
    def working(self) -> Mapping[str, int]:
        """How many active people hold each role."""
        held = [person.role for person in self.people if person.active and person.role]
        return {role: held.count(role) for role in ("admin", "reviewer", "lead")}


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person with their steps, the latest first."""

    person: Listed
    steps: tuple[Step, ...]
    may_change: bool
    may_reset: bool
    may_leave: bool


def people_page(viewer: Actor) -> PeoplePage:
    """Everybody who ever joined, those who work here first; for leads and admins."""
    _allow(viewer)
    steps, doubled = _steps(), _with_second_factor()
    rows = session.scalars(select(Person).order_by(Person.active.desc(), Person.name, Person.id))
    return PeoplePage(
        people=tuple(_listed(row, viewer, steps.get(row.log_name, []), doubled) for row in rows),
        invited=_invited() if may(viewer.role, "invite") else (),
        may_invite=may(viewer.role, "invite"),
        may_switch=may(viewer.role, "switch_second_factors"),
        second_factors_asked=_second_factors_asked(),
    )


def person_page(viewer: Actor, person: int) -> PersonPage:
    """One person; nobody changes their own standing."""
    _allow(viewer)
    row = session.get(Person, person)
    if row is None:
        raise NotFound("person")
    steps = _steps().get(row.log_name, [])
    listed = _listed(row, viewer, steps, _with_second_factor())
    left = bool(steps) and steps[-1].type == "person.left"
    changeable = may(viewer.role, "grant_role") and not listed.oneself and not left
    leaving = may(viewer.role, "let_leave") and not listed.oneself and not left
    resettable = may(viewer.role, "reset_account") and not listed.oneself and listed.active
    return PersonPage(listed, tuple(reversed(steps)), changeable, resettable, leaving)


def _allow(viewer: Actor) -> None:
    if not may(viewer.role, "see_people"):
        raise Forbidden("see_people")


def _listed(row: Person, viewer: Actor, steps: list[Step], doubled: set[int]) -> Listed:
    granted = [step.day for step in steps if step.type in ("role.granted", "role.revoked")]
    since = granted[-1] if granted else None
    email = row.email if row.name else ""  # a stub has none
    return Listed(
        row.id, row.name, email, row.role, row.active, since, row.id == viewer.person, row.id in doubled
    )


def _with_second_factor() -> set[int]:
    """Who signs in with a code too: the admin's to see and to mend."""
    return set(session.scalars(select(SecondFactor.person_id)))


def _second_factors_asked() -> bool:
    row = session.get(DeskSetting, second_factors.SETTING)
    return row is None or row.value != second_factors.OFF


def _invited() -> tuple[Invited, ...]:
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.kind == "invitation", Invitation.used_at.is_(None))
        .where(Invitation.expires_at > clock.now())
        .order_by(Invitation.expires_at.desc())
    )
    return tuple(Invited(row.email or "", row.name or "", row.role or "", row.expires_at) for row in rows)


def _steps() -> dict[str, list[Step]]:
    """Everybody's steps by their name in the log, in order."""
    rows = session.execute(
        select(Event.seq, Event.line).where(Event.type.in_(STEPS)).order_by(Event.seq)
    ).all()
    reasons = _reasons()
    names = {row.log_name: row.name for row in session.execute(select(Person.log_name, Person.name))}
    found: dict[str, list[Step]] = {}
    for seq, line in rows:
        event = orjson.loads(line)
        found.setdefault(event["body"]["who"], []).append(_step(event, names, reasons.get(seq)))
    return found


def _step(event: Mapping[str, Any], names: Mapping[str, str], reason: str | None) -> Step:
    by = None if event["actor"] == "system" else names.get(event["actor"]) or OurWord(SOMEBODY)
    return Step(event["day"], event["type"], event["body"].get("role"), by, reason)


def _reasons() -> dict[int, str]:
    rows = session.execute(
        select(Disclosure.seq, Disclosure.text)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.type.in_(STEPS), Disclosure.name == "reason")
    )
    return {seq: value for seq, text in rows if (value := read_disclosure(text)[1])}
