"""What the public sent in, as far as the trail knows of it: taken in by the event it names, and no word of it left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from review.models import Event, Submission
from review.rules.corrections import GRADED, PUBLISHED, RECHECKED
from review.rules.submissions import ACCEPTED, CLAIM, CORRECTION

RECEIVED = {CLAIM: "claim.received", CORRECTION: "correction.received"}
CLOSED = {PUBLISHED: "correction.published", RECHECKED: "recheck.opened", GRADED: "round.opened"}


def submissions(session: Any) -> Iterator[str]:
    """Every submission that was taken in by no such event, ended by no such event, or still holds its words."""
    rows = session.scalars(select(Submission).where(Submission.state == ACCEPTED).order_by(Submission.id)).all()
    seqs = {seq for row in rows for seq in (row.seq, row.closing) if seq is not None}
    types = dict(session.execute(select(Event.seq, Event.type).where(Event.seq.in_(seqs))).all())
    for row in rows:
        if types.get(row.seq) != RECEIVED[row.kind]:
            yield f"{row.name}: no event of the trail took it in."
        if types.get(row.closing) != CLOSED.get(row.outcome or ""):
            yield f"{row.name}: its outcome is not that of the event it names."
        if row.words is not None:
            yield f"{row.name}: it was taken in, and its words still lie beside the record."
