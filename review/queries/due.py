"""When rounds and answers are due: the moments that their jobs wait for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select

from review import clock
from review.models import Job, session
from review.models.work import arguments_key, deadline_key, ladder_key, seat_key

_JOB = Job.__table__.c
_WAITING = select(_JOB.key, _JOB.payload, _JOB.due_at).where(
    _JOB.key.in_(bindparam("keys", expanding=True)), _JOB.done_at.is_(None)
)


def deadline(name: str, number: int) -> datetime | None:
    """When an open round is due: the moment its job waits for."""
    return deadlines([(name, number)]).get((name, number))


def deadlines(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], datetime]:
    """(incident name, round) -> when it is due, for many rounds at once; a round whose time is up is not among them."""
    keys = {deadline_key(name, number): (name, number) for name, number in wanted}
    return {keys[key]: at for key, at in _moments(keys, "at").items()}


def answers_due(wanted: Iterable[tuple[str, int, str]]) -> dict[tuple[str, int, str], datetime]:
    """(incident name, round, pseudonym) -> when their answer is due, long past where they are late."""
    keys = {seat_key(*one): one for one in wanted}
    return {keys[key]: due for key, due in _moments(keys, "due").items()}


def settlers_due(wanted: Iterable[tuple[str, int]]) -> dict[str, datetime]:
    """Incident name -> when its settler's time is up, by (incident name, settlement); not among them once it is."""
    keys = {ladder_key(name, settlement): name for name, settlement in wanted}
    return {keys[key]: at for key, at in _moments(keys, "at").items() if at > clock.now()}


def arguments_due(wanted: Iterable[tuple[str, int]]) -> dict[str, datetime]:
    """Incident name -> when the arguments on its disputed round end, by (incident name, round); past where they have.

    It is the moment of the job that opens the second vote.
    """
    keys = {arguments_key(name, number): name for name, number in wanted}
    return {keys[key]: at for key, at in _moments(keys, "at").items()}


def _moments(keys: Iterable[str], field: str) -> dict[str, datetime]:
    known = list(keys)
    if not known:
        return {}
    return {
        key: datetime.fromisoformat(payload[field]) if field in payload else due_at
        for key, payload, due_at in session.connection().execute(_WAITING, {"keys": known})
    }
