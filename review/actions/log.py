"""The log itself: its heads once a day, its signed checkpoints on a fixed clock, its clock, what was exported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, insert, select, update

from review import clock, config
from review.actions.act import acting, signing
from review.actions.verb import action
from review.audit import canonical, keys, note
from review.audit.append import heads_root
from review.audit.events.log import BackupMade, ClockStepped, ExportMade, LogHeads
from review.audit.tree import Edge
from review.models import Checkpoint, Event, Incident, LogHead, session
from review.rules import texts
from review.rules.errors import Invalid, ReadOnly
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
        number, root = heads_root(heads())
        event = act.record(LogHeads(n=number, root=canonical.b64(root)))
    return event.seq or 0


def heads() -> Iterator[tuple[str, int, bytes]]:
    """Name, length and last leaf of every incident's chain as it may be shown, in the order of their first seq."""
    table = Incident.__table__
    shown = func.coalesce(table.c.shown_count, table.c.count), func.coalesce(table.c.shown_leaf, table.c.last_leaf)
    statement = select(table.c.name, *shown).where(table.c.first_seq.is_not(None)).order_by(table.c.first_seq)
    for name, count, leaf in session.execute(statement):
        yield name, count, bytes(leaf)


def publish_checkpoint() -> str | None:
    """Sign the present size and root, and remember them: nothing that does not continue them is ever signed again.

    None while the log has no entry. The same size again is the same checkpoint.
    """
    with signing():
        head = session.execute(select(LogHead.__table__).where(LogHead.id == 1).with_for_update()).one_or_none()
        if head is None or head.size == 0:
            return None
        edge = Edge.from_list(head.size, head.edge)
        _continues(head, edge)
        signed = note.Checkpoint(head.origin, edge.size, edge.root()).signed(keys.load(config.home()).signing)
        if session.get(Checkpoint, edge.size) is None:
            _publish(signed, edge)
    return signed.text


def _publish(signed: note.Checkpoint, edge: Edge) -> None:
    last = session.scalar(select(Event.type).where(Event.seq == edge.size - 1))
    session.execute(
        insert(Checkpoint.__table__).values(
            size=edge.size, text=signed.text, heads=last == LogHeads.type, published_at=clock.now()
        )
    )
    session.execute(
        update(LogHead.__table__).values(
            signed_size=edge.size, signed_root=canonical.b64(signed.root), signed_edge=edge.to_list()
        )
    )


def _continues(head: object, edge: Edge) -> None:
    """Refuse what is not consistent with the last size and root that were signed: a rolled-back or altered log."""
    size, root, peaks = head.signed_size, head.signed_root, head.signed_edge  # type: ignore[attr-defined]
    if not size:
        return
    signed = Edge.from_list(size, peaks)
    if size > edge.size or canonical.b64(signed.root()) != root:
        raise ReadOnly("rolled-back", size=edge.size, signed=size)
    leaves = select(Event.leaf).where(Event.seq >= size, Event.seq < edge.size).order_by(Event.seq)
    for leaf in session.scalars(leaves):
        signed.append(bytes(leaf))
    if signed.size != edge.size or signed.root() != edge.root():
        raise ReadOnly("inconsistent", size=edge.size, signed=size)


@action("accept_clock", ClockStepped)
def accept_clock(actor: Actor, *, reason: str | None) -> None:
    """An admin accepts a clock that went back, or far ahead; until then nothing is written."""
    with acting(actor) as act:
        act.require("accept_clock", Deed(reason=reason or None))
        words = texts.reason(reason)
        today, last = clock.day(act.at), session.scalar(select(LogHead.day).where(LogHead.id == 1))
        if last is None or last == today:
            raise Invalid({"reason": RIGHT_CLOCK})
        act.record(ClockStepped(**{"from": last, "to": today}, reason=words))


@action("export", ExportMade)
def record_export(
    actor: Actor, *, profile: str, size: int, recipient: str | None = None, purpose: str | None = None
) -> int:
    """A bundle that was made is itself recorded, after its checkpoint and never in it."""
    with acting(actor) as act:
        act.require("export")
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


def hour(moment: datetime) -> datetime:
    """The hour of the fixed clock by which checkpoints are published."""
    return moment.replace(minute=0, second=0, microsecond=0)
