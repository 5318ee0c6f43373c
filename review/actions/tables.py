"""Tables that people hand in: a CSV file, plain or packed, read row by row, and refused whole where it is none."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import NoReturn

import orjson

from review.rules.columns import MOST_COLUMNS, Kind, Mapped, header_problem, read_as
from review.rules.errors import DomainError
from review.rules.words import N_

GZIP = b"\x1f\x8b"
LARGEST_ROW = 45_000  # bytes of JSON; a disclosure of the trail carries 65,536 once encoded
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_CELL = 131_072
PACKED_FREELY, PACKED_MOST = 64 * 1024 * 1024, 200

EMPTY = N_("The file is empty. It needs a first line that names the columns.")
NO_TEXT = N_("Line %(line)s is no text in UTF-8. Save the table as “CSV UTF-8” and give it again.")
NUL = N_("Line %(line)s holds a NUL byte, which no table does. Save the table as “CSV UTF-8”.")
CUT = N_("The packed file is damaged or cut short. Pack it again, or give the plain CSV.")
BOMB = N_("The packed file unpacks to more than %(most)s times its size. Give the plain CSV.")
LONG = N_("Line %(line)s is longer than %(most)s characters. A quotation mark may be missing.")
CELL = N_("A cell at line %(line)s is longer than %(most)s characters. A quotation mark may be missing.")
BROKEN = N_("The table cannot be read at line %(line)s: %(why)s.")
MANY = N_("Line %(line)s has more than %(most)s columns. Is the file separated by commas?")
TWICE = N_("The first line names the column “%(column)s” twice.")
UNOPENED = N_("The file cannot be opened: %(why)s.")


class Unreadable(DomainError):
    """The file is no table of ours: nothing of it is imported."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__("unreadable", **values)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file by its place: its cells by the file's own header, and as we read them; or why not."""

    number: int
    cells: dict[str, str]
    named: dict[str, str] = field(default_factory=dict)
    problem: str | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(orjson.dumps(self.cells, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class File:
    """A file by what is in it: the same under every name."""

    name: str
    sha256: str
    size: int
    rows: int = 0
    header: tuple[str, ...] = ()

    def as_value(self) -> dict[str, object]:
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


def examined(path: Path, *, name: str | None = None) -> File:
    """The file, read once from end to end: a table that breaks anywhere is refused before a row of it is taken."""
    with _opened(path) as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    with _lines(path) as lines:
        table = _Table(lines)
        for _cells in table:
            pass
    return File(name or path.name, digest, path.stat().st_size, table.rows, table.header)


def for_kind(file: File, kind: Kind) -> File:
    """The file where its own header is that of this kind; Unreadable otherwise."""
    problem = header_problem(kind, file.header)
    if problem is not None:
        raise Unreadable(problem)
    return file


@contextmanager
def rows(path: Path, *, kind: Kind, mapping: Mapped | None = None) -> Iterator[Iterator[Row]]:
    """The rows of a file, one after another, never all of them."""
    with _lines(path) as lines:
        table = _Table(lines)
        yield (_row(number, table.header, cells, kind, mapping) for number, cells in enumerate(table, start=1))


def _row(number: int, header: Sequence[str], cells: list[str], kind: Kind, mapping: Mapped | None) -> Row:
    found = dict(zip(header, cells, strict=False))
    named = dict(read_as(found, mapping))
    if len(cells) != len(header):
        return Row(number, found, named, "cells")
    if not any(named.get(column, "").strip() for column in kind.needed[0]):
        return Row(number, found, named, "nameless")
    if sum(map(len, cells)) > LARGEST_ROW // 12 and not fits(found):
        return Row(number, found, named, "too-large")
    return Row(number, found, named)


def fits(value: object) -> bool:
    """Whether the trail can carry this value as one disclosure."""
    return len(orjson.dumps(value)) <= LARGEST_ROW


class _Table:
    """The cells of each row after the header; lines are counted as an editor counts them."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._reader = csv.reader(lines, strict=True)
        header = self._next()
        if header is None:
            raise Unreadable(EMPTY)
        self.header = tuple(name.strip() for name in header)
        self.rows = 0
        twice = next((name for name in self.header if self.header.count(name) > 1), None)
        if twice is not None:
            raise Unreadable(TWICE, column=twice[:80])

    def __iter__(self) -> Iterator[list[str]]:
        while (cells := self._next()) is not None:
            if cells:
                self.rows += 1
                yield cells

    def _next(self) -> list[str] | None:
        try:
            cells = next(self._reader, None)
        except csv.Error as error:
            self._refuse(error)
        if cells is not None and len(cells) > MOST_COLUMNS:
            raise Unreadable(MANY, line=self._lines.number, most=MOST_COLUMNS)
        return cells

    def _refuse(self, error: csv.Error) -> NoReturn:
        line = self._lines.number
        if "field larger" in str(error):
            raise Unreadable(CELL, line=line, most=LONGEST_CELL) from error
        raise Unreadable(BROKEN, line=line, why=str(error)) from error


class _Lines:
    """The lines of a text, none longer than memory bears, each clean."""

    def __init__(self, text: io.TextIOBase, packed: int | None) -> None:
        self._text, self._packed = text, packed
        self._read = 0
        self.number = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._line()
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > LONGEST_LINE:
            raise Unreadable(LONG, line=self.number, most=LONGEST_LINE)
        if "\0" in line:
            raise Unreadable(NUL, line=self.number)
        self._read += len(line)
        if self._packed and self._read > max(PACKED_FREELY, PACKED_MOST * self._packed):
            raise Unreadable(BOMB, most=PACKED_MOST)
        return line

    def _line(self) -> str:
        try:
            return self._text.readline(LONGEST_LINE + 1)
        except UnicodeDecodeError as error:
            raise Unreadable(NO_TEXT, line=self.number + self._ahead(error)) from error
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise Unreadable(CUT) from error

    @staticmethod
    def _ahead(error: UnicodeDecodeError) -> int:
        # A block is decoded at once: the bad byte stands so many lines further on.
        return error.object[: error.start].count(b"\n") + 1


def _opened(path: Path) -> BufferedReader:
    try:
        return path.open("rb")
    except OSError as error:
        raise Unreadable(UNOPENED, why=error.strerror) from error


@contextmanager
def _lines(path: Path) -> Iterator[_Lines]:
    with _opened(path) as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        content = gzip.GzipFile(fileobj=raw) if packed else raw
        text = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
        yield _Lines(text, path.stat().st_size if packed else None)
