"""The database against its own trail: every difference is a sentence, and none is the answer hoped for.

The leaves decide: columns, decisions and projections are compared with what leaves and disclosures say.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from review import config
from review.audit import remembered
from review.audit.fsck.facts import decisions, log_facts
from review.audit.fsck.files import files, home_files
from review.audit.fsck.guards import role, tables, triggers
from review.audit.fsck.people import people_and_claims, restrictions
from review.audit.fsck.projections import incidents
from review.audit.fsck.record import sums
from review.audit.fsck.sources import captures, imported_rows
from review.audit.fsck.submissions import submissions
from review.audit.fsck.trail import trail
from review.audit.fsck.words import indexes
from review.audit.keys import Keys
from review.models import LogHead
from review.store import Store

__all__ = ["check", "decisions", "files", "incidents", "log_facts", "people_and_claims", "role", "trail", "triggers"]


SELDOM = 1_000_000  # objects between two looks for garbage: a whole log makes millions, none of them in a ring


def check(session: Any, keys: Keys | None, objects: Store) -> Iterator[str]:
    """Every difference between the database and its trail, as a sentence."""
    before = gc.get_threshold()
    gc.set_threshold(SELDOM, *before[1:])
    try:
        yield from _compared(session, keys, objects)
    finally:
        gc.set_threshold(*before)


def _compared(session: Any, keys: Keys | None, objects: Store) -> Iterator[str]:
    gone = list(tables(session))
    yield from gone
    if gone:
        return
    yield from _rolled_back(session)
    yield from triggers(session)
    yield from role(session)
    yield from home_files(config.home())
    if session.execute(select(LogHead.id)).first() is None:
        return
    yield from trail(session, keys)
    yield from log_facts(session)
    yield from decisions(session)
    yield from incidents(session, keys)
    yield from sums(session)
    yield from indexes(session)
    yield from people_and_claims(session, keys)
    yield from restrictions(session)
    yield from captures(session, keys)
    yield from imported_rows(session)
    yield from submissions(session)
    yield from files(session, objects)


def _rolled_back(session: Any) -> Iterator[str]:
    try:
        found = remembered.rollback(session, config.home())
    except ValueError:
        return  # a head that cannot be read is named where the leaves are
    if found is not None:
        yield found.sentence
