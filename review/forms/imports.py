"""The columns of an uploaded file as a form: for each column of ours, which of the file's holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from review.rules.columns import Kind


def field_of(column: str) -> str:
    """The name of the select of one of our columns."""
    return f"column-{column}"


def mapping_of(kind: Kind, header: Sequence[str], values: Mapping[str, str]) -> dict[str, str]:
    """Our column -> the file's, as chosen; the selects send places in the header, because names may be anything."""
    places = {column: values.get(field_of(column), "") for column in kind.columns}
    return {column: header[int(place)] for column, place in places.items() if _is_place(place, header)}


def _is_place(text: str, header: Sequence[str]) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) < len(header)
