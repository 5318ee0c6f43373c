"""Signed checkpoints: published on a fixed clock, each one continuing the last."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from review import clock, config
from review.actions import log
from review.actions.accounts import account_write
from review.actions.act import signing
from review.audit import canonical, checkpoint_files, keyring, keys, note, remembered, subtrees
from review.audit.events.log import LogHeads
from review.audit.tree import Edge
from review.models import Checkpoint, Event, LogHead, Subtree, session
from review.models.dossiers import joints
from review.rules.errors import ReadOnly
from review.rules.rollbacks import ANOTHER_HISTORY, OLDER


class Overtaken(RuntimeError):
    """The log was signed past the size that was asked for; nothing shorter is ever signed again."""


def publish_checkpoint() -> str | None:
    """Sign the present size and root, and remember them: nothing that does not continue them is ever signed again.

    None while the log has no entry. The same size again is the same checkpoint. The first one over a change of the key
    is signed by both keys; once it stands the old one is let go. Answers its file, witnesses' lines included.
    """
    return _published()


def publish_heads() -> str:
    """Fix the heads of all incidents, and sign the log at the very size that ends in them.

    What others append meanwhile comes after it; where somebody signs past it in between, the heads are fixed anew.
    """
    while True:
        size = log.record_heads() + 1
        try:
            file = _published(size)
        except Overtaken:
            continue
        assert file is not None  # there is at least the entry just made
        return file


def _published(size: int | None = None) -> str | None:
    with signing():
        head = session.execute(select(LogHead.__table__).where(LogHead.id == 1).with_for_update()).one_or_none()
        if head is None or head.size == 0:
            return None
        held = head.size - head.base
        remembered.must_continue(session, config.home(), held)
        edge = _continued(head, held if size is None else size - head.base)
        place = head.base + edge.size
        ring = keyring.ring(session)
        text = session.scalar(select(Checkpoint.text).where(Checkpoint.size == place))
        if text is None:
            signed = _signed(head, edge, ring)
            _publish(signed, edge, head.base)
            text = signed.text
        # Before the commit: what is remembered outside the database is never less than what anybody was shown.
        remembered.remember(config.home(), text)
        file = checkpoint_files.text(session, place)
    covered = ring.at(edge.size)
    if covered is not None:
        keys.promote(config.home(), head.origin, covered.vkey)
    return file


def _signed(head: Any, edge: Edge, ring: keyring.KeyRing) -> note.Checkpoint:
    """The checkpoint under every signature that it must bear; MissingKey where one of the secrets is gone."""
    seeds = keys.seeds(config.home(), head.origin)
    checkpoint = note.Checkpoint(head.origin, edge.size, edge.root())
    for vkey in ring.wanted(edge.size, head.signed_size - head.base):
        if vkey not in seeds:
            raise keys.MissingKey(vkey)
        checkpoint = checkpoint.signed(seeds[vkey])
    return checkpoint


def _publish(signed: note.Checkpoint, edge: Edge, base: int) -> None:
    size = base + edge.size
    last = session.scalar(select(Event.type).where(Event.seq == size - 1))
    session.execute(
        insert(Checkpoint.__table__).values(
            size=size, text=signed.text, heads=last == LogHeads.type, published_at=clock.now()
        )
    )
    session.execute(
        update(LogHead.__table__).values(
            signed_size=size, signed_root=canonical.b64(signed.root), signed_edge=edge.to_list()
        )
    )


def _continued(head: Any, wanted: int) -> Edge:
    """The edge of the present log at the `wanted` size, once all of it is seen to continue what was signed.

    Refused is what is not consistent with the last size and root that were signed: a rolled-back or altered log.
    """
    base: int = head.base
    held, size = Edge.from_list(head.size - base, head.edge), head.signed_size - base
    if not size and wanted == held.size:
        return held
    edge = Edge.from_list(size, head.signed_edge)
    numbers = {"held": held.size, "published": size}
    if size > held.size:
        raise ReadOnly(OLDER, **numbers, missing=size - held.size, day=head.day)
    if size and canonical.b64(edge.root()) != head.signed_root:
        raise ReadOnly(ANOTHER_HISTORY, **numbers)
    if wanted < size:
        raise Overtaken(f"{wanted} entries were to be signed, {size} are")
    _append(edge, base, wanted)
    found = edge.copy()
    _append(edge, base, held.size)
    if edge.size != held.size or edge.root() != held.root():
        raise ReadOnly(ANOTHER_HISTORY, **numbers)
    return found


def _append(edge: Edge, base: int, size: int) -> None:
    places = Event.seq >= base + edge.size, Event.seq < base + size
    leaves = select(Event.leaf).where(*places).order_by(Event.seq)
    for leaf in session.scalars(leaves):
        edge.append(bytes(leaf))


def publish_on_the_hour() -> str | None:
    """What the worker does every hour, news or not; then proofs under the new checkpoint are made ready."""
    return _made_ready(publish_checkpoint())


def publish_on_the_day() -> str | None:
    """What the worker does once a day: the checkpoint that ends in the heads, under which public bundles are made."""
    return _made_ready(publish_heads())


def _made_ready(file: str | None) -> str | None:
    if file is not None:
        keep_stretches()
    return file


def keep_stretches() -> None:
    """Keep the root of every finished stretch of the published log, so that no proof has to hash all of it."""
    size = checkpoint_files.latest_size(session) or 0
    base = max((joint for joint in joints(session) if joint < size), default=0)
    for number in subtrees.unkept(session, size, base):
        root = subtrees.stretch_root(session, number, base)
        with account_write():
            if session.get(Subtree, number) is None:
                session.add(Subtree(number=number, root=root))


def hour(moment: datetime) -> datetime:
    """The hour of the fixed clock by which checkpoints are published."""
    return moment.replace(minute=0, second=0, microsecond=0)
