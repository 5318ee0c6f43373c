"""Determinations: every version that can be cited, and one of them whole."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from review.api.asking import reads
from review.api.fields import (
    Paged,
    Shape,
    many,
    text,
    text_or_none,
    texts,
    whole,
    whole_or_none,
    yes_no,
)
from review.api.incidents import AS_PUBLISHED, NONE, OneDeterminationShape, VersionShape
from review.queries import determinations, open_data

TAG = "determinations"


class ReportedShape(Shape):
    """Killed and injured of one group, each fewest and most."""

    killed = fields.List(fields.Integer(allow_none=True), required=True)
    injured = fields.List(fields.Integer(allow_none=True), required=True)


class FurtherPlaceShape(Shape):
    names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    region = text_or_none()
    point = fields.List(fields.Float(), required=True, allow_none=True)
    accuracy = text_or_none()


class DeterminedShape(Shape):
    """One published version with the facts it was published with: a row of the open data, under the same names."""

    id = text()
    incident = text()
    version = whole(metadata={"description": "0 is a grade that was imported and not reviewed here."})
    path = text()
    entry = whole()
    leaf = text()
    published = text()
    kind = text()
    standing = yes_no()
    exit = text_or_none()
    grade = text()
    codebook = text_or_none()
    killed_min = whole_or_none()
    killed_max = whole_or_none()
    injured_min = whole_or_none()
    injured_max = whole_or_none()
    date_type = text_or_none()
    date = text_or_none()
    date_end = text_or_none()
    place = text_or_none()
    place_names = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    region = text_or_none()
    latitude = fields.Float(required=True, allow_none=True)
    longitude = fields.Float(required=True, allow_none=True)
    accuracy = text_or_none()
    further_places = many(FurtherPlaceShape)
    parties = texts()
    party_roles = texts()
    strike_status = text_or_none()
    strike_types = texts()
    causes = texts()
    infrastructure = texts()
    reported = fields.Dict(keys=fields.String(), values=fields.Nested(ReportedShape), required=True)
    codes = texts()
    earlier_codes = texts()
    summary = text_or_none()
    facts_removed = yes_no()


class DeterminationsShape(Shape):
    """Versions in the order of the log: what is published later comes behind."""

    data = many(DeterminedShape, attribute="rows")
    next = whole_or_none(attribute="after")


class VersionsShape(Shape):
    """Every version of one incident, the latest first."""

    ref = text()
    data = many(VersionShape, attribute="versions")


@reads("/determinations", DeterminationsShape, TAG, asks=Paged)
def listing(limit: int, cursor: int | None) -> Any:
    """Every version that can be read, those of incidents that left the desk too."""
    return open_data.page(-1 if cursor is None else cursor, limit)


@reads("/incidents/<ref>/determinations", VersionsShape, TAG, none=NONE)
def versions_of(ref: str) -> Any:
    """Every version of one incident."""
    return determinations.determination_page(ref)


@reads("/incidents/<ref>/determinations/<int:version>", OneDeterminationShape, TAG, none=AS_PUBLISHED)
def determination(ref: str, version: int) -> Any:
    """One version, as it is cited."""
    return {"data": determinations.determination_page(ref, version)}
