"""What a person has read of a case: kept for them alone, so that the next time it says what has changed. No event."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.exc import IntegrityError, OperationalError

from review import clock
from review.actions.accounts import account_write
from review.models import Look, session
from review.models.refs import find_incident
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may


def looked(actor: Actor, ref: str, seen: str) -> None:
    """A lead's page showed this dossier. While it stands, what came before stays what the page compares it with."""
    if not may(actor.role, "approve") or actor.person is None:
        raise Forbidden("approve")
    incident = find_incident(session, ref)
    known = session.get(Look, (actor.person, incident))
    if known is not None and known.seen == seen:
        return
    # A full disk keeps nobody from reading, nor does the same page opened twice in one moment.
    with suppress(IntegrityError, OperationalError), account_write():
        row = session.get(Look, (actor.person, incident))
        if row is None:
            session.add(Look(person_id=actor.person, incident_id=incident, seen=seen, at=clock.now()))
            return
        row.before, row.before_at = row.seen, row.at
        row.seen, row.at = seen, clock.now()
