"""The bundles that everybody may take: the public log once a day, one incident of it on demand. No account.

All of them stand under one checkpoint, the last that ends in `log.heads` and has its whole public bundle: between two
such checkpoints nothing that is given away moves.
"""

from __future__ import annotations

from sqlalchemy import func, select

from review import clock, config
from review.actions import bundles
from review.actions.accounts import account_write
from review.audit import canonical
from review.models import Bundle, Incident, session
from review.models.bundles import can_stand_alone, determined, public_bundle, silenced
from review.models.public_codes import find_published
from review.rules.bundles import PUBLIC

MOST_WAITING = 3  # strangers wait for one another, and nobody's round for them
MOST_KEPT = 300


def follow(_checkpoint: object) -> None:
    """After each publication: a new daily checkpoint gets its public bundle, once anything is published at all."""
    session.rollback()
    size = bundles.last_heads()
    wanted = size is not None and session.scalar(determined(size).limit(1)) is not None
    if size is None or not wanted or silenced(session, profile=PUBLIC, size=size, incident_id=None):
        session.rollback()
        return
    with account_write():
        _ask(size, None)


def ask_for_incident(ref: str) -> None:
    """Have the public bundle of one incident made, where it has a place under the checkpoint of the whole one.

    Only so many wait at once: whoever comes while they do comes again.
    """
    session.rollback()
    row = find_published(session, ref)
    whole = public_bundle(session)
    if whole is None or not can_stand_alone(session, row):
        session.rollback()
        return
    told = session.scalar(select(Incident.id).where(Incident.id == row.id, Incident.id.in_(determined(whole.size))))
    with account_write():
        if told is not None and _room():
            _ask(whole.size, row.id)


def _room() -> bool:
    """Whether fewer wait than may; of those that are kept the oldest makes room for a new one."""
    of_one = (Bundle.person_id.is_(None), Bundle.incident_id.is_not(None))
    counted = select(func.count()).select_from(Bundle).where(*of_one)
    if (session.scalar(counted.where(Bundle.stage == "waiting")) or 0) >= MOST_WAITING:
        return False
    if (session.scalar(counted) or 0) >= MOST_KEPT:
        oldest = select(Bundle).where(*of_one, Bundle.stage == "done").order_by(Bundle.id).limit(1)
        row = session.scalars(oldest).one()
        session.delete(row)
        bundles.remove(row.name)
    return True


def _ask(size: int, incident: int | None) -> None:
    key = f"public:{size}:{incident or 'log'}"
    row = session.scalars(select(Bundle).where(Bundle.key == key)).one_or_none()
    if row is None:
        row = Bundle(
            name=canonical.random_name(), key=key, incident_id=incident, profile=PUBLIC, size=size, stage="waiting",
            at=clock.now(),
        )  # fmt: skip
        session.add(row)
    elif row.stage != "done" or (config.exports() / row.name).exists():
        return
    row.stage, row.read = "waiting", 0  # also one whose file is gone: backups hold no bundles
    session.flush()
    bundles.have_made(row.name)


def retire(size: int) -> None:
    """Let go of what everybody could take under earlier checkpoints: the whole log under this one is there now."""
    session.rollback()
    earlier = select(Bundle.name).where(Bundle.person_id.is_(None), Bundle.size < size)
    bundles.forget(list(session.scalars(earlier)))
