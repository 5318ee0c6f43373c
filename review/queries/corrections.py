"""Requests for a correction that were taken in: what waits for a lead editor, and one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from review import clock
from review.models import Incident, Person, Submission, SubmissionTaken, session
from review.models.admissions import shown_to
from review.queries.addresses import refs_of
from review.queries.determinations import determination_page
from review.queries.reading import Way, read_incident
from review.queries.seen_claims import words_of
from review.queries.submissions import Taken, age, taken, there_for
from review.rules import corrections
from review.rules.errors import Forbidden, NotFound
from review.rules.permissions import Actor, may
from review.rules.submissions import ACCEPTED, CORRECTION, WAITING

MOST = 200
TAKEN_IN = and_(Submission.kind == CORRECTION, Submission.state == ACCEPTED)
WAYS = ("publish_correction", "recheck_correction", "grade_correction", "decline_correction", "take_correction")


@dataclass(frozen=True, slots=True)
class Target:
    """The public page that somebody asks to correct."""

    ref: str
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Row:
    """One request that waits for its outcome, or has it."""

    name: str
    ref: str
    title: str
    day: str
    days: int
    owner: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class CorrectionsPage:
    """Those that wait, oldest first, or those that ended, the latest first."""

    ended: bool
    rows: tuple[Row, ...]
    waiting: int


@dataclass(frozen=True, slots=True)
class Other:
    """Another request about the same incident that has no outcome yet: the same may have come twice, by two ways."""

    name: str
    day: str
    way: str | None  # None: its sender typed it in
    owner: str | None
    taken_in: bool  # else it waits to be looked through


@dataclass(frozen=True, slots=True)
class CorrectionPage:
    """One request, whole, with what a lead editor may do about it. Its sender is for lead editors alone."""

    name: str
    ref: str
    incident: str  # its own name: the public finds it by that, and by no code that was not published
    title: str
    day: str
    days: int
    version: int | None
    text: str | None
    reporter: str | None
    owner: str | None
    mine: bool
    outcome: str | None
    closed: str | None
    answer: str | None
    note: str | None
    why: str | None  # it was graded without a round of its own
    taken: Taken | None
    others: tuple[Other, ...]
    opens: bool  # graded here, it would open a round; else it is being graded already
    imported: bool  # an imported grade stands: it takes no note and no check, and can be graded here
    digest: str  # of the dossier that the page shows
    ways: dict[str, Way]


@dataclass(frozen=True, slots=True)
class FormPage:
    """A form for what came by telephone, by letter or in person."""

    stamp: str
    today: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many requests wait for an outcome, and for how many days the oldest has."""

    open: int
    oldest: int


def target(ref: str) -> Target:
    """The public page that an address names; NotFound where nothing public answers."""
    page = determination_page(ref)
    return Target(page.ref, page.title, page.version.number)


def corrections_page(viewer: Actor, *, ended: bool = False) -> CorrectionsPage:
    """What lead editors have to answer; Forbidden for others."""
    _may_answer(viewer)
    wanted = Submission.outcome.is_not(None) if ended else Submission.outcome.is_(None)
    order = Submission.id.desc() if ended else Submission.id
    rows = _rows(viewer, wanted, order)
    return CorrectionsPage(ended, rows, waiting(viewer).open)


def _rows(viewer: Actor, which: ColumnElement[bool], order: Any) -> tuple[Row, ...]:
    statement = (
        select(Submission, Incident, Person.name)
        .join(Incident, Incident.id == Submission.incident_id)
        .outerjoin(Person, Person.id == Submission.owner_id)
        .where(TAKEN_IN, which, shown_to(viewer))
        .order_by(order)
        .limit(MOST)
    )
    found = session.execute(statement).all()
    refs = refs_of(incident for _row, incident, _owner in found)
    return tuple(
        Row(row.name, refs[incident.id], incident.title, row.received, age(row.received), owner, row.outcome)
        for row, incident, owner in found
    )


def _may_answer(viewer: Actor) -> None:
    if not may(viewer.role, "publish_correction"):
        raise Forbidden("publish_correction")


def waiting(viewer: Actor) -> Waiting:
    """What waits for an outcome, as far as its incident exists for this viewer."""
    counted = select(func.count(), func.min(Submission.received)).where(
        TAKEN_IN, Submission.outcome.is_(None), there_for(viewer)
    )
    count, oldest = session.execute(counted).one()
    return Waiting(count, age(oldest) if oldest else 0)


def form_page(viewer: Actor, stamp: str) -> FormPage:
    """The form for what was told or sent to the desk; Forbidden for whoever may not write it down."""
    if not may(viewer.role, "enter_correction"):
        raise Forbidden("enter_correction")
    return FormPage(stamp, clock.today())


def correction_page(viewer: Actor, name: str) -> CorrectionPage:
    """One request that was taken in; NotFound where it, or its incident, is not there for this viewer."""
    _may_answer(viewer)
    found = select(Submission, Incident).join(Incident, Incident.id == Submission.incident_id)
    both = session.execute(found.where(Submission.name == name, TAKEN_IN, shown_to(viewer))).one_or_none()
    if both is None:
        raise NotFound("correction")
    row, incident = both
    reading = read_incident(viewer, incident.name)
    told = words_of([seq for seq in (row.seq, row.closing) if seq])
    words = told.get(row.seq or -1, {})
    return CorrectionPage(
        name=row.name,
        ref=reading.ref,
        incident=incident.name,
        title=reading.title,
        day=row.received,
        days=age(row.received),
        version=row.version,
        text=words.get("text"),
        reporter=words.get("reporter"),
        owner=session.scalar(select(Person.name).where(Person.id == row.owner_id)),
        mine=row.owner_id == viewer.person,
        outcome=row.outcome,
        closed=row.closed,
        answer=row.answer,
        note=told.get(row.closing or -1, {}).get("text"),
        why=row.reason,
        taken=taken(row),
        others=_others(row),
        opens=corrections.waits_for_a_round(reading.dossier),
        imported=reading.dossier.determination is not None and reading.dossier.determination.version == 0,
        digest=incident.digest or "",
        ways=reading.ways(*WAYS),
    )


def _others(row: Submission) -> tuple[Other, ...]:
    statement = (
        select(Submission.name, Submission.received, SubmissionTaken.way, Person.name, Submission.state == ACCEPTED)
        .outerjoin(SubmissionTaken, SubmissionTaken.submission_id == Submission.id)
        .outerjoin(Person, Person.id == Submission.owner_id)
        .where(Submission.kind == CORRECTION, Submission.incident_id == row.incident_id, Submission.id != row.id)
        .where(Submission.state.in_((WAITING, ACCEPTED)), Submission.outcome.is_(None))
        .order_by(Submission.id)
        .limit(MOST)
    )
    return tuple(Other(*one) for one in session.execute(statement))
