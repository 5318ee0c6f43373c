"""A person's inbox: notices marked as read, by them alone. Nothing of it is an event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from review import clock
from review.actions.accounts import account_write
from review.models import Notice, session
from review.rules.permissions import Actor


def mark_read(actor: Actor, until: datetime) -> None:
    """Everything that the person was told up to this moment is read."""
    own = (Notice.person_id == actor.person) & (Notice.at <= until) & Notice.read_at.is_(None)
    with account_write():
        session.execute(update(Notice).where(own).values(read_at=clock.now()))


def mark_one(actor: Actor, notice: int, *, read: bool) -> None:
    """One line of one's own is read, or not read yet; another's is not found and stays."""
    own = (Notice.person_id == actor.person) & (Notice.id == notice)
    with account_write():
        session.execute(update(Notice).where(own).values(read_at=clock.now() if read else None))
