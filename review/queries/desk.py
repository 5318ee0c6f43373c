"""A person's own desk: what is on their turn, and what has been told them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from review.models import Incident, Notice, Turn, session
from review.models.refs import folded_code
from review.queries.incidents import repeated_codes
from review.queries.rounds import deadlines
from review.rules.permissions import Actor, may
from review.rules.words import N_

KINDS = ("vote", "stand_by", "argue", "settle")
MOST = 200
NOTICES = 20

# What each kind of notice says; notices.KINDS has the short forms that a mail carries.
TOLD = {
    "vote_owed": N_("You were asked to vote on this incident."),
    "vote_reminder": N_("Your vote on this incident is still owed."),
    "released": N_("You were released from this incident. Nothing is owed."),
    "round_abandoned": N_("A round you were asked in was abandoned. Nothing was revealed."),
    "settlement_opened": N_("A round was disputed. Those who voted in it may argue."),
    "settler_wanted": N_("A disagreement waits for a settler."),
    "settle_owed": N_("You were asked to settle this disagreement."),
    "proposal_waiting": N_("A grade waits for approval."),
    "returned": N_("A proposed grade was returned."),
    "published": N_("The grade of an incident you worked on was published."),
    "reopened": N_("A published grade was reopened."),
}
OTHERWISE = N_("This incident has moved.")


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


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One line of the inbox: that something happened, never what was said."""

    ref: str | None
    code: str | None
    title: str
    sentence: str
    at: datetime
    new: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What a person sees when they sit down."""

    role: str
    turns: tuple[TurnRow, ...]
    notices: tuple[NoticeRow, ...]
    may_take_next: bool
    nothing_next: bool

    def of_kind(self, kind: str) -> tuple[TurnRow, ...]:
        """The turns of one kind, in the order of their incidents."""
        return tuple(turn for turn in self.turns if turn.kind == kind)


def desk(viewer: Actor, *, nothing_next: bool = False) -> Desk:
    """The person's turns and notices. `nothing_next`: they asked for the next incident and there was none."""
    return Desk(
        role=viewer.role,
        turns=_turns(viewer),
        notices=_notices(viewer),
        may_take_next=may(viewer.role, "take_next"),
        nothing_next=nothing_next,
    )


def _turns(viewer: Actor) -> tuple[TurnRow, ...]:
    statement = (
        select(Incident.name, Incident.code, Incident.title, Incident.stage, Turn.kind, Turn.round)
        .join(Incident, Incident.id == Turn.incident_id)
        .where(Turn.person_id == viewer.person, Incident.restricted.is_(False))
        .order_by(Incident.id, Turn.kind)
        .limit(MOST)
    )
    rows = session.execute(statement).all()
    repeated = repeated_codes([row.code for row in rows if row.code])
    due = deadlines((row.name, row.round) for row in rows if row.kind == "vote")
    return tuple(
        TurnRow(
            ref=_ref(row.code, row.name, repeated),
            code=row.code,
            title=row.title,
            stage=row.stage,
            kind=row.kind,
            round=row.round,
            due=due.get((row.name, row.round)) if row.kind == "vote" else None,
        )
        for row in rows
    )


def _notices(viewer: Actor) -> tuple[NoticeRow, ...]:
    statement = (
        select(
            Incident.name,
            Incident.code,
            Incident.title,
            Incident.restricted,
            Notice.kind,
            Notice.at,
            Notice.read_at,
        )
        .outerjoin(Incident, Incident.id == Notice.incident_id)
        .where(Notice.person_id == viewer.person)
        .order_by(Notice.id.desc())
        .limit(NOTICES)
    )
    rows = [row for row in session.execute(statement).all() if not row.restricted]
    repeated = repeated_codes([row.code for row in rows if row.code])
    return tuple(
        NoticeRow(
            ref=_ref(row.code, row.name, repeated) if row.name else None,
            code=row.code,
            title=row.title or "",
            sentence=TOLD.get(row.kind, OTHERWISE),
            at=row.at,
            new=row.read_at is None,
        )
        for row in rows
    )


def _ref(code: str | None, name: str, repeated: frozenset[str]) -> str:
    return code if code and folded_code(code) not in repeated else name
