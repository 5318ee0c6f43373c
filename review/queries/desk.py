"""A person's own desk: what is on their turn, what is held for them, and the last things they were told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from review import clock
from review.models import Hold, Incident, Participation, Person, Settlement, Turn, Vote, session
from review.models.admissions import shown_to
from review.models.languages import languages_read
from review.queries.care import reached
from review.queries.due import answers_due, arguments_due, settlers_due
from review.queries.inbox import NoticeRow, latest, unread
from review.queries.incidents import ref_among, repeated_codes
from review.queries.looking_back import Row as Looked
from review.queries.looking_back import lately_differing
from review.queries.outside import KEEPER, Line, lines_for
from review.queries.submissions import AtTheDoor, at_the_door
from review.queries.under_way import incidents
from review.rules.accounts import is_too_small
from review.rules.permissions import Actor, may

KINDS = ("vote", "stand_by", "argue", "settle")
MOST = 200


@dataclass(frozen=True, slots=True)
class TurnRow:
    """One thing that waits for this person, and nobody else's progress in it."""

    ref: str
    code: str | None
    title: str
    stage: str
    kind: str
    round: int
    due: datetime | None
    restricted: bool

    @property
    def late(self) -> bool:
        return self.due is not None and self.due <= clock.now()


@dataclass(frozen=True, slots=True)
class HeldRow:
    """The seat that "next" keeps for this person, until it is begun, given back, or the time is up."""

    ref: str
    code: str | None
    title: str
    until: datetime
    restricted: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person sees when they sit down."""

    turns: tuple[TurnRow, ...]
    held: HeldRow | None
    differing: tuple[Looked, ...]  # the latest of the viewer's own votes from which the result differs
    notices: tuple[NoticeRow, ...]
    unread: int
    languages: tuple[str, ...]
    may_take_next: bool
    may_vote: bool
    first_vote: bool  # the person may vote and never has
    nothing_next: bool
    limit_reached: bool  # by the person's own setting
    waiting: int | None  # how many incidents the leads' list holds; None for whoever has none
    outside: tuple[Line, ...]  # for whoever keeps the desk: how what leaves it fares
    too_small: Mapping[str, int] | None  # of a desk that cannot grade yet: its people by role, for who may invite
    sent_in: AtTheDoor | None = None  # what the public sent in and nobody has looked through yet

    def of_kind(self, kind: str) -> tuple[TurnRow, ...]:
        """The turns of one kind, in the order of their incidents."""
        return tuple(turn for turn in self.turns if turn.kind == kind)


def desk(viewer: Actor, *, nothing_next: bool = False) -> Desk:
    """The person's turns and notices. `nothing_next`: they asked for the next incident and there was none."""
    person = viewer.person or 0
    return Desk(
        turns=turns(viewer),
        held=_held(viewer),
        differing=lately_differing(viewer),
        notices=latest(viewer),
        unread=unread(viewer),
        languages=tuple(sorted(languages_read(session, [person]).get(person, ()))),
        may_take_next=may(viewer.role, "take_next"),
        may_vote=may(viewer.role, "cast_vote"),
        first_vote=may(viewer.role, "take_next") and not _has_voted(person),
        nothing_next=nothing_next,
        limit_reached=reached(viewer),
        waiting=len(incidents(viewer, "", MOST)) if may(viewer.role, "approve") else None,
        outside=lines_for(viewer) if viewer.role == KEEPER else (),
        too_small=_too_small() if may(viewer.role, "invite") else None,
        sent_in=at_the_door(viewer),
    )


def settles(viewer: Actor, name: str) -> bool:
    """True where it is this person's turn to settle the incident of this name."""
    turn = select(Turn.kind).join(Incident, Incident.id == Turn.incident_id)
    mine = turn.where(Incident.name == name, Turn.person_id == viewer.person, Turn.kind == "settle")
    return session.scalar(mine) is not None


def _has_voted(person: int) -> bool:
    """Whether this person ever cast a vote; a withdrawn or replaced one is one too."""
    own = and_(Vote.incident_id == Participation.incident_id, Vote.voter == Participation.pseudonym)
    cast = select(Vote.seq).join(Participation, own).where(Participation.person_id == person)
    return session.scalar(cast.limit(1)) is not None


def _too_small() -> Mapping[str, int] | None:
    statement = select(Person.role, func.count()).where(Person.active, Person.role.is_not(None)).group_by(Person.role)
    working = {role or "": int(count) for role, count in session.execute(statement)}
    return working if is_too_small(working) else None


def _held(viewer: Actor) -> HeldRow | None:
    statement = (
        select(Incident.name, Incident.code, Incident.title, Incident.restricted, Hold.until)
        .join(Hold, Hold.incident_id == Incident.id)
        .where(Hold.person_id == viewer.person, Hold.until > clock.now(), Incident.seats > 0, shown_to(viewer))
    )
    row = session.execute(statement).first()
    if row is None:
        return None
    return HeldRow(ref_among(row.code, row.name, _repeated(row.code)), row.code, row.title, row.until, row.restricted)


def _repeated(code: str | None) -> frozenset[str]:
    return repeated_codes([code]) if code else frozenset()


def turns(viewer: Actor) -> tuple[TurnRow, ...]:
    """Everything that waits for this person."""
    myself = and_(Participation.incident_id == Incident.id, Participation.person_id == viewer.person)
    settled = and_(Settlement.incident_id == Incident.id, Settlement.round == Turn.round)
    statement = (
        select(
            *(Incident.name, Incident.code, Incident.title, Incident.stage, Incident.restricted),
            *(Turn.kind, Turn.round, Participation.pseudonym, Settlement.seq.label("settlement")),
        )
        .join(Incident, Incident.id == Turn.incident_id)
        .outerjoin(Participation, myself)
        .outerjoin(Settlement, settled)
        .where(Turn.person_id == viewer.person, shown_to(viewer))
        .order_by(Incident.id, Turn.kind)
        .limit(MOST)
    )
    rows = session.execute(statement).all()
    repeated = repeated_codes([row.code for row in rows if row.code])
    due = _due(rows)
    return tuple(
        TurnRow(
            ref=ref_among(row.code, row.name, repeated),
            code=row.code,
            title=row.title,
            stage=row.stage,
            kind=row.kind,
            round=row.round,
            due=due.get((row.kind, row.name)),
            restricted=row.restricted,
        )
        for row in rows
    )


def _due(rows: Sequence[Any]) -> dict[tuple[str, str], datetime]:
    """(kind, incident name) -> when a person's turns of these kinds end."""
    votes = answers_due((row.name, row.round, row.pseudonym or "") for row in rows if row.kind == "vote")
    arguments = arguments_due((row.name, row.round) for row in rows if row.kind == "argue")
    settlers = settlers_due((row.name, row.settlement) for row in rows if row.kind == "settle")
    return {
        **{("vote", name): at for (name, _round, _who), at in votes.items()},
        **{("argue", name): at for name, at in arguments.items()},
        **{("settle", name): at for name, at in settlers.items()},
    }
