"""What the public sent in, as the desk looks through it: oldest first, words before files, its sender for leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import orjson
from sqlalchemy import ColumnElement, func, or_, select

from review import clock, config
from review.audit import keys
from review.models import Claim, Incident, Person, Submission, SubmissionFile, SubmissionTaken, session
from review.models.admissions import shown_to
from review.models.desk_settings import days_kept
from review.queries.addresses import refs_of
from review.queries.likely import Likely, Telling, likely
from review.queries.seen_claims import seen
from review.rules import submissions
from review.rules.errors import Forbidden, NotFound
from review.rules.mentions import long_numbers
from review.rules.permissions import Actor, may
from review.rules.submissions import ACCEPTED, CLAIM, REFUSED, STATES, WAITING, Account, Wish
from review.store import objects

ROWS = 30
FIRST_WORDS = 160
QUEUE = "/desk/submissions"
NEWEST = 2**53 - 1  # what was sent in stands behind every claim of the log


@dataclass(frozen=True, slots=True)
class File:
    """A file that came with it: what it is, not what it shows."""

    number: int
    size: int
    media: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Of what came by telephone or letter: who took it down, by what way it came and on which day."""

    by: str | None
    way: str
    day: str

    @property
    def heard(self) -> bool:
        """It was said, so that whoever took it down found the words for it; else there is something written."""
        return self.way in submissions.HEARD


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue."""

    name: str
    kind: str
    state: str
    received: str
    days: int
    first: str | None
    language: str | None
    files: int
    ref: str | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """The queue at one state. `kept`: for how many days what waits may wait; `choices` for whoever may change that."""

    state: str
    counts: tuple[tuple[str, int], ...]
    rows: tuple[Row, ...]
    further: str | None
    kept: int
    choices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SubmissionPage:
    """One of them, whole. `contact` is for lead editors; `reachable` says to others that there is one."""

    name: str
    kind: str
    state: str
    received: str
    days: int
    account: Account | None
    wish: Wish | None
    contact: str | None
    reachable: bool
    files: tuple[File, ...]
    likely: Likely
    ref: str | None
    incident: str | None  # its own name: the public finds it by that, and by no code that was not published
    version: int | None
    judged: str | None
    judged_by: str | None
    reason: str | None
    claim: str | None
    grouped: str | None
    erased_after: str | None
    taken: Taken | None = None
    numbers: tuple[str, ...] = ()  # long ones in its words
    warning: str = submissions.LONG_NUMBER
    refused_kept: int = submissions.REFUSED_KEPT.days  # so long what is turned away can wait again


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """How much waits to be looked through, and for how many days the oldest has."""

    waiting: int
    oldest: int


def days_waiting() -> int:
    """For how many days what is sent in may wait here: the public page says it."""
    return days_kept(session)


def may_look(viewer: Actor) -> None:
    """Whoever may receive claims looks through what was sent in; Forbidden for others."""
    if not may(viewer.role, "accept_submission"):
        raise Forbidden("accept_submission")


def there_for(viewer: Actor) -> ColumnElement[bool]:
    """A request about an incident that does not exist for somebody is not there for them either."""
    shown = select(Incident.id).where(Incident.id == Submission.incident_id, shown_to(viewer)).exists()
    return or_(Submission.incident_id.is_(None), shown)


def queue_page(viewer: Actor, *, state: str = WAITING, after: str | None = None) -> QueuePage:
    """What waits, oldest first, or what was taken in or turned away."""
    may_look(viewer)
    state = state if state in STATES else WAITING
    statement = select(Submission).where(Submission.state == state, there_for(viewer)).order_by(Submission.id)
    if after:
        behind = select(Submission.id).where(Submission.name == after).scalar_subquery()
        statement = statement.where(Submission.id > behind)
    found = list(session.scalars(statement.limit(ROWS + 1)))
    rows, more = found[:ROWS], len(found) > ROWS
    return QueuePage(
        state=state,
        counts=_counts(viewer),
        rows=tuple(_rows(viewer, rows)),
        further=f"{QUEUE}?{urlencode({'state': state, 'after': rows[-1].name})}" if more else None,
        kept=days_kept(session),
        choices=submissions.KEPT_CHOICES if may(viewer.role, "keep_submissions") else (),
    )


def _counts(viewer: Actor) -> tuple[tuple[str, int], ...]:
    statement = select(Submission.state, func.count()).where(there_for(viewer)).group_by(Submission.state)
    found = dict(session.execute(statement).all())
    return tuple((state, found.get(state, 0)) for state in STATES)


def _rows(viewer: Actor, rows: list[Submission]) -> Iterator[Row]:
    refs = _refs(viewer, rows)
    ids = [row.id for row in rows]
    per = select(SubmissionFile.submission_id, func.count()).where(SubmissionFile.submission_id.in_(ids))
    files = dict(session.execute(per.group_by(SubmissionFile.submission_id)).all())
    for row in rows:
        words = opened(row)
        yield Row(
            name=row.name,
            kind=row.kind,
            state=row.state,
            received=row.received,
            days=age(row.received),
            first=_first(words.text) if words else None,
            language=words.language if isinstance(words, Account) else None,
            files=files.get(row.id, 0),
            ref=refs.get(row.incident_id or 0),
        )


def _first(text: str) -> str:
    line = text.strip().split("\n")[0]
    return line if len(line) <= FIRST_WORDS else line[: FIRST_WORDS - 1].rstrip() + "…"


def _refs(viewer: Actor, rows: list[Submission]) -> dict[int, str]:
    ids = {row.incident_id for row in rows if row.incident_id}
    return refs_of(session.scalars(select(Incident).where(Incident.id.in_(ids), shown_to(viewer)))) if ids else {}


def age(day: str) -> int:
    """For how many days something has waited."""
    return max(0, (clock.now().date() - date.fromisoformat(day)).days)


def opened(row: Submission) -> Account | Wish | None:
    """The words of a submission; None where an event holds them by now, or they were erased."""
    if row.words is None:
        return None
    kept = orjson.loads(keys.load(config.home()).open_text(row.words, f"submission {row.name}"))
    return Account.from_dict(kept) if row.kind == CLAIM else Wish.from_dict(kept)


def submission_page(viewer: Actor, name: str) -> SubmissionPage:
    """One submission by its name; NotFound where there is none for this viewer."""
    row = _found(viewer, name)
    words, claim = opened(row), _claim(viewer, row)
    refs = _refs(viewer, [row])
    waits = row.state == WAITING
    return SubmissionPage(
        name=row.name,
        kind=row.kind,
        state=row.state,
        received=row.received,
        days=age(row.received),
        account=words if isinstance(words, Account) else None,
        wish=words if isinstance(words, Wish) else None,
        contact=words.contact if words and may(viewer.role, "reach_sender") else None,
        reachable=bool(words and words.contact),
        files=_files(row),
        likely=_likely(viewer, row, words) if waits and isinstance(words, Account) else Likely(),
        ref=refs.get(row.incident_id or 0),
        incident=session.scalar(select(Incident.name).where(Incident.id == row.incident_id)),
        version=row.version,
        judged=row.judged,
        judged_by=_person(row.judged_by),
        reason=row.reason,
        claim=claim.name if claim else None,
        grouped=_grouped(viewer, claim),
        erased_after=_erased_after(row),
        taken=taken(row),
        numbers=long_numbers(words.received) if words and waits else (),
    )


def _found(viewer: Actor, name: str) -> Submission:
    may_look(viewer)
    row = session.scalars(select(Submission).where(Submission.name == name, there_for(viewer))).one_or_none()
    if row is None:
        raise NotFound("submission")
    return row


def _likely(viewer: Actor, row: Submission, account: Account) -> Likely:
    return likely(viewer, Telling(NEWEST, row.received, account.received, account.translation, account.url))


def _claim(viewer: Actor, row: Submission) -> Claim | None:
    if row.kind != CLAIM or row.seq is None:
        return None
    return session.scalar(select(Claim).where(Claim.seq == row.seq, seen(viewer)))


def _grouped(viewer: Actor, claim: Claim | None) -> str | None:
    """The incident in which the claim is now, where a file could be attached."""
    if claim is None or claim.incident_id is None:
        return None
    there = select(Incident).where(Incident.id == claim.incident_id, shown_to(viewer))
    return next(iter(refs_of(session.scalars(there)).values()), None)


def _files(row: Submission) -> tuple[File, ...]:
    statement = select(SubmissionFile.number, SubmissionFile.size, SubmissionFile.media)
    ordered = statement.where(SubmissionFile.submission_id == row.id).order_by(SubmissionFile.number)
    return tuple(File(*one) for one in session.execute(ordered))


def taken(row: Submission) -> Taken | None:
    """Who took it down and how it came; None where its sender typed it in."""
    found = session.get(SubmissionTaken, row.id)
    return Taken(_person(found.person_id), found.way, found.day) if found is not None else None


def _person(person: int | None) -> str | None:
    return session.scalar(select(Person.name).where(Person.id == person)) if person else None


def _erased_after(row: Submission) -> str | None:
    """The last day on which what was turned away can wait again."""
    if row.state != REFUSED or row.judged is None or row.words is None:
        return None
    return (date.fromisoformat(row.judged) + submissions.REFUSED_KEPT).isoformat()


def file_of(viewer: Actor, name: str, number: int) -> tuple[File, bytes]:
    """A file that came with it, to be saved, never to be shown in a page."""
    return _file(_found(viewer, name), number)


def file_taken_in(viewer: Actor, name: str, number: int) -> tuple[File, bytes]:
    """A file that may enter the record, as a source: what it came with was taken in."""
    row = _found(viewer, name)
    if row.state != ACCEPTED:
        raise NotFound("file")
    return _file(row, number)


def _file(row: Submission, number: int) -> tuple[File, bytes]:
    kept: Any = session.get(SubmissionFile, (row.id, number))
    if kept is None:
        raise NotFound("file")
    return File(kept.number, kept.size, kept.media), objects().get(kept.sha256)


def at_the_door(viewer: Actor) -> AtTheDoor | None:
    """What waits to be looked through, for whoever does that; None for others."""
    if not may(viewer.role, "accept_submission"):
        return None
    counted = select(func.count(), func.min(Submission.received)).where(Submission.state == WAITING, there_for(viewer))
    waiting, oldest = session.execute(counted).one()
    return AtTheDoor(waiting, age(oldest) if oldest else 0)


