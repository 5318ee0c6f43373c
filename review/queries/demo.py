"""What the sample needs to know of its own incidents while it is being filled in."""

from __future__ import annotations

from sqlalchemy import select

from review import config
from review.audit import canonical, keys
from review.models import Incident, Person, session
from review.models.dossiers import dossier
from review.models.persons import person_key
from review.models.refs import find_incident
from review.rules.dossier import Dossier
from review.rules.permissions import Actor
from review.rules.settlement import minority_arguments as arguments_against
from review.rules.settlement import the_settlement


def is_empty() -> bool:
    """Nobody has joined this desk yet."""
    return session.execute(select(Person.id).limit(1)).scalar_one_or_none() is None


def evidence(ref: str) -> str:
    return _dossier(ref).evidence


def digest(ref: str) -> str:
    return _dossier(ref).digest


def claims(ref: str) -> tuple[int, ...]:
    """The claims that are grouped into the incident, in the order in which they came."""
    return tuple(sorted(claim.seq for claim in _dossier(ref).claims if claim.grouped))


def minority_arguments(ref: str, grade: str) -> tuple[int, ...]:
    """The arguments that a settlement as `grade` has to answer."""
    found = _dossier(ref)
    return arguments_against(found, the_settlement(found), grade)


def vote_of(ref: str, actor: Actor) -> int:
    """The person's live vote of the latest round."""
    found = _dossier(ref)
    assert found.round is not None and actor.person is not None
    key = person_key(session, keys.load(config.home()), actor.person)
    vote = found.live_of(found.round.number, canonical.pseudonym(key, found.incident))
    assert vote is not None
    return vote.seq


def _dossier(ref: str) -> Dossier:
    row = session.get(Incident, find_incident(session, ref))
    assert row is not None
    return dossier(session, row)
