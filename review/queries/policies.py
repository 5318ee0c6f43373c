"""The policies that were set, the one in force first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from review.models import Disclosure, Event, Person, Policy, session
from review.models.dossiers import read_disclosure
from review.rules.permissions import Actor, may
from review.rules.policy import Policy as PolicyValue


@dataclass(frozen=True, slots=True)
class Setting:
    """One policy as it was set."""

    policy: PolicyValue
    day: str | None
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PolicyPage:
    present: Setting
    earlier: tuple[Setting, ...]
    may_set: bool


def policy_page(viewer: Actor) -> PolicyPage:
    """The numbers in force and those before them; a round copied the ones of its day."""
    settings = _settings()
    present = settings[0] if settings else Setting(PolicyValue(), None, None, None)
    return PolicyPage(present, settings[1:], may(viewer.role, "set_policy"))


def _settings() -> tuple[Setting, ...]:
    rows = session.execute(
        select(Policy.seq, Policy.body, Policy.times, Event.day, Event.actor)
        .join(Event, Event.seq == Policy.seq)
        .order_by(Policy.seq.desc())
    ).all()
    names = {row.log_name: row.name for row in session.execute(select(Person.log_name, Person.name))}
    reasons = _reasons([row.seq for row in rows])
    policies = {row.seq: PolicyValue.from_body(row.body, row.times) for row in rows}
    return tuple(
        Setting(policies[row.seq], row.day, names.get(row.actor), reasons.get(row.seq)) for row in rows
    )


def _reasons(seqs: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(Disclosure.seq, Disclosure.text).where(Disclosure.seq.in_(seqs), Disclosure.name == "reason")
    )
    return {seq: value for seq, text in rows if (value := read_disclosure(text)[1])}
