"""The database against its own trail: every difference is a sentence, and none is the answer hoped for.

The leaves decide: columns, decisions and projections are compared with what leaves and disclosures say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from review.audit.fsck.facts import decisions, log_facts
from review.audit.fsck.guards import files, triggers
from review.audit.fsck.projections import incidents, people_and_claims
from review.audit.fsck.trail import trail
from review.audit.keys import Keys
from review.models import LogHead
from review.store import Store

__all__ = ["check", "decisions", "files", "incidents", "log_facts", "people_and_claims", "trail", "triggers"]


def check(session: Any, keys: Keys | None, objects: Store) -> Iterator[str]:
    """Every difference between the database and its trail, as a sentence."""
    yield from triggers(session)
    if session.execute(select(LogHead.id)).first() is None:
        return
    yield from trail(session, keys)
    yield from log_facts(session)
    yield from decisions(session)
    yield from incidents(session, keys)
    yield from people_and_claims(session)
    yield from files(session, objects)
