"""What the cases ask of a refusal and of a trail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from review import clock
from review.models import Notice, session
from review.rules.errors import Refused
from review.rules.permissions import Actor
from review.rules.viewers import Requirement
from tests import builders, trail


def refused(deed: Callable[[], Any]) -> dict[str, Requirement]:
    """The requirements that refuse this deed, by their names."""
    with pytest.raises(Refused) as refusal:
        deed()
    return {requirement.name: requirement for requirement in refusal.value.requirements}


def steps(ref: str) -> list[trail.Leaf]:
    """What was done in an incident; what was refused there left its trace as well and is passed over."""
    return [leaf for leaf in trail.leaves(ref) if leaf.type != "attempt.refused"]


def ends(ref: str, *types: str) -> bool:
    """True where what was done in the incident ends with these events."""
    return [leaf.type for leaf in steps(ref)][-len(types) :] == list(types)


def told(actor: Actor, kind: str) -> int:
    """How many notices of this kind somebody has."""
    statement = select(Notice.id).where(Notice.person_id == actor.person, Notice.kind == kind)
    return len(session.scalars(statement).all())


def seen(ref: str) -> str:
    """What a decider's page of this incident carries now."""
    return builders.row(ref).digest


@contextmanager
def in_days(days: int) -> Iterator[datetime]:
    """So many days later, the log's daily heads having kept pace, as in a real desk."""
    start = clock.now()
    for passed in range(3, days, 3):
        with clock.reading(lambda passed=passed: start + timedelta(days=passed)):
            builders.work()
    with clock.reading(lambda: start + timedelta(days=days)):
        yield start + timedelta(days=days)
