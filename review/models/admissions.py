"""To whom a restricted incident is shown: a projection of `incident.restricted`, and the one condition on it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import ColumnElement, ForeignKey, and_, bindparam, delete, insert, not_, or_, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from review.extensions import Base
from review.models.incidents import Claim, Incident
from review.models.people import Person
from review.models.trail import Event
from review.rules.dossier import Dossier
from review.rules.permissions import PERMISSIONS, Actor
from review.rules.places import here
from review.rules.visibility import exists_for

SOME = 500  # events asked for at once
VIEWER = "viewer"


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
    return _shown_to(actor.person)


def shown_to_the_viewer() -> ColumnElement[bool]:
    """The same condition for a statement that is built once: VIEWER is given when it is asked."""
    return _shown_to(bindparam(VIEWER))


def _shown_to(person: Any) -> ColumnElement[bool]:
    incident, admission = Incident.__table__.c, Admission.__table__.c
    named = select(admission.incident_id).where(admission.person_id == person)
    return or_(incident.restricted.is_(False), incident.id.in_(named))


def hidden_from(actor: Actor) -> ColumnElement[bool]:
    """The same condition from the other side, by an index of the few that are restricted."""
    named = select(Admission.incident_id).where(Admission.person_id == actor.person)
    return and_(Incident.restricted, Incident.id.not_in(named))


def claim_shown_to(actor: Actor) -> ColumnElement[bool]:
    """A claim of an incident that does not exist for somebody is not there for them, nor is one that repeats it."""
    repeated = aliased(Claim)
    hidden = select(Incident.id).where(hidden_from(actor))
    of_hidden = select(Incident.id).where(Incident.id == Claim.incident_id, hidden_from(actor)).exists()
    repeats = select(repeated.seq).where(repeated.seq == Claim.of, repeated.incident_id.in_(hidden)).exists()
    return and_(not_(of_hidden), not_(repeats))


def of_hidden_claims(session: Any, actor: Actor, seqs: Collection[int]) -> set[int]:
    """Those of these events that brought a claim which is not there for somebody, or say anything of one."""
    hidden = set(session.scalars(select(Claim.seq).where(not_(claim_shown_to(actor)))))
    if not hidden:
        return set()
    rows: list[Any] = []
    wanted = sorted(seqs)
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        of_claims = select(Event.seq, Event.line).where(Event.seq.in_(some), Event.type.like("claim.%"))
        rows += session.execute(of_claims).all()
    return {row.seq for row in rows if hidden & {row.seq, *_claims_named(row.seq, row.line)}}


def _claims_named(seq: int, line: bytes) -> set[Any]:
    body = here(orjson.loads(line), seq)["body"]
    return {body.get("claim"), body.get("of")}


def lifters(session: Any, person: int) -> list[frozenset[int]]:
    """Of each restricted incident that this person is shown: who may lift that, locked as they stand now."""
    theirs = select(Admission.incident_id).where(Admission.person_id == person)
    rows = session.execute(
        select(Admission.incident_id, Person.id)
        .join(Person, Person.id == Admission.person_id)
        .join(Incident, Incident.id == Admission.incident_id)
        .where(Admission.incident_id.in_(theirs), Incident.restricted, Person.active)
        .where(Person.role.in_(PERMISSIONS["lift_restriction"].roles))
        .order_by(Person.id)
        .with_for_update(of=Person)
    )
    found: dict[int, set[int]] = {}
    for incident, able in rows:
        found.setdefault(incident, set()).add(able)
    return [frozenset(able) for able in found.values()]


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
