"""The incidents of the desk for whoever may take them away, exactly as far as that person is shown them on pages."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from review.api.asking import reads
from review.api.bearers import bearer, needs
from review.api.fields import (
    Paged,
    Shape,
    Words,
    many,
    numbers,
    one,
    one_or_none,
    text,
    text_or_none,
    whole,
    whole_or_none,
    words_asked,
    yes_no,
)
from review.api.shapes import AttachedShape, CasualtiesShape, StandingShape, facts
from review.queries.incidents import Filters, incident_list, incident_page
from review.rules.tokens import READ_DESK
from review.rules.workflow import STAGES

TAG = "desk"
NONE = "There is none for this person."
NO_STAGE = _l("Choose one of the stages: {choices}.")


class RowShape(Shape):
    """One incident of the desk's list: nothing of it moves with a vote."""

    ref = text()
    code = text_or_none()
    title = text()
    date = text_or_none()
    stage = text()
    needs_round = yes_no()
    recheck = yes_no()
    restricted = yes_no()
    stream = text()
    grade = text_or_none()
    legacy = yes_no()
    version = whole_or_none()
    casualties = one_or_none(CasualtiesShape)


class DeskShape(Shape):
    """Incidents, the latest entered first, fifty at a time."""

    data = many(RowShape, attribute="rows")
    next = whole_or_none(attribute="after")


class DeskAsked(Shape):
    q = words_asked(load_default=str)
    stage = Words(load_default=str, validate=validate.OneOf(tuple(STAGES), error=NO_STAGE))
    stream = words_asked(60, load_default=str)
    cursor = Paged._declared_fields["cursor"]


class HeldSourceShape(AttachedShape):
    """A source as it hangs in the incident; who added it is not said."""

    origin = whole()
    publishable = yes_no()
    coherence = text_or_none()


class ShownVoteShape(Shape):
    """A revealed vote under its letter."""

    letter = text()
    grade = text()
    casualties = one(CasualtiesShape)
    rationale = text_or_none()
    sources = numbers()
    departs = text_or_none()
    odd = yes_no()
    excluded = yes_no()
    dissent = text_or_none()


class RoundShape(Shape):
    """A round that has ended, as far as the person behind the token is shown it. Of an open one nothing is said."""

    number = whole()
    kind = text()
    result = text()
    grade = text_or_none()
    casualties = one_or_none(CasualtiesShape)
    codebook = text()
    required = whole()
    votes = many(ShownVoteShape)
    abstained = whole()
    recused = whole()


class GradedShape(Shape):
    version = whole()
    day = text()
    grade = text()
    casualties = one(CasualtiesShape)
    codebook = text()
    kind = text()


class DeskIncidentShape(Shape):
    """One incident of the desk for one person."""

    ref = text()
    name = text()
    title = text()
    stage = text()
    needs_round = yes_no()
    recheck = yes_no()
    stream = fields.String(required=True, allow_none=True, attribute="stream.slug", dump_default=None)
    facts = facts()
    standing = one_or_none(GradedShape)
    parties = many(StandingShape)
    sources = many(HeldSourceShape, attribute="evidence.sources")
    withdrawn_sources = many(HeldSourceShape, attribute="evidence.withdrawn")
    open_round = whole_or_none()
    rounds = many(RoundShape)


class OneDeskIncidentShape(Shape):
    data = one(DeskIncidentShape)


@reads("/desk/incidents", DeskShape, TAG, asks=DeskAsked, closed=needs(READ_DESK))
def desk_incidents(q: str, stage: str, stream: str, cursor: int | None) -> Any:
    """The incidents that the person behind the token may read."""
    return incident_list(bearer().actor, Filters(stage, stream, q.strip()), before=cursor)


@reads("/desk/incidents/<ref>", OneDeskIncidentShape, TAG, none=NONE, closed=needs(READ_DESK))
def desk_incident(ref: str) -> Any:
    """One incident as the person behind the token is shown it."""
    return {"data": incident_page(bearer().actor, ref)}
