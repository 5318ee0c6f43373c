"""The statements with which an act begins: whoever acts is read again, the incidents that it names are locked."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from review.actions.held import INCIDENTS
from review.models import Hold, LogHead, Person, PersonKey, Stream

_PERSON, _HOLD = Person.__table__, Hold.__table__
WHO = (_PERSON.c.id, _PERSON.c.role, _PERSON.c.name, _PERSON.c.active, PersonKey.__table__.c.key)
_KEY = PersonKey.__table__.c.person_id == _PERSON.c.id
ACTOR = (
    select(*WHO)
    .outerjoin(PersonKey.__table__, _KEY)
    .where(_PERSON.c.id == bindparam("person"))
    .with_for_update(read=True, of=_PERSON)
)
_BASE = select(LogHead.__table__.c.base).where(LogHead.__table__.c.id == 1).scalar_subquery()
_INCIDENT = (
    # With the place where the present log begins, the mode of its stream, and the round in which "next" held a seat
    # for the actor.
    select(_BASE, *INCIDENTS.c, Stream.__table__.c.mode, _HOLD.c.round)
    .outerjoin(Stream.__table__, Stream.__table__.c.slug == INCIDENTS.c.stream)
    .outerjoin(_HOLD, (_HOLD.c.incident_id == INCIDENTS.c.id) & (_HOLD.c.person_id == bindparam("person")))
    .with_for_update(of=INCIDENTS)
)
LOCKED = _INCIDENT.where(INCIDENTS.c.id == bindparam("id"))
LOCKED_BY_NAME = _INCIDENT.where(INCIDENTS.c.name == bindparam("name"))
# Both in one, as almost every act of a person asks for them.
ACTOR_AND_INCIDENT = (
    LOCKED_BY_NAME.join(_PERSON, _PERSON.c.id == bindparam("person"))
    .outerjoin(PersonKey.__table__, _KEY)
    .add_columns(*WHO)
    .suffix_with("FOR SHARE OF person", dialect="postgresql")
)
