"""The key that signs the log, changed: an event, then one checkpoint that both keys sign."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from review import config
from review.actions.act import acting
from review.actions.checkpoints import publish_checkpoint
from review.actions.verb import action
from review.audit import keyring
from review.audit import keys as files
from review.audit.events.log import KeyRotated
from review.audit.note import verifier_key
from review.models import LogHead, session
from review.rules.errors import Invalid
from review.rules.permissions import Actor
from review.rules.words import N_

UNFINISHED = N_("The last change of the signing key is not finished: publish a checkpoint first.")


@action("rotate_key", KeyRotated)
def rotate_key(actor: Actor) -> str:
    """An admin replaces the key that signs; answers the new verifier key.

    The new secret is on the disk before the event names it, and the old one stays until the checkpoint that bears both
    signatures was published: `finish_rotation`, which the caller calls at once and which the worker is asked for here,
    should the caller die. Bundles and pinned keys from before follow through that checkpoint. `master` stays as it is.
    """
    finish_rotation()
    with acting(actor) as act:
        act.require("rotate_key")
        head: Any = session.execute(select(LogHead.__table__).where(LogHead.id == 1).with_for_update()).one()
        ring = keyring.ring(session)
        if _unfinished(ring, head):
            raise Invalid({"key": UNFINISHED})
        assert ring.present is not None  # the doorway has opened the log
        if ring.present.vkey not in files.seeds(act.home, head.origin):
            raise files.MissingKey(ring.present.vkey)
        new = str(verifier_key(head.origin, files.next_seed(act.home)))
        act.record(KeyRotated(old=ring.present.vkey, new=new))
        act.later("finish_rotation", f"rotation:{new}", {})
    return new


def finish_rotation() -> None:
    """Publish the checkpoint that both keys sign where it is wanting, and put the new key into its place.

    Safe at any time and any number of times: nothing is published where no change of the key waits for it.
    """
    session.rollback()
    head: Any = session.execute(select(LogHead.__table__).where(LogHead.id == 1)).one_or_none()
    ring = keyring.ring(session)
    session.rollback()
    if head is None:
        return
    covered = ring.at(head.signed_size - head.base)  # by what was published, whatever was recorded since
    if _unfinished(ring, head):
        publish_checkpoint()
    elif covered is not None:
        files.promote(config.home(), head.origin, covered.vkey)


def _unfinished(ring: keyring.KeyRing, head: Any) -> bool:
    return len(ring.wanted(head.size - head.base, head.signed_size - head.base)) > 1
