"""The fields that shapes are put together from, and what the contract says where a value cannot be taken."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import RAISE, Schema, fields, validate

from review.rules.grades import RESULTS
from review.rules.points import shown

LONGEST_SEARCH = 200
ROWS, MOST_ROWS = 50, 200
DIGITS = 9

NEEDED = _l("Not answered yet.")
NO_TEXT = _l("Give a text.")
NO_NUMBER = _l("Give a whole number without a sign.")
TOO_LONG = _l("Use at most {max} characters.")
BETWEEN = _l("Give a number from {min} to {max}.")
NO_GRADE = _l("Choose one of the grades that /api/v1/codebooks lists, or no_consensus.")
NOT_WRITTEN = _l("There is a character in it that no text holds.")
UNKNOWN = _l("Nothing here is called so. The contract lists every name.")
NO_OBJECT = _l("Send one JSON object.")


class Shape(Schema):
    """Names of fields and nothing else; what is not named is refused."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": NO_OBJECT}


class Words(fields.String):
    """A text, refused in the asker's language where it is none."""

    default_error_messages = {
        "required": NEEDED, "null": NO_TEXT, "invalid": NO_TEXT, "invalid_utf8": NO_TEXT,
    }  # fmt: skip


class Whole(fields.Integer):
    """A whole number in plain figures; `1_000`, `+1` and figures of other scripts are none."""

    default_error_messages = {
        "required": NEEDED, "null": NO_NUMBER, "invalid": NO_NUMBER, "too_large": NO_NUMBER,
    }  # fmt: skip

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > DIGITS:
            raise self.make_error("invalid", input=value)
        return int(value)


class Pairs(fields.Field):
    """A tuple of pairs as an object, each name with its value, which `inner` writes."""

    def __init__(self, inner: fields.Field, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return {name: self.inner._serialize(one, attr, obj, **kwargs) for name, one in value}


class AsShown(fields.Nested):
    """Facts, every point no closer than its accuracy bears."""

    def _serialize(self, nested_obj: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return super()._serialize(shown(nested_obj), attr, obj, **kwargs)


def text(**about: Any) -> fields.Field:
    """A text that is always there."""
    return fields.String(required=True, **about)


def text_or_none(**about: Any) -> fields.Field:
    """A text, or null where nothing is known."""
    return fields.String(required=True, allow_none=True, **about)


def whole(**about: Any) -> fields.Field:
    """A number that is always there."""
    return fields.Integer(required=True, **about)


def whole_or_none(**about: Any) -> fields.Field:
    """A number, or null where nobody knows: blank is not zero."""
    return fields.Integer(required=True, allow_none=True, **about)


def moment(**about: Any) -> fields.Field:
    """A moment in UTC."""
    return fields.DateTime(required=True, format="iso", **about)


def yes_no(**about: Any) -> fields.Field:
    return fields.Boolean(required=True, **about)


def texts(**about: Any) -> fields.Field:
    return fields.List(fields.String(), required=True, **about)


def numbers(**about: Any) -> fields.Field:
    return fields.List(fields.Integer(), required=True, **about)


def one(shape: type[Schema], **about: Any) -> fields.Field:
    return fields.Nested(shape, required=True, **about)


def one_or_none(shape: type[Schema], **about: Any) -> fields.Field:
    return fields.Nested(shape, required=True, allow_none=True, **about)


def many(shape: type[Schema], **about: Any) -> fields.Field:
    return fields.List(fields.Nested(shape), required=True, **about)


def pairs(inner: fields.Field, **about: Any) -> fields.Field:
    return Pairs(inner, required=True, **about)


def grade_asked(**about: Any) -> fields.Field:
    """One of the grades there are. A default is made by a call, so that the contract writes none down."""
    return Words(validate=validate.OneOf(RESULTS, error=NO_GRADE), **about)


def words_asked(longest: int = LONGEST_SEARCH, **about: Any) -> fields.Field:
    """A text of an address."""
    return Words(validate=[validate.Length(max=longest, error=TOO_LONG), _no_nul()], **about)


def _no_nul() -> validate.Regexp:
    return validate.Regexp(r"^[^\x00]*$", error=NOT_WRITTEN)


class Paged(Shape):
    """How much of a list, and from where on."""

    limit = Whole(
        load_default=ROWS, validate=validate.Range(min=1, max=MOST_ROWS, error=BETWEEN),
        metadata={"description": "How many rows at most."},
    )  # fmt: skip
    cursor = Whole(
        load_default=lambda: None, validate=validate.Range(min=1, max=10**DIGITS - 1, error=BETWEEN),
        metadata={"description": "The `next` of the page before."},
    )  # fmt: skip
