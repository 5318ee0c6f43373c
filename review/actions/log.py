"""The log itself: its heads once a day, its clock, what was exported."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import func, select

from review import clock
from review.actions.act import Act, acting
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.log import BackupMade, ClockStepped, ExportMade, LogHeads
from review.audit.standing import heads_under
from review.models import Incident, LogHead, session
from review.rules import texts
from review.rules.errors import Invalid
from review.rules.permissions import SYSTEM, Actor
from review.rules.viewers import Deed
from review.rules.words import N_

RIGHT_CLOCK = N_("The clock has not stepped: there is nothing to accept.")


@action("record_heads", LogHeads)
def record_heads() -> int:
    """The length and last leaf of every incident's chain are fixed in one root, hidden incidents included.

    While a round is open its incident stands as it was when the round opened: what counts would tell of votes.
    """
    with acting(SYSTEM) as act:
        # The end of the log is held from here on: what others append comes after the leaf that says how it stood.
        size = act.connection.execute(select(LogHead.size).where(LogHead.id == 1).with_for_update()).scalar_one()
        number, root = heads_under(session, size)
        event = act.record(LogHeads(n=number, root=canonical.b64(root)))
    return event.seq or 0


def hold_head() -> None:
    """Hold the end of the log until this transaction ends: every act locks it before it changes the record.

    So whoever holds it sees all that was counted and entered so far, and nobody counts or enters anything beside them.
    """
    session.execute(select(LogHead.id).where(LogHead.id == 1).with_for_update())


def heads() -> Iterator[tuple[str, int, bytes]]:
    """Name, length and last leaf of every incident's chain as it may be shown, in the order of their first seq."""
    table = Incident.__table__
    shown = func.coalesce(table.c.shown_count, table.c.count), func.coalesce(table.c.shown_leaf, table.c.last_leaf)
    statement = select(table.c.name, *shown).where(table.c.first_seq.is_not(None)).order_by(table.c.first_seq)
    for name, count, leaf in session.execute(statement):
        yield name, count, bytes(leaf)


@action("accept_clock", ClockStepped)
def accept_clock(actor: Actor, *, reason: str | None) -> None:
    """An admin accepts a clock that went back, or far ahead; until then nothing is written."""
    with acting(actor) as act:
        act.require("accept_clock", Deed(reason=reason or None))
        words = texts.reason(reason)
        hold_head()  # no day is written between the one that is read here and the step from it
        today, last = clock.day(act.at), session.scalar(select(LogHead.day).where(LogHead.id == 1))
        if last is None or last == today:
            raise Invalid({"reason": RIGHT_CLOCK})
        act.record(ClockStepped(**{"from": last, "to": today}, reason=words))


@action("export", ExportMade)
def record_export(
    actor: Actor, *, profile: str, size: int, recipient: str | None = None, purpose: str | None = None,
    keep: Callable[[Act], object] = lambda _act: None,
) -> int:
    """A bundle that was made is itself recorded, after its checkpoint and never in it.

    `keep` notes in the same transaction where it is kept.
    """
    with acting(actor) as act:
        act.require("export")
        keep(act)
        event = ExportMade(
            profile=profile,
            size=size,
            recipient=texts.remark(recipient, "recipient"),
            purpose=texts.remark(purpose, "purpose"),
        )
        act.record(event)
    return event.seq or 0


@action("back_up", BackupMade)
def record_backup(actor: Actor, *, size: int) -> int:
    """A backup that was made is itself recorded, after it and never in it: how many entries of the log it holds."""
    with acting(actor) as act:
        act.require("back_up")
        event = act.record(BackupMade(size=size))
    return event.seq or 0
