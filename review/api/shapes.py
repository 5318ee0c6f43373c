"""The shapes that several answers share."""

from __future__ import annotations

from marshmallow import fields

from review.api.fields import (
    AsShown,
    Shape,
    many,
    one,
    one_or_none,
    pairs,
    text,
    text_or_none,
    texts,
    whole,
    whole_or_none,
    yes_no,
)


class ProblemShape(Shape):
    """What went wrong: a stable `code`, a sentence in the asker's language, and what it is about."""

    code = text()
    message = text()
    details = fields.Dict(keys=fields.String(), required=True)


class ErrorShape(Shape):
    """The one envelope of every error."""

    error = one(ProblemShape)


class RangeShape(Shape):
    """Fewest and most; null where nobody knows."""

    min = whole_or_none(attribute="minimum")
    max = whole_or_none(attribute="maximum")


class CasualtiesShape(Shape):
    killed = one(RangeShape)
    injured = one(RangeShape)


class CountShape(Shape):
    """How many, as far as it was counted; `more` where there may be more than that."""

    number = whole()
    more = yes_no()


class AttachedShape(Shape):
    """What is said of a source in an incident, wherever it is read."""

    number = whole()
    url = text_or_none()
    publisher = text_or_none()
    kind = text_or_none()
    platform = text_or_none()
    affiliated = text_or_none()
    language = text_or_none()
    published = text_or_none()
    role = text_or_none()
    credibility = text_or_none()
    archive = text_or_none()
    checked = text_or_none()
    withdrawn = yes_no()


class PlaceShape(Shape):
    names = pairs(fields.String(), metadata={"description": "The names by their languages."})
    region = text_or_none()
    point = fields.List(
        fields.Float(), required=True, allow_none=True,
        metadata={"description": "Latitude and longitude, no closer than `accuracy` bears."},
    )  # fmt: skip
    accuracy = text_or_none()


class PartyShape(Shape):
    name = text()
    tracked = yes_no()
    role = text()


class FactsShape(Shape):
    """What is recorded of an incident. Words in lists are keys of the vocabularies."""

    date_type = text()
    date = text_or_none()
    date_end = text_or_none()
    time = text_or_none()
    time_type = text_or_none()
    time_end = text_or_none()
    places = many(PlaceShape)
    parties = many(PartyShape)
    strike_types = texts()
    strike_status = text_or_none()
    causes = texts()
    infrastructure = texts()
    damage = pairs(fields.String())
    observations = texts()
    ranges = pairs(fields.Nested(CasualtiesShape), metadata={"description": "By category of people."})
    codes = texts()
    earlier_codes = texts()
    summary = text_or_none()
    flags = texts(metadata={"description": "What an import found untrue and left blank or marked."})


def facts() -> fields.Field:
    """Facts as they may be shown."""
    return AsShown(FactsShape, required=True)


class PositionShape(Shape):
    """What a party itself says; it never moves a grade."""

    position = text()
    day = text()
    conceded = one(CasualtiesShape)
    reason = text_or_none()


class StandingShape(Shape):
    """A party with what it says itself; `role` is null where the facts name it no more."""

    name = text()
    role = fields.String(required=True, allow_none=True, attribute="party.role", dump_default=None)
    latest = one_or_none(PositionShape)
    earlier = many(PositionShape)
