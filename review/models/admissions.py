"""To whom a restricted incident is shown: a projection of `incident.restricted`, and the one condition on it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, and_, delete, insert, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from review.extensions import Base
from review.models.incidents import Incident
from review.models.people import Person
from review.rules.dossier import Dossier
from review.rules.permissions import Actor
from review.rules.visibility import exists_for


class Admission(Base):
    """One person to whom one restricted incident is shown. A projection."""

    __tablename__ = "admission"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)


def admitted(session: Any, incident_id: int) -> frozenset[int]:
    """The people to whom a restricted incident is shown."""
    table = Admission.__table__
    rows = session.execute(select(table.c.person_id).where(table.c.incident_id == incident_id))
    return frozenset(rows.scalars())


def exists(session: Any, row: Incident, actor: Actor) -> bool:
    """Whether there is this incident for somebody."""
    return not row.restricted or exists_for(actor, row.restricted, admitted(session, row.id))


def shown_to(actor: Actor) -> ColumnElement[bool]:
    """The condition of every list, count and search: what is restricted is there for those it names and nobody else."""
    named = select(Admission.incident_id).where(Admission.person_id == actor.person)
    return or_(Incident.restricted.is_(False), Incident.id.in_(named))


def hidden_from(actor: Actor) -> ColumnElement[bool]:
    """The same condition from the other side, by an index of the few that are restricted."""
    named = select(Admission.incident_id).where(Admission.person_id == actor.person)
    return and_(Incident.restricted, Incident.id.not_in(named))


def admit(session: Any, row: Incident, dossier: Dossier) -> None:
    """Bring the people named up to date with the dossier."""
    table = Admission.__table__
    session.execute(delete(table).where(table.c.incident_id == row.id))
    if not dossier.admitted:
        return
    people = session.scalars(select(Person.id).where(Person.log_name.in_(dossier.admitted)))
    rows = [{"incident_id": row.id, "person_id": person} for person in people]
    if rows:
        session.execute(insert(table), rows)
