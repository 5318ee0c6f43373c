"""Which claims there are for somebody, and their words: read by the queue and by what is likely to be near."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, select
from sqlalchemy.orm import aliased

from review.models import Claim, Disclosure, Event, Incident, session
from review.models.admissions import hidden_from, shown_to
from review.models.dossiers import read_disclosure
from review.queries.addresses import refs_of
from review.rules.permissions import Actor


def seen(viewer: Actor) -> ColumnElement[bool]:
    """A claim of an incident that does not exist for the viewer is not there, nor is one that repeats it."""
    repeated = aliased(Claim)
    hidden = select(Incident.id).where(hidden_from(viewer))
    of_hidden = exists().where(Incident.id == Claim.incident_id, hidden_from(viewer))
    repeats_hidden = exists().where(repeated.seq == Claim.of, repeated.incident_id.in_(hidden))
    return and_(not_(of_hidden), not_(repeats_hidden))


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
