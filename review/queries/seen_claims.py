"""Which claims there are for somebody, and their words: read by the queue and by what is likely to be near."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, select

from review.models import Disclosure, Event, Incident, session
from review.models.admissions import claim_shown_to, shown_to
from review.models.dossiers import read_disclosure
from review.queries.addresses import refs_of
from review.rules.permissions import Actor


def seen(viewer: Actor) -> ColumnElement[bool]:
    """The claims that there are for the viewer."""
    return claim_shown_to(viewer)


def words_of(seqs: Collection[int]) -> dict[int, dict[str, Any]]:
    """What is still there of the words of these claims, with the day of the receipt."""
    rows = session.execute(
        select(Event.seq, Event.day, Disclosure.text)
        .join(Disclosure, Disclosure.seq == Event.seq)
        .where(Event.seq.in_(seqs))
    )
    found: dict[int, dict[str, Any]] = {}
    for seq, day, text in rows:
        name, value = read_disclosure(text)
        found.setdefault(seq, {"day": day})[name] = value
    return found


def refs(viewer: Actor, ids: Collection[int]) -> dict[int, str]:
    """The references of those of these incidents that exist for the viewer."""
    return refs_of(session.scalars(select(Incident).where(Incident.id.in_(ids), shown_to(viewer))))
