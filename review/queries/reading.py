"""Opening one incident for one viewer: the row, its dossier, who looks, and what each verb still needs of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, or_, select

from review import config
from review.audit import canonical, keys
from review.models import Incident, LogHead, Participation, Person, PersonKey, Stream, session
from review.models.admissions import admitted, exists
from review.models.dossiers import Opener, history_read, in_stream
from review.models.persons import opened_key, person_key
from review.models.refs import Finding
from review.queries.holds import held_until
from review.rules import assignment
from review.rules.dossier import Dossier
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may
from review.rules.requirements import Requirement, requirements
from review.rules.viewers import Member, Viewer
from review.rules.visibility import Sight, sight

_PERSON, _PART = Person.__table__.c, Participation.__table__.c
# Built once: the active desk, and everybody who takes part in one incident.
_PEOPLE = (
    select(_PERSON.id, _PERSON.name, _PERSON.role, _PERSON.active, _PART.pseudonym)
    .select_from(Person.__table__)
    .outerjoin(
        Participation.__table__, and_(_PART.person_id == _PERSON.id, _PART.incident_id == bindparam("incident"))
    )
    .where(or_(_PERSON.active, _PART.pseudonym.is_not(None)))
    .order_by(_PERSON.id)
)
_INCIDENT, _STREAM, _HEAD, _KEY = (table.__table__.c for table in (Incident, Stream, LogHead, PersonKey))
# An incident, and what stands around it for one person: its stream, where the present log begins, their own key.
_OPENED = Finding(
    select(
        _INCIDENT.id, _INCIDENT.name, _INCIDENT.code, _INCIDENT.title, _INCIDENT.restricted, _INCIDENT.last_leaf,
        _INCIDENT.stream, _STREAM.name.label("called"), _STREAM.mode, _HEAD.base, _KEY.key,
    )
    .select_from(Incident.__table__)
    .outerjoin(Stream.__table__, _STREAM.slug == _INCIDENT.stream)
    .outerjoin(LogHead.__table__, _HEAD.id == 1)
    .outerjoin(PersonKey.__table__, _KEY.person_id == bindparam("person"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StreamName:
    slug: str
    name: str
    mode: str


@dataclass(frozen=True, slots=True)
class Way:
    """One verb as this viewer finds it here: what it needs, and whether its button may be pressed."""

    verb: str
    requirements: tuple[Requirement, ...]

    @property
    def missing(self) -> tuple[Requirement, ...]:
        """What stands in the way, apart from what the form itself will bring."""
        return tuple(one for one in self.requirements if not one.met and not one.by_form)

    @property
    def open(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Colleague:
    """One active person of the desk; `who` is their pseudonym in the incident, where they have one."""

    id: int
    name: str
    role: str
    who: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """An incident as one person opens it.

    `names` and `ids` are of everybody who took part, also of those who left, and for the queries: a page shows only
    what `sight` allows.
    """

    id: int
    name: str
    ref: str
    title: str
    dossier: Dossier
    viewer: Viewer
    colleagues: tuple[Colleague, ...]
    names: Mapping[str, str]
    ids: Mapping[str, int]
    stream: StreamName | None  # None where it is worked in none that was defined
    held_until: datetime | None = None  # a seat of the open round that "next" keeps for the viewer

    @property
    def who(self) -> str | None:
        return self.viewer.who

    def sight(self, number: int | None = None) -> Sight:
        """What the viewer may see of a round, the latest where no number is given."""
        return sight(self.dossier, self.viewer, number)

    def way(self, verb: str) -> Way | None:
        """The verb's requirements, or None where the viewer's role does not hold it."""
        if not may(self.viewer.role, verb):
            return None
        return Way(verb, requirements(verb, self.dossier, self.viewer))

    def ways(self, *verbs: str) -> dict[str, Way]:
        """Those of the verbs that the viewer's role holds."""
        found = {verb: self.way(verb) for verb in verbs}
        return {verb: way for verb, way in found.items() if way is not None}


def read_incident(viewer: Actor, ref: str, verb: str = "see_incident") -> Reading:
    """Open the incident for somebody who may; NotFound where it is absent or hidden, Forbidden without the right."""
    if not may(viewer.role, verb):
        raise Forbidden(verb)
    row, called = _OPENED.find(session, ref, person=viewer.person)
    if not exists(session, row, viewer):
        raise NotFound
    who, openers = _opening(viewer, row.name, row.key)
    colleagues, names, ids = _people(row.id)
    if row.restricted:
        shown = admitted(session, row.id)
        colleagues = tuple(one for one in colleagues if one.id in shown)
    folded = in_stream(session, history_read(session, row, openers, row.base or 0).dossier(), row.stream, row.mode)
    until = held_until(viewer, row.id, folded, who)
    return Reading(
        id=row.id,
        name=row.name,
        ref=called,
        title=row.title,
        dossier=assignment.taken_up(folded, who) if until and who else folded,
        viewer=Viewer(viewer, who, tuple(Member(one.name, one.role, one.who) for one in colleagues)),
        colleagues=colleagues,
        names=names,
        ids=ids,
        stream=StreamName(row.stream, row.called, row.mode) if row.called is not None else None,
        held_until=until,
    )


def pseudonym_in(viewer: Actor, message: str) -> tuple[str | None, dict[str, Opener]]:
    """The viewer's pseudonym in an incident, and what opens their own sealed words there and nobody else's."""
    if viewer.person is None:
        return None, {}
    return _known_by(person_key(session, keys.load(config.home()), viewer.person), message)


def _opening(viewer: Actor, message: str, sealed: bytes | None) -> tuple[str | None, dict[str, Opener]]:
    """The same by the key that was read along; LookupError for whoever has left, and has none."""
    if viewer.person is None:
        return None, {}
    if sealed is None:
        raise LookupError(f"person {viewer.person} has no key")
    return _known_by(opened_key(keys.load(config.home()), bytes(sealed)), message)


def _known_by(key: bytes, message: str) -> tuple[str, dict[str, Opener]]:
    who = canonical.pseudonym(key, message)
    return who, {who: keys.load(config.home()).open_text}


def _people(incident_id: int) -> tuple[tuple[Colleague, ...], dict[str, str], dict[str, int]]:
    """The active desk, and the name and key behind each pseudonym of this incident, also of those who left."""
    rows = session.connection().execute(_PEOPLE, {"incident": incident_id}).all()
    colleagues = tuple(Colleague(row.id, row.name, row.role, row.pseudonym) for row in rows if row.active and row.role)
    known = [row for row in rows if row.pseudonym]
    return colleagues, {row.pseudonym: row.name for row in known}, {row.pseudonym: row.id for row in known}
