"""After the vote: for one person, what became of each of their own votes. Nobody else's, and no sum of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from review.models import Incident, Participation, Vote, session
from review.models.admissions import shown_to
from review.models.dossiers import dossier
from review.queries.aftermath import told
from review.queries.incidents import ref_among, repeated_codes
from review.queries.reading import pseudonym_in
from review.rules.aftermath import Aftermath
from review.rules.errors import Forbidden
from review.rules.permissions import Actor, may
from review.rules.viewers import Viewer

SIZE = 20
LOOKED_AT = 8  # how many of one's own votes, the latest, the desk looks through for a result that differs
DECIDED_IN = ("approval", "published", "grading", "settlement")


@dataclass(frozen=True, slots=True)
class Row:
    """One incident that the viewer voted on, with what became of that vote."""

    ref: str
    code: str | None
    title: str
    restricted: bool
    result: Aftermath


@dataclass(frozen=True, slots=True)
class LookingBack:
    """The results of what the viewer voted on, their latest vote first."""

    rows: tuple[Row, ...]
    number: int
    older: bool


def looking_back(viewer: Actor, *, number: int = 1) -> LookingBack:
    """Page by page; for whoever may vote."""
    if not may(viewer.role, "cast_vote"):
        raise Forbidden("cast_vote")
    number = max(1, number)
    voted = _voted_on(viewer, SIZE + 1, (number - 1) * SIZE)
    return LookingBack(tuple(_rows(viewer, voted[:SIZE])), number, len(voted) > SIZE)


def lately_differing(viewer: Actor) -> tuple[Row, ...]:
    """Of the viewer's last few votes, those whose result differs from them."""
    if not may(viewer.role, "cast_vote"):
        return ()
    return tuple(row for row in _rows(viewer, _voted_on(viewer, LOOKED_AT, 0)) if row.result.differs)


def _voted_on(viewer: Actor, most: int, skipped: int) -> list[Incident]:
    """The incidents that bear a vote of the viewer's, ordered by nothing but their own votes."""
    own = (Vote.incident_id == Incident.id) & (Vote.voter == Participation.pseudonym)
    last = select(func.max(Vote.seq)).where(own).correlate(Incident, Participation).scalar_subquery()
    statement = (
        select(Incident)
        .join(Participation, Participation.incident_id == Incident.id)
        .where(Participation.person_id == viewer.person, shown_to(viewer))
        .where(Incident.stage.in_(DECIDED_IN), exists().where(own))
        .order_by(last.desc())
        .offset(skipped)
        .limit(most)
    )
    return list(session.scalars(statement))


def _rows(viewer: Actor, incidents: list[Incident]) -> Iterator[Row]:
    repeated = repeated_codes([one.code for one in incidents if one.code])
    for incident in incidents:
        who, openers = pseudonym_in(viewer, incident.name)
        result = told(dossier(session, incident, openers=openers), Viewer(viewer, who))
        if result is not None:
            ref = ref_among(incident.code, incident.name, repeated)
            yield Row(ref, incident.code, incident.title, incident.restricted, result)
