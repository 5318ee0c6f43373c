"""What a party says itself, beside the record: its monthly reports, and what it concedes in published incidents."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from review.api.asking import reads
from review.api.fields import (
    Shape,
    Words,
    many,
    one,
    one_or_none,
    pairs,
    text,
    text_or_none,
    texts,
    whole_or_none,
    words_asked,
)
from review.api.incidents import ListedShape
from review.api.record import A_MONTH, NO_MONTH_SO, TAG, FigureShape, RecordAsked
from review.queries import ledger, record
from review.rules.errors import NotFound
from review.rules.parties import LONGEST_NAME
from review.rules.record import EVERYBODY, NO_MONTH, UNDATED, asked


class ReportShape(Shape):
    """One month in the party's own figures; null where it gives none, which is not zero."""

    carried = whole_or_none(metadata={"description": "Carried over from the month before."})
    received = whole_or_none()
    credible = whole_or_none(metadata={"description": "Closed as credible."})
    non_credible = whole_or_none(metadata={"description": "Closed as non-credible."})
    duplicate = whole_or_none(metadata={"description": "Closed as a duplicate."})
    open = whole_or_none(metadata={"description": "Left open at its end."})


class EnteredShape(Shape):
    """Figures as they were entered on a day, with the address at which the party published them."""

    day = text()
    report = one(ReportShape)
    url = text()


class FindingShape(Shape):
    """What does not add up; it is said and never mended."""

    kind = text(
        metadata={"description": "`sum`: the month's own figures. `follows`: it does not carry over what was open."}
    )
    values = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True,
        metadata={"description": "The figures that were compared; `made` is what is open by the others."},
    )  # fmt: skip


class ReportedMonthShape(Shape):
    """What the party reported of one month: the version that stands, and those before it, the latest first."""

    standing = one(EnteredShape)
    findings = many(FindingShape)
    earlier = many(EnteredShape)


class BesideShape(Shape):
    """One month: what is assessed under the grades asked for, what is conceded, and what was reported."""

    month = text()
    assessed = one(FigureShape)
    conceded = one(FigureShape, metadata={"description": "Whatever the grade of the incidents."})
    reported = one_or_none(ReportedMonthShape)


class OfficialShape(Shape):
    """A party's own words beside the record. No part of the sealed trail, and never a grade.

    Without a party there are the names of those whose reports are kept, and no figure.
    """

    party = text_or_none()
    grades = texts(metadata={"description": "Those that `assessed` includes."})
    assessed = one(FigureShape)
    conceded = one(FigureShape)
    data = many(
        BesideShape, attribute="months",
        metadata={"description": "The latest month first; a month with neither a report nor a number is left out."},
    )  # fmt: skip
    ledgers = pairs(
        fields.String(), metadata={"description": "Without a party: key and name of each whose reports are kept."}
    )


class ConcededShape(Shape):
    """The published incidents of a month in which a party concedes a number of killed, and what they add up to."""

    party = text()
    name = text()
    month = text()
    figure = one(FigureShape)
    data = many(ListedShape, attribute="rows")


class ConcededAsked(Shape):
    party = words_asked(
        LONGEST_NAME, load_default=lambda: EVERYBODY, metadata={"description": "A party by its key or any spelling."}
    )
    month = Words(
        validate=validate.Regexp(A_MONTH, error=NO_MONTH_SO), load_default=lambda: NO_MONTH,
        metadata={"description": "YYYY-MM; without it those of no known day, which is `undated`."},
    )  # fmt: skip


@reads("/record/official", OfficialShape, TAG, asks=RecordAsked, none="No published incident names this party.")
def official(party: str, grade: list[str]) -> Any:
    """What a party reports and concedes, beside what is assessed."""
    page = record.record_page(party.strip(), asked(grade))
    if party.strip() and page.party is None:
        raise NotFound("party")
    found = ledger.official_record(page.party.key if page.party else EVERYBODY, page.months, page.undated)
    return {
        "party": found.party or None, "grades": page.grades, "assessed": found.assessed, "conceded": found.conceded,
        "months": found.months, "ledgers": found.ledgers,
    }  # fmt: skip


@reads("/record/conceded", ConcededShape, TAG, asks=ConcededAsked)
def conceded(party: str, month: str) -> Any:
    """The incidents behind what is conceded in a month."""
    return ledger.conceded_page(party.strip(), UNDATED if month == NO_MONTH else month)
