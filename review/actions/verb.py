"""What makes a function an action: its verb, the events it may record, its retries, and the trace of a refusal."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from review import clock
from review.actions.act import acting
from review.audit.events.event import Event
from review.audit.events.incidents import AttemptRefused
from review.models import Event as EventRow
from review.models import session
from review.models.refs import find_incident
from review.rules.errors import Busy, DomainError, Forbidden, NotFound, Refused
from review.rules.permissions import Actor

security = logging.getLogger("assay.security")

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 3
# PostgreSQL: serialization failure, deadlock detected, and a row that another act was first to add: on the next
# try it is found.
PASSING = {"40001", "40P01", "23505"}


@dataclass(frozen=True, slots=True)
class Action:
    """One public verb of the write path."""

    verb: str
    function: Callable[..., Any]
    records: tuple[type[Event], ...]


ACTIONS: dict[str, Action] = {}


def action(verb: str, *records: type[Event]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Declare an action: called with the actor first and, where it concerns an incident, its reference second."""

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def act_on_it(*args: P.args, **kwargs: P.kwargs) -> R:
            for _try in range(TRIES):
                try:
                    return function(*args, **kwargs)
                except (Refused, Forbidden) as refusal:
                    _trace(verb, refusal, *args)
                    raise
                except DBAPIError as error:
                    session.rollback()
                    if getattr(error.orig, "sqlstate", None) not in PASSING:
                        raise
            raise Busy

        ACTIONS[verb] = Action(verb, act_on_it, records)
        return act_on_it

    return declare


def _trace(verb: str, refusal: DomainError, *args: Any) -> None:
    """Append `attempt.refused` in a transaction of its own, once per person, incident, verb and day."""
    actor = args[0] if args else None
    if not isinstance(actor, Actor) or actor.person is None:
        return
    names = [requirement.name for requirement in getattr(refusal, "requirements", ())] or ["right"]
    security.info("refused verb=%s person=%s requirements=%s", verb, actor.person, ",".join(names))
    ref = args[1] if len(args) > 1 and isinstance(args[1], str) else None
    try:
        with acting(actor, *_known(ref)) as act:
            if _traced_today(act.who_in(act.incident.name if act.held else "log"), verb):
                return
            act.record(AttemptRefused(verb=verb, requirements=sorted(set(names)), detail=None))
    except DomainError:
        # Somebody no longer active, an incident hidden from them, a clock that stopped all writing: the
        # security log has it, and the refusal itself is what the person is told.
        security.info("not traced verb=%s person=%s", verb, actor.person)


def _known(ref: str | None) -> tuple[str, ...]:
    if ref is None:
        return ()
    try:
        find_incident(session, ref)
    except NotFound:
        return ()
    return (ref,)


def _traced_today(who: str, verb: str) -> bool:
    statement = select(EventRow.line).where(
        EventRow.type == AttemptRefused.type, EventRow.actor == who, EventRow.day == clock.today()
    )
    wanted = f'"verb":"{verb}"'.encode()
    return any(wanted in bytes(line) for line in session.execute(statement).scalars())
