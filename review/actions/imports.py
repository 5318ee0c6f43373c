"""Import: rows of published data become incidents, their grade a legacy one. Nobody entered them."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import insert, select

from review.actions.act import Act, acting
from review.actions.erasing import known_by
from review.actions.held import Held
from review.actions.streams import put_stream
from review.actions.tables import File, Row, Unreadable, examined, fits, for_kind, rows
from review.actions.verb import action
from review.audit.events.grading import GradeImported
from review.audit.events.incidents import IncidentImported
from review.audit.events.log import ImportMade, StreamDefined
from review.models import CodebookVersion, Determination, ImportedRow, Stream, session
from review.rules import columns, grades, imports, streams
from review.rules.columns import Kind
from review.rules.errors import Forbidden
from review.rules.imports import THEATRE, Reading
from review.rules.permissions import Actor, may
from review.rules.sources import normalised_url, url_problem

BATCH = 1_000
SELDOM = 500_000  # objects between two looks for garbage: more than a batch makes, none of them in a ring
_OFTEN = gc.get_threshold()
LARGE = 4_000  # characters of a row that may be too much once it is facts

Outcome = Literal["imported", "present", "changed", "refused"]


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


Tell = Callable[[RowReport], None]
Start = Callable[[int], None]
Take = Callable[[Actor, list[Row]], list[RowReport]]


def import_incidents(
    actor: Actor,
    path: Path,
    *,
    theatre: str = THEATRE,
    limit: int | None = None,
    dry_run: bool = False,
    tell: Tell = lambda _report: None,
    start: Start = lambda _rows: None,
) -> Totals:
    """Import a CSV file, plain or .gz, a thousand rows a transaction; a second run changes nothing."""
    file = asked_for(actor, path, columns.INCIDENTS)
    start(file.rows if limit is None else min(file.rows, limit))

    def take(actor: Actor, batch: list[Row]) -> list[RowReport]:
        if dry_run:
            return preview(batch, file)
        return import_rows(actor, batch, file=file, theatre=theatre)

    return each(actor, path, columns.INCIDENTS, take, limit=limit, tell=tell)


def asked_for(actor: Actor, path: Path, kind: Kind) -> File:
    """The file, where this person may import it and it is one of this kind from end to end."""
    if not may(actor.role, kind.verb):
        raise Forbidden(kind.verb)
    return for_kind(examined(path), kind)


def each(actor: Actor, path: Path, kind: Kind, take: Take, *, limit: int | None, tell: Tell) -> Totals:
    """Take the rows of a file a batch at a time, and tell of each."""
    totals = Totals()
    with rows(path, kind=kind) as found:
        taken = islice(found, limit)
        while batch := list(islice(taken, BATCH)):
            for report in take(actor, batch):
                totals.count(report)
                tell(report)
    return totals


# --- the rows ----------------------------------------------------------------------------------------------


def preview(batch: list[Row], file: File) -> list[RowReport]:
    """What an import of these rows would report; nothing is written."""
    return [row.report for row in judged(batch, file)]


Keep = Callable[[Sequence[RowReport], Sequence[int | None]], None]
"""Told, in the transaction of the batch, of every report and of the incident that its row became."""


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """While a batch is in memory, looking for garbage among it takes two fifths of the time and finds none."""
    gc.set_threshold(SELDOM, *_OFTEN[1:])
    try:
        yield
    finally:
        gc.set_threshold(*_OFTEN)


@action("import_incidents", IncidentImported, GradeImported, StreamDefined, ImportMade)
@_seldom_collecting()
def import_rows(
    actor: Actor, batch: list[Row], *, file: File, theatre: str, keep: Keep = lambda _reports, _ids: None
) -> list[RowReport]:
    """One transaction: each new row becomes an incident in the stream of its first party."""
    with acting(actor) as act:
        act.permit("import_incidents")
        taken = judged(batch, file)
        new = [row for row in taken if row.reading is not None]
        made = _Batch(act, theatre).make(new)
        reports = [row.report for row in taken]
        if new:
            session.execute(insert(ImportedRow.__table__), made)
            refused = sum(report.outcome == "refused" for report in reports)
            act.record(ImportMade(rows=len(new), refused=refused, file=file.as_value()))
        became = {str(row["key"]): row["incident_id"] for row in made}
        keep(reports, [became.get(row.key) if row.reading else None for row in taken])
    return reports


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what is to become of it, and its reading where it is to become an incident."""

    row: Row
    report: RowReport
    key: str = ""
    reading: Reading | None = None


def judged(batch: list[Row], file: File) -> list[Judged]:
    keys = {row.number: _key(row, file) for row in batch if row.problem is None}
    known = _known(keys.values())
    return [_judge(row, keys.get(row.number, ""), known) for row in batch]


def _judge(row: Row, key: str, known: dict[str, str]) -> Judged:
    """What is to become of a row; a new one is noted in `known`, so that its repetition is not."""
    code = row.named.get("code", "").strip()
    if row.problem is not None:
        return Judged(row, RowReport(row.number, code, "refused", (row.problem,)))
    if key in known:
        outcome: Outcome = "present" if known[key] == row.sha256 else "changed"
        return Judged(row, RowReport(row.number, code, outcome))
    reading = imports.read(row.named)
    if sum(map(len, row.named.values())) > LARGE and not fits(reading.facts.as_dict()):
        return Judged(row, RowReport(row.number, code, "refused", ("too-large",)))
    known[key] = row.sha256
    return Judged(row, RowReport(row.number, code, "imported", reading.notes), key, reading)


def _key(row: Row, file: File) -> str:
    """By what a row is known again: its address, else its place in this very file."""
    url = row.named.get("url", "").strip()
    if not url:
        return f"{file.sha256}:{row.number}"
    address = url if url_problem(url) else normalised_url(url)
    return address if len(address) <= 200 else "sha256:" + hashlib.sha256(address.encode()).hexdigest()


def _known(keys: Iterable[str]) -> dict[str, str]:
    wanted = {known_by(key): key for key in keys}  # a row whose words were removed is known by a digest alone
    asked = [*wanted.values(), *wanted]
    found: dict[str, str] = {}
    for start in range(0, len(asked), 500):
        some = ImportedRow.key.in_(asked[start : start + 500])
        found |= dict(session.execute(select(ImportedRow.key, ImportedRow.sha256).where(some)).all())
    return {wanted.get(key, key): sha256 for key, sha256 in found.items()}


@dataclass(slots=True)
class _Batch:
    """The new rows of one transaction, made incidents together: no row of the database is asked for twice."""

    act: Act
    theatre: str
    slugs: dict[str | None, str] = field(default_factory=dict)

    def make(self, new: list[Judged]) -> list[dict[str, Any]]:
        book = _codebook() if any(row.reading and row.reading.grade for row in new) else 0
        return [self._make(row, held, book) for row, held in zip(new, self.act.create_incidents(len(new)), strict=True)]

    def _make(self, new: Judged, held: Held, book: int) -> dict[str, Any]:
        reading = new.reading
        assert reading is not None
        self._record(reading, new.row, held)
        if reading.grade is not None:
            self._grade(reading, held, book)
        return {"key": new.key, "incident_id": held.row.id, "sha256": new.row.sha256}

    def _record(self, reading: Reading, row: Row, held: Held) -> None:
        stream = self._stream(reading.party)
        event = IncidentImported(
            stream=stream, source="csv", facts=reading.facts.as_dict(), exact=reading.exact, row=row.cells
        )
        self.act.record(event, held=held)

    def _grade(self, reading: Reading, held: Held, book: int) -> None:
        casualties = reading.facts.civilians.as_dict()
        graded = GradeImported(grade=reading.grade, range=casualties, codebook=book)
        self.act.record(graded, held=held)
        legacy = Determination(
            incident_id=held.row.id,
            version=0,
            grade=reading.grade,
            range=casualties,
            codebook_seq=book,
            kind="legacy",
        )
        self.act.add(legacy, graded)

    def _stream(self, party: str | None) -> str:
        if party not in self.slugs:
            name = f"{party or 'Unknown'} × {self.theatre}"
            slug = streams.slug_of(name)
            if slug not in self.slugs.values() and session.get(Stream, slug) is None:
                put_stream(self.act, slug, name[: streams.LONGEST_NAME], "active", None)
            self.slugs[party] = slug
        return self.slugs[party]


def _codebook() -> int:
    statement = select(CodebookVersion.seq).where(CodebookVersion.key == grades.DEFAULT.id)
    return int(session.execute(statement.order_by(CodebookVersion.seq.desc()).limit(1)).scalar_one())


__all__ = [
    "BATCH", "File", "Keep", "Row", "RowReport", "Totals", "Unreadable", "asked_for", "each", "import_incidents",
    "import_rows", "preview",
]  # fmt: skip
