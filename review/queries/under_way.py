"""The incidents that are under way or ready to be, each with its dossier, in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, func, or_, select

from review import clock, config
from review.audit import canonical, keys
from review.models import Disclosure, Event, Incident, Participation, Stream, session
from review.models.admissions import shown_to
from review.models.dossiers import codebooks, crossed, joints, policies, read_disclosure, record
from review.models.incidents import WAITS
from review.models.people import Person, PersonKey
from review.models.persons import KEY_LABEL
from review.queries.due import answers_due, arguments_due, deadlines, settlers_due
from review.queries.incidents import ref_among, repeated_codes
from review.rules import rounds
from review.rules.dossier import Dossier
from review.rules.history import History
from review.rules.permissions import Actor
from review.rules.viewers import Member, Viewer


@dataclass(frozen=True, slots=True)
class Case:
    """One incident under way as its viewer sees it, with what the jobs say of its time."""

    row: Any
    ref: str
    dossier: Dossier
    viewer: Viewer
    since: str
    deadline: datetime | None
    late: frozenset[str]
    settler_late: bool
    arguments_end: datetime | None

    @property
    def passed(self) -> bool:
        """The deadline of its open round is behind it."""
        return self.deadline is None or self.deadline <= clock.now()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the list goes on: after this incident in its order."""

    gravity: int
    id: int


def incidents(
    viewer: Actor,
    stream: str,
    most: int,
    *,
    stage: str = "",
    after: Place | None = None,
    among: ColumnElement[bool] | None = None,
) -> list[Any]:
    """Whatever is under way or ready to be, in active streams, as far as it is `among` these; the gravest first, then
    the oldest."""
    statement = (
        select(
            Incident.id,
            Incident.name,
            Incident.code,
            Incident.title,
            Incident.stream,
            Incident.stage,
            Incident.gravity,
            Stream.mode,
        )
        .join(Stream, Stream.slug == Incident.stream)
        .where(*_waits(viewer, stream, stage))
        .order_by(Incident.gravity.desc(), Incident.id)
        .limit(most)
    )
    if among is not None:
        statement = statement.where(among)
    if after is not None:
        lighter = and_(Incident.gravity == after.gravity, Incident.id > after.id)
        statement = statement.where(Incident.gravity <= after.gravity, or_(Incident.gravity < after.gravity, lighter))
    return list(session.execute(statement).all())


def counted(viewer: Actor, stream: str, most: int) -> dict[str, int]:
    """How many wait at each stage, no stage further than `most`; `recheck` for those that are checked again."""
    return {stage: number for stage in STAGES if (number := _count(viewer, stream, stage, most))}


def _count(viewer: Actor, stream: str, stage: str, most: int) -> int:
    found = select(Incident.id).join(Stream, Stream.slug == Incident.stream).where(*_waits(viewer, stream, stage))
    return session.scalar(select(func.count()).select_from(found.limit(most).subquery())) or 0


STAGES = ("approval", "settlement", "recheck", "grading", "logged")


def _waits(viewer: Actor, stream: str, stage: str) -> list[Any]:
    """What a list of the leads holds, narrowed to a stream and to a stage."""
    conditions = {
        "recheck": and_(Incident.stage == "published", Incident.recheck),
        "logged": and_(Incident.stage == "logged", Stream.mode == "active"),
        **{one: Incident.stage == one for one in ("approval", "settlement", "grading")},
    }
    conditions["asking"] = or_(conditions["grading"], conditions["logged"])  # what may want people
    wanted = conditions.get(stage)
    narrowed = [WAITS, shown_to(viewer), or_(*conditions.values()) if wanted is None else wanted]
    return [*narrowed, Incident.stream == stream] if stream else narrowed


def cases_of(viewer: Actor, found: list[Any]) -> list[Case]:
    """The dossiers of all of them in a fixed number of statements."""
    ids = [row.id for row in found]
    if not ids:
        return []
    folded = _folded(found)
    members, own = _members(viewer, found)
    since = _since(ids)
    dossiers = {row.id: replace(folded[row.id].dossier(), stream_mode=row.mode) for row in found}
    ends, late = _times(found, dossiers)
    settling = {row.name: under_way for row in found if (under_way := dossiers[row.id].open_settlement)}
    settlers = settlers_due((name, under_way.seq) for name, under_way in settling.items())
    arguments = arguments_due((name, under_way.round) for name, under_way in settling.items())
    repeated = repeated_codes([row.code for row in found if row.code])
    return [
        Case(
            row,
            ref_among(row.code, row.name, repeated),
            dossiers[row.id],
            Viewer(viewer, own[row.id], members[row.id]),
            since[row.id],
            ends.get(row.name),
            late.get(row.name, frozenset()),
            row.name not in settlers,
            arguments.get(row.name),
        )
        for row in found
    ]


def _times(
    found: Iterable[Any], dossiers: Mapping[int, Dossier]
) -> tuple[dict[str, datetime], dict[str, frozenset[str]]]:
    """Incident name -> the deadline of its open round, and whose answer in it is late."""
    opened = {row.name: round_ for row in found if (round_ := dossiers[row.id].open_round)}
    ends = deadlines((name, round_.number) for name, round_ in opened.items())
    due = answers_due((name, round_.number, who) for name, round_ in opened.items() for who in rounds.owed(round_))
    late: dict[str, frozenset[str]] = {}
    for (name, _number, who), when in due.items():
        if when <= clock.now():
            late[name] = late.get(name, frozenset()) | {who}
    return {name: when for (name, _number), when in ends.items()}, late


def _folded(found: Iterable[Any]) -> dict[int, History]:
    known = policies(session), codebooks(session), None, joints(session)
    histories = {row.id: History(row.name, *known) for row in found}
    ids = list(histories)
    sealed = _disclosures(ids)
    events = select(Event.incident_id, Event.seq, Event.line, Event.leaf, Event.judged).where(
        Event.incident_id.in_(ids)
    )
    for incident_id, seq, line, leaf, judged in session.execute(events.order_by(Event.incident_id, Event.iseq)):
        histories[incident_id].apply(record(seq, orjson.loads(line), sealed.get(seq, {}), leaf, judged))
    return {id_: crossed(folded) for id_, folded in histories.items()}


def _disclosures(ids: list[int]) -> dict[int, dict[str, Any]]:
    """What is in clear: a sealed ballot stays sealed, whoever reads this list."""
    statement = (
        select(Disclosure.seq, Disclosure.text)
        .join(Event, Event.seq == Disclosure.seq)
        .where(Event.incident_id.in_(ids), Disclosure.sealed.is_(False), Disclosure.name.not_in(("at", "person")))
    )
    found: dict[int, dict[str, Any]] = {}
    for seq, text in session.execute(statement):
        name, value = read_disclosure(text)
        found.setdefault(seq, {})[name] = value
    return found


def _members(viewer: Actor, found: Iterable[Any]) -> tuple[dict[int, tuple[Member, ...]], dict[int, str | None]]:
    """The desk as members of each incident, and the viewer's pseudonym in each."""
    people = session.execute(
        select(Person.id, Person.name, Person.role).where(Person.active, Person.role.is_not(None)).order_by(Person.id)
    ).all()
    names = {row.id: row.name for row in found}
    parts = session.execute(
        select(Participation.incident_id, Participation.person_id, Participation.pseudonym).where(
            Participation.incident_id.in_(list(names))
        )
    )
    known = {(incident, person): pseudonym for incident, person, pseudonym in parts}
    members = {
        incident: tuple(Member(name, role or "", known.get((incident, id_)), id_) for id_, name, role in people)
        for incident in names
    }
    key = _own_key(viewer)
    own = {incident: canonical.pseudonym(key, name) if key else None for incident, name in names.items()}
    return members, own


def _own_key(viewer: Actor) -> bytes | None:
    sealed = session.execute(select(PersonKey.key).where(PersonKey.person_id == viewer.person)).scalar_one_or_none()
    return keys.load(config.home()).open(bytes(sealed), KEY_LABEL) if sealed else None


def _since(ids: list[int]) -> dict[int, str]:
    """The day since which each waits: of its last event that is no answer in an open round."""
    moving = (
        "incident.opened",
        "incident.imported",
        "incident.split",
        "round.opened",
        "round.closed",
        "settlement.opened",
        "settler.appointed",
        "grade.proposed",
        "grade.returned",
        "grade.reopened",
        "proposal.voided",
        "recheck.opened",
    )
    statement = (
        select(Event.incident_id, Event.day)
        .where(Event.incident_id.in_(ids), Event.type.in_(moving))
        .order_by(Event.incident_id, Event.iseq)
    )
    return {incident: day for incident, day in session.execute(statement) if incident is not None}
