"""Going on after a rollback: the log ends where the database ends, and a new one continues it under a new name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import or_, select

from review import config
from review.actions.act import Act, acting
from review.actions.held import INCIDENTS, Held, as_locked
from review.actions.log_end import fall, open_next, unseal
from review.actions.verb import action
from review.audit import remembered
from review.audit.events import TYPES
from review.audit.events.log import LogOpened
from review.models import Event, LogHead, session
from review.models.dossiers import history
from review.rules import rounds
from review.rules.errors import Invalid
from review.rules.permissions import Actor
from review.rules.rollbacks import OLDER
from review.rules.words import N_
from review.rules.workflow import IN_FLIGHT

NAME = re.compile(r"[!#-*,-\[\]-~]{1,200}")  # as a verifier takes it: no space, no plus, no quotation mark
NOT_ROLLED_BACK = N_(
    "Nothing that was published is missing here, or it cannot be told how much: a log goes on under a new name only "
    "where the database is older than its last published checkpoint."
)
NO_NAME = N_("This is no name for a log: letters, digits and signs without a space or a plus, like desk.example/log2.")
NOT_FRESH = N_("This desk has had a log of this name already: a new one needs a new name.")


_UNDER_WAY = (
    select(*INCIDENTS.c)
    .where(or_(INCIDENTS.c.stage.in_(IN_FLIGHT), INCIDENTS.c.shown_count.is_not(None)))
    .order_by(INCIDENTS.c.id)
    .with_for_update()
)


@action("continue_log", LogOpened)
def continue_log(actor: Actor, *, origin: str) -> int:
    """An admin lets a rolled-back log end where the database ends; answers how many published entries are lost.

    What was in flight falls: open rounds, settlements, proposals and overrides. Their votes stay sealed for ever.
    A second call under the same name, after the first was cut off, only answers the same.
    """
    if not NAME.fullmatch(origin):
        raise Invalid({"origin": NO_NAME})
    with acting(actor) as act:
        act.require("continue_log")
        if _is_half_done(act, origin):
            return int(_last_opened()["body"]["continues"]["lost"])
        lost = _lost(act)
        if origin in _names():
            raise Invalid({"origin": NOT_FRESH})
        act.connection.execute(_UNDER_WAY)  # in the order of every act: the incidents, then the log's end
        open_next(act, origin, lost)
        act.behind.append(lambda: _let_fall(act))
    return lost


def take_up(origin: str) -> None:
    """The home goes over to the new log: what was published of the old one is kept beside, and the name is replaced.

    Safe at any time after `continue_log` and any number of times.
    """
    home = config.home()
    last = remembered.last_published(home)
    if last is not None and last.head is not None and last.head.log != origin:
        remembered.put_aside(home, len(_names()) - 1)
    if config.origin() != origin:
        config.adopt_origin(origin)
    session.rollback()


def _lost(act: Act) -> int:
    found = remembered.rollback(session, act.home)
    if found is None or found.key != OLDER:
        raise Invalid({"origin": NOT_ROLLED_BACK})
    return int(str(found.values["missing"]))


def _last_opened() -> Any:
    lines = select(Event.line).where(Event.type == LogOpened.type).order_by(Event.seq.desc()).limit(1)
    return orjson.loads(session.execute(lines).scalar_one())


def _names() -> set[str]:
    lines = session.scalars(select(Event.line).where(Event.type == LogOpened.type))
    return {str(orjson.loads(line)["log"]) for line in lines}


def _is_half_done(act: Act, origin: str) -> bool:
    """Whether the log already goes on under this name, and only the home has not followed."""
    head = session.execute(select(LogHead.origin, LogHead.base).where(LogHead.id == 1)).one()
    if head.origin != origin or head.base == 0:
        return False
    last = remembered.last_published(act.home)
    return config.origin() != origin or last is None or last.head is None or last.head.log != origin


def _let_fall(act: Act) -> None:
    """What was blind while a round was open is open now, but its votes; the rows say that nothing is under way."""
    kinds = [name for name, type_ in TYPES.items() if type_.blind and not name.startswith("vote.")]
    for held in _in_flight(act):
        for round_ in held.before.rounds:
            if round_.result == "abandoned" and round_.closed is None:  # it fell here: nobody abandoned it
                since = Event.incident_id == held.id, Event.seq > round_.seq, Event.type.in_(kinds)
                unseal(act, session.scalars(select(Event.seq).where(*since)).all())
                unseal(act, rounds.exclusions_after_their_close(held.before))
        fall(act, held)


def _in_flight(act: Act) -> Iterator[Held]:
    for values in act.connection.execute(_UNDER_WAY).all():
        row = as_locked(values)
        yield Held(row, history(session, row))
