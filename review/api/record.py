"""The record: published incidents and civilians reported killed, by month, party named and grade."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from review.api.asking import reads
from review.api.fields import (
    Shape,
    Words,
    grade_asked,
    many,
    one,
    one_or_none,
    pairs,
    text,
    texts,
    whole,
    whole_or_none,
    words_asked,
)
from review.api.incidents import NO_PLACE, PASS_NEXT, ListedShape, row_behind
from review.api.streams import UnassessedShape
from review.queries import record
from review.rules.errors import NotFound
from review.rules.record import (
    EVERYBODY,
    MONTH,
    NO_MONTH,
    ONLY,
    PLACE,
    UNDATED,
    Wanted,
    asked,
    place_of,
    place_words,
)

TAG = "record"
A_MONTH = rf"^({MONTH.pattern}|{NO_MONTH})$"
A_PLACE = f"^{PLACE.pattern}$"
NO_MONTH_SO = _l("Write a month as YYYY-MM, or undated.")
NOT_ONLY = _l("Choose one of: {choices}.")


class FigureShape(Shape):
    """Incidents, and the fewest and most civilians reported killed in them, added up."""

    incidents = whole()
    fewest = whole_or_none(attribute="killed.minimum", metadata={"description": "Null where no incident says one."})
    most = whole_or_none(attribute="killed.maximum", metadata={"description": "Null where no incident says one."})
    not_known = whole(attribute="unknown", metadata={"description": "Incidents that say no number."})
    open_below = whole(metadata={"description": "Incidents of which only the most is known."})
    open_above = whole(metadata={"description": "Incidents of which only the fewest is known."})


class ShareShape(Shape):
    part = whole()
    whole = whole()
    percent = fields.Integer(required=True, allow_none=True)


class PassedShape(Shape):
    """In this measure the month passed every earlier one, the greatest of which is named."""

    measure = text()
    month = text()
    before = whole()


class MonthShape(Shape):
    """One month: the total of the grades that were asked for, and every grade beside it."""

    month = text(metadata={"description": "YYYY-MM of the day on which an incident began; empty of no known day."})
    total = one(FigureShape)
    legacy = one(FigureShape)
    reviewed = one(FigureShape)
    all_grades = one(FigureShape)
    by_grade = pairs(fields.Nested(FigureShape))
    contested = one(ShareShape)
    passed = many(PassedShape)


class PartyNamedShape(Shape):
    """A party, how many published incidents name it, and the streams that touch it."""

    key = text()
    name = text()
    incidents = whole()
    streams = pairs(fields.String(), metadata={"description": "Slug and name."})
    written = texts(metadata={"description": "Every other spelling of it, and its aliases."})


class RecordShape(Shape):
    """The months of one party, or of everybody. An incident naming several parties counts in full for each."""

    party = one_or_none(PartyNamedShape)
    grades = texts(metadata={"description": "Those that `total` includes."})
    data = many(MonthShape, attribute="months")
    undated = one(MonthShape)
    altogether = one(MonthShape, metadata={"description": "Every month and the undated."})
    parties = many(PartyNamedShape)
    unassessed = many(UnassessedShape)


class BehindShape(Shape):
    """The incidents that one number of the record counts, the latest month first."""

    party = one_or_none(PartyNamedShape)
    figure = one(FigureShape, metadata={"description": "The number, and what it adds up to."})
    data = many(ListedShape, attribute="rows")
    next = fields.Function(
        lambda page: page.older and place_words(page.older), required=True, metadata={"type": ["string", "null"]}
    )


class RecordAsked(Shape):
    party = words_asked(load_default=lambda: EVERYBODY, metadata={"description": "A party by its key or any spelling."})
    grade = fields.List(
        grade_asked(), load_default=list, metadata={"description": "Grades that a total includes; Confirmed and Fair."}
    )


class BehindAsked(RecordAsked):
    month = Words(
        validate=validate.Regexp(A_MONTH, error=NO_MONTH_SO), load_default=lambda: None,
        metadata={"description": "YYYY-MM, or `undated`; without it every month."},
    )  # fmt: skip
    only = Words(  # type: ignore[assignment]
        validate=validate.OneOf(tuple(ONLY), error=NOT_ONLY), load_default=str,
        metadata={"description": "Those imported, those reviewed here, or those of whose killed nothing is known."},
    )  # fmt: skip
    cursor = Words(validate=validate.Regexp(A_PLACE, error=PASS_NEXT), load_default=lambda: None)


@reads("/record", RecordShape, TAG, asks=RecordAsked, none="No published incident names this party.")
def by_month(party: str, grade: list[str]) -> Any:
    """Incidents and civilians reported killed by month."""
    page = record.record_page(party.strip(), asked(grade))
    if party.strip() and page.party is None:
        raise NotFound("party")
    return page


@reads("/record/incidents", BehindShape, TAG, asks=BehindAsked, none=NO_PLACE)
def behind(party: str, grade: list[str], month: str | None, only: str, cursor: str | None) -> Any:
    """The incidents behind a number of the record, fifty at a time."""
    of_month, before = UNDATED if month == NO_MONTH else month, place_of(cursor)
    row_behind(before and before[1])
    return record.behind_page(Wanted(party.strip(), of_month, asked(grade), only), before)
