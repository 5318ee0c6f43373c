"""What a bundle holds for people: a table, a page, a schema and a few words. None of it has any authority."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

from review.audit.canonical import canonical_value
from review.audit.events import TYPES
from review.audit.published import Grade
from review.audit.stored import Row

COLUMNS = ("seq", "day", "type", "incident", "iseq", "actor", "role", "body", "disclosed")
FORMULA = ("=", "+", "-", "@", "\t", "\r")

README = """This is the trail of an Assay desk: a BagIt 1.0 bag in a zip.

Log:     {origin}
Size:    {size} events
Profile: {profile}

To check it, on a machine without a network:

    python3 -I -S verify.py BUNDLE.zip --key 'VERIFIER KEY'

Take verify.py and the verifier key from somewhere other than this bundle: from the desk's /audit page, its
README, or somebody you trust. Nothing inside the bundle vouches for itself; data/verify.py and data/keys/
are a convenience.

data/checkpoint        the signed size and root of the log
data/leaves.bin        the hash of every event, 32 bytes each
data/events.jsonl      the events that this profile shows, one a line, as they were hashed
data/disclosures.jsonl the sealed details that this profile shows; d is base64url of [salt, name, value]
data/published.json    the grades that stand, version by version
data/view/             the same for people, without authority
"""


def cell(value: Any) -> str:
    """A table cell that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


class Table:
    """The lines of `events.csv`, every cell quoted."""

    def __init__(self) -> None:
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer, quoting=csv.QUOTE_ALL, lineterminator="\n")
        self._writer.writerow(COLUMNS)

    def add(self, row: Row, names: Iterable[str]) -> None:
        """One more event, with the names of the details that are disclosed."""
        event = orjson.loads(row.line)
        body = orjson.dumps(event["body"], option=orjson.OPT_SORT_KEYS).decode()
        cells = (*(event[name] for name in COLUMNS[:7]), body, " ".join(sorted(names)))
        self._writer.writerow(map(cell, cells))

    def take(self) -> bytes:
        """What was written since the last time."""
        text = self._buffer.getvalue()
        self._buffer.seek(0)
        self._buffer.truncate()
        return text.encode("utf-8")


def page(origin: str, size: int, profile: str, grades: Iterable[Grade]) -> Iterator[bytes]:
    """A page that lists the grades; the numbers in it prove nothing."""
    head = f"{html.escape(origin)}, {size} events, profile {html.escape(profile)}"
    yield (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Published grades</title></head>'
        "<body>"
        f"<h1>Published grades</h1><p>{head}. For reading only: run verify.py to check anything.</p>"
        "<table><thead><tr><th>Incident</th><th>Version</th><th>Kind</th><th>Grade</th>"
        "<th>Killed</th><th>Injured</th><th>Event</th></tr></thead><tbody>\n"
    ).encode()
    for grade in grades:
        cells = (
            grade.incident, grade.version, grade.kind, grade.grade,
            _range(grade.range.get("killed")), _range(grade.range.get("injured")), grade.seq,
        )  # fmt: skip
        row = "".join(f"<td>{html.escape(str(value))}</td>" for value in cells)
        yield f"<tr>{row}</tr>\n".encode()
    yield b"</tbody></table></body></html>\n"


def _range(pair: Any) -> str:
    if not pair or pair == [None, None]:
        return "unknown"
    low, high = ("?" if bound is None else str(bound) for bound in pair)
    return low if low == high else f"{low} to {high}"


def readme(origin: str, size: int, profile: str) -> bytes:
    """What a stranger needs to know to begin."""
    return README.format(origin=origin, size=size, profile=profile).encode("utf-8")


# --- the schema -------------------------------------------------------------------------------------------

_SEQ = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_NAME = {"type": "string", "pattern": "^(system|[a-z2-7]{16})$"}
_DIGEST = {"type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"}
_SEALED = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
_BOUND = {"type": ["integer", "null"], "minimum": 0}
_PAIR = {"type": "array", "prefixItems": [_BOUND, _BOUND], "minItems": 2, "maxItems": 2}
_RANGE = {
    "type": "object", "required": ["injured", "killed"], "additionalProperties": False,
    "properties": {"injured": _PAIR, "killed": _PAIR},
}  # fmt: skip
_KINDS: Mapping[str, Any] = {
    "bool": {"type": "boolean"},
    "day": {"type": "string", "format": "date"},
    "digest": _DIGEST,
    "grade": {"type": "string", "pattern": "^[a-z_]+$"},
    "incident": {"type": "string", "pattern": "^i-[a-z2-7]{16}$"},
    "int": {"type": "integer"},
    "object": {"type": ["object", "array"]},
    "range": _RANGE,
    "seq": _SEQ,
    "str": _TEXT,
    "who": _NAME,
}


def _field(kind: str) -> Any:
    if kind.endswith("?"):
        return {"anyOf": [_field(kind[:-1]), {"type": "null"}]}
    if kind.startswith("["):
        return {"type": "array", "items": _field(kind[1:-1])}
    return _KINDS[kind]


def _event(name: str) -> Any:
    fields, sealed = TYPES[name].body, len(TYPES[name].all_seals())
    return {
        "properties": {
            "type": {"const": name},
            "body": {
                "type": "object",
                "properties": {field: _field(kind) for field, kind in fields.items()},
                "required": sorted(fields),
                "additionalProperties": False,
            },
            "sd": {"minItems": sealed, "maxItems": sealed},
        }
    }


def schema() -> bytes:
    """The JSON Schema of a line of `events.jsonl`, made from the event types."""
    nullable = {"anyOf": [_DIGEST, {"type": "null"}]}
    properties = {
        "actor": _NAME,
        "body": {"type": "object"},
        "day": _KINDS["day"],
        "incident": {"anyOf": [_KINDS["incident"], {"type": "null"}]},
        "iseq": {"anyOf": [_SEQ, {"type": "null"}]},
        "log": _TEXT,
        "prev": nullable,
        "role": {"enum": ["admin", "auditor", "lead", "public", "reviewer", "system"]},
        "sd": {"type": "array", "uniqueItems": True, "items": _SEALED},
        "seq": _SEQ,
        "type": {"enum": sorted(TYPES)},
        "v": {"const": 1},
    }
    return canonical_value(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": "One event of an Assay log",
            "type": "object",
            "additionalProperties": False,
            "required": sorted(properties),
            "properties": properties,
            "oneOf": [_event(name) for name in sorted(TYPES)],
        }
    )
