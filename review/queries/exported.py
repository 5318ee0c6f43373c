"""The incident that somebody names for a bundle of its own."""

from __future__ import annotations

from dataclasses import dataclass

from review.models import Incident, session
from review.models.admissions import exists
from review.models.refs import find_incident
from review.rules.errors import NotFound
from review.rules.permissions import Actor


@dataclass(frozen=True, slots=True)
class Named:
    """One incident by its internal id; `exactly` where it was asked for by that id and not by a code."""

    incident: str
    exactly: bool

    @property
    def named(self) -> frozenset[str]:
        """The restricted incidents that this names: a code, which may come in several, names none."""
        return frozenset({self.incident} if self.exactly else ())


def named_for_export(viewer: Actor, ref: str) -> Named:
    """The incident of this reference; NotFound where there is none for this person."""
    row = session.get(Incident, find_incident(session, ref))
    if row is None or not exists(session, row, viewer):
        raise NotFound
    return Named(row.name, exactly=ref == row.name)
