"""Parties: an admin says which names mean one party, and the kept record follows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from review.actions.accounts import account_write
from review.actions.act import Act, acting
from review.actions.log import hold_head
from review.actions.verb import action
from review.models import PartyAlias, session
from review.models.parties import REKEY, names_in_force
from review.models.record import BLOCK, NAME, count_anew, named_by
from review.rules import parties, texts
from review.rules.errors import Invalid, NotFound
from review.rules.parties import Names
from review.rules.permissions import Actor
from review.rules.words import N_


@action("add_alias")
def add_alias(actor: Actor, *, alias: str, name: str, reason: str) -> int:
    """A name means the party of another name from now on, in everything that was published: a reason says why."""
    with acting(actor) as act:
        act.require("add_alias")
        hold_head()
        names = names_in_force(session)
        alias, name = parties.accept(alias, name, names)
        row = PartyAlias(
            key=parties.key_of(alias), alias=alias, name=name, reason=texts.reason(reason),
            added_at=act.at, added_by=act.actor.person,
        )  # fmt: skip
        session.add(row)
        _follow(act, names, alias)
        return row.id


@action("withdraw_alias")
def withdraw_alias(actor: Actor, alias: int, *, reason: str) -> None:
    """A name is a party of its own again; that it was an alias, and why, stays to be read."""
    with acting(actor) as act:
        act.require("withdraw_alias")
        hold_head()
        row = session.get(PartyAlias, alias, populate_existing=True)
        if row is None:
            raise NotFound("alias")
        if row.withdrawn_at is not None:
            raise Invalid({"reason": N_("This alias was withdrawn already.")})
        names = names_in_force(session)
        row.withdrawn_at, row.withdrawn_by = act.at, act.actor.person
        row.withdrawn_because = texts.reason(reason)
        _follow(act, names, row.alias)


def _follow(act: Act, before: Names, alias: str) -> None:
    """Bring the record under the changed table: at once where few incidents are counted there, else by the worker."""
    session.flush()
    party = before.key(alias)
    if _named(party) <= BLOCK:
        _next(party, 0)
    else:
        act.later(REKEY, f"{REKEY}:{party}", {"party": party})


def _named(party: str) -> int:
    return session.scalar(select(func.sum(NAME.c.incidents)).where(NAME.c.party == party)) or 0


def rekey(party: str) -> None:
    """Count every incident of a party anew under the aliases in force, a thousand at a time; safe to run twice.

    What it writes is a projection and no event: it goes through the smaller doorway, under the head of the log.
    """
    last: int | None = 0
    while last is not None:
        with account_write():
            hold_head()
            last = _next(party, last)


def _next(party: str, after: int) -> int | None:
    """Count the next incidents of a party anew; answers where they end, None where there are no more."""
    found: list[Any] = list(session.scalars(named_by(party, after, BLOCK)))
    count_anew(session, found, names_in_force(session))
    return found[-1] if len(found) == BLOCK else None
