"""What the holder of a receipt is told: where their message stands, and never what is not public yet.

It takes no viewer. A claim leads to its incident only once the version that stands was published with it; a correction
to its page only while everybody may read that.
"""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, func, or_, select

from review.models import Determination, Event, Incident, Submission, SubmissionTaken, session
from review.models.dossiers import joints
from review.queries.published_facts import facts_as_published, refs_as_published
from review.rules.accounts import digest
from review.rules.corrections import GRADED, RECHECKED
from review.rules.errors import Invalid
from review.rules.places import here
from review.rules.submissions import ACCEPTED, CLAIM, CODE_LETTERS, NO_CODE, RECEIPT_YEARS, UNKNOWN_CODE, tidy_code

GROUPING = ("claim.grouped", "claim.ungrouped")


@dataclass(frozen=True, slots=True)
class Receipt:
    """Where a message stands. `ref` only where everybody may read that page; `outcome` and what goes with it only of a
    correction whose page is public."""

    kind: str
    received: str
    state: str
    ref: str | None = None
    outcome: str | None = None
    closed: str | None = None
    answer: str | None = None
    check: str | None = None  # how a new check of the version ended
    version: int | None = None  # what was published since, where an imported record was taken up to be graded


def receipt(code: str | None) -> Receipt:
    """The receipt of this code; Invalid with a sentence where there is none."""
    tidy = tidy_code(code)
    if not tidy:
        raise Invalid({"code": NO_CODE}, letters=CODE_LETTERS)
    row = session.scalar(select(Submission).where(Submission.receipt == digest(tidy)))
    if row is None:
        raise Invalid({"code": UNKNOWN_CODE}, letters=CODE_LETTERS, years=RECEIPT_YEARS)
    if row.state != ACCEPTED:
        return Receipt(row.kind, _came(row), row.state)
    return _of_claim(row) if row.kind == CLAIM else _of_correction(row)


def _came(row: Submission) -> str:
    """The day on which it came: of a letter not the one on which it was written down."""
    told = session.get(SubmissionTaken, row.id)
    return told.day if told is not None else row.received


def _of_claim(row: Submission) -> Receipt:
    return Receipt(row.kind, row.received, row.state, ref=_published_with(row.seq) if row.seq is not None else None)


def _published_with(claim: int) -> str | None:
    """The incident whose standing version was published with this claim: what was done since is not public yet."""
    rows: dict[int, list[tuple[int, str]]] = {}
    for seq, type_, incident in _groupings(claim):
        rows.setdefault(incident, []).append((seq, type_))
    statement = (
        select(Incident, Determination.seq)
        .join(
            Determination,
            (Determination.incident_id == Incident.id) & (Determination.version == Incident.version),
        )
        .where(Incident.id.in_(list(rows)), Incident.public)
        .order_by(Incident.id)
    )
    for row, until in session.execute(statement).all():
        if [type_ for seq, type_ in rows[row.id] if seq <= until][-1:] == ["claim.grouped"]:
            return _ref(row)
    return None


def _groupings(claim: int) -> list[tuple[int, str, int]]:
    """When the claim was put into an incident and taken out of one, in their order."""
    named = [b'%%"body":{"claim":%d}%%' % (claim - base) for base in (0, *joints(session))]
    statement = (
        select(Event.seq, Event.type, Event.incident_id, Event.line)
        .where(Event.type.in_(GROUPING), Event.seq > claim, or_(*(_holds(one) for one in named)))
        .order_by(Event.seq)
    )
    found = session.execute(statement).all()
    return [
        (seq, type_, incident)
        for seq, type_, incident, line in found
        if incident is not None and here(orjson.loads(line), seq)["body"]["claim"] == claim
    ]


def _holds(words: bytes) -> ColumnElement[bool]:
    """That a line holds these bytes: a line is bytes on both engines, and only one of them compares those by LIKE."""
    if session.get_bind().dialect.name == "postgresql":
        return Event.line.op("LIKE")(words)
    return func.instr(Event.line, words.strip(b"%")) > 0


def _of_correction(row: Submission) -> Receipt:
    incident = session.get(Incident, row.incident_id)
    if incident is None or incident.grade is None or incident.restricted:
        return Receipt(row.kind, _came(row), row.state)
    return Receipt(
        row.kind,
        _came(row),
        row.state,
        ref=_ref(incident),
        outcome=row.outcome,
        closed=row.closed,
        answer=row.answer,
        check=_ended(incident.id, row.closing) if row.outcome == RECHECKED and row.closing else None,
        version=(incident.version or None) if row.outcome == GRADED else None,
    )


def _ended(incident: int, opened: int) -> str | None:
    """How the check that was opened then ended; None while it goes on."""
    closed = select(Event.line).where(
        Event.incident_id == incident, Event.type == "recheck.closed", Event.seq > opened
    )
    line = session.scalar(closed.order_by(Event.seq).limit(1))
    return str(orjson.loads(line)["body"]["outcome"]) if line else None


def _ref(incident: Incident) -> str:
    return refs_as_published([incident], facts_as_published([incident]))[incident.id]
