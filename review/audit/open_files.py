"""The files of the open data, piece by piece from rows: lines of JSON, a table, features on a map, the dictionary."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

import orjson

from review.rules.grades import CODEBOOKS
from review.rules.open_data import (
    COLUMNS,
    DETERMINATIONS,
    RECORD,
    RECORD_COLUMNS,
    Column,
    Determined,
    Recorded,
    cell,
    feature,
)

AT_ONCE = 100  # rows a piece
BOM = "\ufeff"  # lets spreadsheets read both scripts
JSONL, CSV, GEOJSON, JSON = "application/x-ndjson", "text/csv", "application/geo+json", "application/json"

Rows = Iterable[tuple[Any, ...]]
Writer = Callable[[Any], Iterator[bytes]]


def jsonl(rows: Iterable[Determined | Recorded]) -> Iterator[bytes]:
    """One object a line, its names in the order of the dictionary."""
    line, ending = orjson.dumps, orjson.OPT_APPEND_NEWLINE
    lines = (line(dict(zip(row._fields, row)), None, ending) for row in rows)  # noqa: B905  (checking takes longer)
    for some in _pieces(lines):
        yield b"".join(some)


def table(columns: Iterable[Column]) -> Writer:
    """A writer of tables under a line of names, RFC 4180; a cell that a spreadsheet would run is marked as text."""
    names = [column.name for column in columns]

    def written(rows: Rows) -> Iterator[bytes]:
        for some in chain([[names]], _pieces([cell(value) for value in row] for row in rows)):
            text = io.StringIO()
            csv.writer(text).writerows(some)
            yield (BOM if some == [names] else "").encode() + text.getvalue().encode()

    return written


def geojson(rows: Iterable[Determined]) -> Iterator[bytes]:
    """A collection of features (RFC 7946); a version without a known point is one without a geometry."""
    yield b'{"type":"FeatureCollection","schema":' + orjson.dumps(DETERMINATIONS) + b',"features":[\n'
    between = b""
    for some in _pieces(orjson.dumps(feature(row)) for row in rows):
        yield between + b",\n".join(some)
        between = b",\n"
    yield b"\n]}\n"


def _pieces(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """So many at a time. Best as bytes already: rows of many parts that are held set the collector of garbage off."""
    waiting = iter(rows)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def dictionary() -> bytes:
    """The data dictionary of this version of the schema."""
    return _pretty(
        {
            DETERMINATIONS: [_entry(column) for column in COLUMNS],
            RECORD: [_entry(column) for column in RECORD_COLUMNS],
        }
    )


def _entry(column: Column) -> Mapping[str, Any]:
    entry: dict[str, Any] = {
        "name": column.name, "type": column.type, "unit": column.unit or None, "meaning": column.meaning,
    }  # fmt: skip
    return {**entry, "values": dict(column.words)} if column.words else entry


def codebooks() -> bytes:
    """Every codebook: grades, definitions, conditions, distances."""
    return _pretty({"codebooks": [book.as_entry() for book in CODEBOOKS]})


def _pretty(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read(line: bytes) -> Determined:
    """The row that a line of the file holds."""
    return Determined(**orjson.loads(line))


# The files by name: what they are to a program, and how they are written from rows of either kind.
OF_DETERMINATIONS: Mapping[str, tuple[str, Writer]] = {
    "determinations.jsonl": (JSONL, jsonl),
    "determinations.csv": (CSV, table(COLUMNS)),
    "determinations.geojson": (GEOJSON, geojson),
}
OF_RECORD: Mapping[str, tuple[str, Writer]] = {
    "record.jsonl": (JSONL, jsonl),
    "record.csv": (CSV, table(RECORD_COLUMNS)),
}
FIXED: Mapping[str, Callable[[], bytes]] = {"dictionary.json": dictionary, "codebooks.json": codebooks}
