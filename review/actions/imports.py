"""Import: rows of published data become incidents, their grade a legacy one. Nobody entered them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

import orjson
from sqlalchemy import select

from review.actions.act import Act, acting
from review.actions.streams import put_stream
from review.actions.verb import action
from review.audit.events.grading import GradeImported
from review.audit.events.incidents import IncidentImported
from review.audit.events.log import ImportMade, StreamDefined
from review.models import CodebookVersion, Determination, ImportedRow, Stream, session
from review.rules import grades, imports, streams
from review.rules.errors import DomainError, Forbidden
from review.rules.imports import THEATRE, Reading
from review.rules.permissions import Actor, may
from review.rules.sources import normalised_url, url_problem
from review.rules.words import N_

BATCH = 1_000
GZIP = b"\x1f\x8b"
LARGEST_ROW = 40_000  # bytes; a disclosure of the trail carries 65,536 once encoded
NEEDED = ("code", "url")

Outcome = Literal["imported", "present", "changed", "refused"]


class Unreadable(DomainError):
    """The file is no file of incidents: nothing after what is reported was imported."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__("unreadable", **values)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file by its place, with its cells, or with why it cannot be taken."""

    number: int
    cells: dict[str, str]
    problem: str | None = None

    @property
    def code(self) -> str:
        return self.cells.get("code", "").strip()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(orjson.dumps(self.cells, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(frozen=True, slots=True)
class RowReport:
    """What became of one row: `notes` are keys of NOTES, or of UNREADABLE for a refused one."""

    number: int
    code: str
    outcome: Outcome
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Totals:
    """How many rows of a file met each end."""

    imported: int = 0
    present: int = 0
    changed: int = 0
    refused: int = 0
    noted: int = 0

    def count(self, report: RowReport) -> None:
        setattr(self, report.outcome, getattr(self, report.outcome) + 1)
        self.noted += bool(report.notes) and report.outcome == "imported"


@dataclass(frozen=True, slots=True)
class File:
    """A file by what is in it: the same under every name."""

    name: str
    sha256: str
    size: int

    def as_value(self) -> dict[str, object]:
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


Tell = Callable[[RowReport], None]


def import_incidents(
    actor: Actor,
    path: Path,
    *,
    theatre: str = THEATRE,
    limit: int | None = None,
    dry_run: bool = False,
    tell: Tell = lambda _report: None,
) -> Totals:
    """Import a CSV file, plain or .gz, a thousand rows a transaction; a second run changes nothing."""
    if not may(actor.role, "import_incidents"):
        raise Forbidden("import_incidents")
    totals, file = Totals(), _file(path)
    take = preview if dry_run else import_rows
    with _rows(path) as rows:
        taken = islice(rows, limit)
        while batch := list(islice(taken, BATCH)):
            for report in take(actor, batch, file=file, theatre=theatre):
                totals.count(report)
                tell(report)
    return totals


# --- the file ----------------------------------------------------------------------------------------------


def _file(path: Path) -> File:
    try:
        with path.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise Unreadable(N_("The file cannot be opened: %(why)s."), why=error.strerror) from error
    return File(path.name, digest, path.stat().st_size)


@contextmanager
def _rows(path: Path) -> Iterator[Iterator[Row]]:
    with path.open("rb") as raw:
        packed = raw.read(2) == GZIP
        raw.seek(0)
        content = gzip.GzipFile(fileobj=raw) if packed else raw
        # Bytes that are no text reach their row and refuse it alone.
        text = io.TextIOWrapper(content, encoding="utf-8-sig", errors="surrogateescape", newline="")
        yield _parsed(text)


def _parsed(text: Iterable[str]) -> Iterator[Row]:
    reader = csv.reader(text, strict=True)
    header = _next(reader)
    if header is None or not set(NEEDED) & set(header):
        raise Unreadable(N_("This is no file of incidents: its first line names neither a code nor a url."))
    if len(set(header)) < len(header):
        raise Unreadable(N_("The first line names a column twice."))
    number = 0
    while (cells := _next(reader)) is not None:
        if not cells:
            continue
        number += 1
        yield _row(number, header, cells)


def _next(reader: Iterator[list[str]]) -> list[str] | None:
    """The next line's cells; None at the end of the file."""
    try:
        return next(reader, None)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable(N_("The packed file is damaged or cut short.")) from error
    except csv.Error as error:
        raise Unreadable(N_("The table cannot be read: %(why)s."), why=str(error)) from error


def _row(number: int, header: Sequence[str], cells: list[str]) -> Row:
    named = dict(zip(header, cells, strict=False))
    if len(cells) != len(header):
        return Row(number, named, "cells")
    if any(_is_no_text(cell) for cell in cells):
        return Row(number, {}, "text")
    if not named.get("code", "").strip() and not named.get("url", "").strip():
        return Row(number, named, "nameless")
    if sum(len(cell.encode()) for cell in cells) > LARGEST_ROW:
        return Row(number, named, "too-large")
    return Row(number, named)


def _is_no_text(cell: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in cell)


# --- the rows ----------------------------------------------------------------------------------------------


def preview(_actor: Actor, rows: list[Row], *, file: File, theatre: str) -> list[RowReport]:
    """What an import of these rows would report; nothing is written."""
    known = _known(rows, file)
    return [_judged(row, known, file) for row in rows]


@action("import_incidents", IncidentImported, GradeImported, StreamDefined, ImportMade)
def import_rows(actor: Actor, rows: list[Row], *, file: File, theatre: str) -> list[RowReport]:
    """One transaction: each new row becomes an incident in the stream of its first party."""
    with acting(actor) as act:
        act.permit("import_incidents")
        batch = _Batch(act, theatre, _known(rows, file), file)
        reports = [batch.take(row) for row in rows]
        made = sum(report.outcome == "imported" for report in reports)
        if made:
            refused = sum(report.outcome == "refused" for report in reports)
            act.record(ImportMade(rows=made, refused=refused, file=file.as_value()))
    return reports


def _key(row: Row, file: File) -> str:
    """By what a row is known again: its address, else its place in this very file."""
    url = row.cells.get("url", "").strip()
    if not url:
        return f"{file.sha256}:{row.number}"
    address = url if url_problem(url) else normalised_url(url)
    return address if len(address) <= 200 else "sha256:" + hashlib.sha256(address.encode()).hexdigest()


def _known(rows: list[Row], file: File) -> dict[str, str]:
    keys = [_key(row, file) for row in rows if row.problem is None]
    found: dict[str, str] = {}
    for start in range(0, len(keys), 500):
        some = ImportedRow.key.in_(keys[start : start + 500])
        found |= dict(session.execute(select(ImportedRow.key, ImportedRow.sha256).where(some)).all())
    return found


def _judged(row: Row, known: dict[str, str], file: File) -> RowReport:
    """What is to become of a row; a new one is noted in `known`, so that its repetition is not."""
    if row.problem is not None:
        return RowReport(row.number, row.code, "refused", (row.problem,))
    key = _key(row, file)
    if key in known:
        return RowReport(row.number, row.code, "present" if known[key] == row.sha256 else "changed")
    known[key] = row.sha256
    return RowReport(row.number, row.code, "imported", imports.read(row.cells).notes)


@dataclass(slots=True)
class _Batch:
    act: Act
    theatre: str
    known: dict[str, str]
    file: File
    slugs: set[str] = field(default_factory=set)
    codebook: int | None = None

    def take(self, row: Row) -> RowReport:
        report = _judged(row, self.known, self.file)
        if report.outcome == "imported":
            self._import(row, imports.read(row.cells))
        return report

    def _import(self, row: Row, reading: Reading) -> None:
        stream = self._stream(reading.party)
        held = self.act.create_incident()
        event = IncidentImported(
            stream=stream, source="csv", facts=reading.facts.as_dict(), exact=reading.exact, row=row.cells
        )
        self.act.record(event, held=held)
        session.add(ImportedRow(key=_key(row, self.file), incident_id=held.row.id, sha256=row.sha256))
        if reading.grade is None:
            return
        casualties = reading.facts.civilians.as_dict()
        graded = GradeImported(grade=reading.grade, range=casualties, codebook=self._codebook())
        self.act.record(graded, held=held)
        legacy = Determination(
            incident_id=held.row.id,
            version=0,
            grade=reading.grade,
            range=casualties,
            codebook_seq=self._codebook(),
            kind="legacy",
        )
        self.act.add(legacy, graded)

    def _stream(self, party: str | None) -> str:
        name = f"{party or 'Unknown'} × {self.theatre}"
        slug = streams.slug_of(name)
        if slug not in self.slugs and session.get(Stream, slug) is None:
            put_stream(self.act, slug, name[: streams.LONGEST_NAME], "active", None)
        self.slugs.add(slug)
        return slug

    def _codebook(self) -> int:
        if self.codebook is None:
            statement = select(CodebookVersion.seq).where(CodebookVersion.key == grades.DEFAULT.id)
            self.codebook = session.execute(
                statement.order_by(CodebookVersion.seq.desc()).limit(1)
            ).scalar_one()
        return self.codebook
