"""Imports from the browser: a file is uploaded, its columns are named, and the worker takes it in, slice by slice."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, insert, select, update

from review import clock, config
from review.actions import imported_sources, imports
from review.actions.accounts import account_write
from review.actions.imported_sources import Seen
from review.actions.imports import BATCH, Judged, RowReport, Totals
from review.actions.tables import File, Row, Unreadable, examined, rows
from review.audit import canonical
from review.models import ImportLine, ImportRun, Job, Person, session
from review.rules import columns
from review.rules.columns import KINDS
from review.rules.errors import Forbidden, Invalid, NotFound
from review.rules.imports import THEATRE
from review.rules.permissions import Actor, may
from review.rules.words import N_

FOLDER = "imports"
SLICE = 20.0  # seconds of work before the worker looks at what else is due; a job is leased for a minute
PREVIEWED = 10
LONGEST_THEATRE, LONGEST_NAME, LONGEST_CODE = 100, 200, 300

GONE = N_("The file is no longer here. Upload it again: what was imported already will not be imported twice.")
SPOILT = N_("The file can no longer be read. Upload it again: what was imported already will not be imported twice.")
NOT_ALLOWED = N_("Whoever started this import may import no more. Another admin can upload the file again.")
NO_THEATRE = N_("Not answered yet. At most %(most)s characters.")
UNKNOWN_COLUMN = N_("Choose a column of the file, or none.")
EMPTY_FILE = N_("The file has a header and no rows.")


def receive(actor: Actor, content: IO[bytes], *, filename: str) -> str:
    """Keep an uploaded file beside the desk until it is done; one that is no table is refused and not kept."""
    _permit(actor)
    name = canonical.random_name()
    path = _path(name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        with path.open("xb") as kept:
            shutil.copyfileobj(content, kept)
        file = examined(path, name=filename[-LONGEST_NAME:])
        if not file.rows:
            raise Unreadable(EMPTY_FILE)
        _begin(actor, name, file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return name


def _begin(actor: Actor, name: str, file: File) -> None:
    kind = columns.kind_of(file.header)
    with account_write():
        session.add(
            ImportRun(
                name=name,
                person_id=actor.person,
                kind=kind.name,
                stage="draft",
                filename=file.name,
                sha256=file.sha256,
                size=file.size,
                header=list(file.header),
                mapping=columns.guessed(kind, file.header),
                theatre=THEATRE,
                rows=file.rows,
                totals=asdict(Totals()),
                at=clock.now(),
            )
        )


def describe(actor: Actor, name: str, *, kind: str, mapping: Mapping[str, str], theatre: str) -> None:
    """Say what the file holds and which of its columns is which; another kind than before is guessed anew."""
    _permit(actor)
    run = _draft(name)
    chosen = KINDS.get(kind) or KINDS[run.kind]
    if chosen.name != run.kind:
        mapping = columns.guessed(chosen, run.header)
    words = theatre.strip()
    problems = {}
    if set(mapping) - set(chosen.columns) or set(mapping.values()) - set(run.header):
        problems["mapping"] = UNKNOWN_COLUMN
    if not words or len(words) > LONGEST_THEATRE:
        problems["theatre"] = NO_THEATRE
    if problems:
        raise Invalid(problems, most=LONGEST_THEATRE)
    _note(run.id, kind=chosen.name, mapping=dict(mapping), theatre=words)


def start(actor: Actor, name: str) -> None:
    """Hand the file to the worker, if its columns are enough for what it is to be."""
    _permit(actor)
    run = _draft(name)
    kind = KINDS[run.kind]
    if not may(actor.role, kind.verb):
        raise Forbidden(kind.verb)
    problem = columns.header_problem(kind, tuple(run.mapping))
    if problem is not None:
        raise Invalid({"mapping": problem})
    with account_write():
        still = update(ImportRun).where(ImportRun.id == run.id, ImportRun.stage == "draft")
        taken = session.execute(still.values(stage="waiting", person_id=actor.person))
        if not taken.rowcount:  # type: ignore[attr-defined]  # started or thrown away meanwhile
            raise NotFound("import")
        _ask(name, 0)


def discard(actor: Actor, name: str) -> None:
    """Throw an uploaded file away that nothing was taken from yet."""
    _permit(actor)
    run = _draft(name)
    with account_write():
        gone = session.execute(delete(ImportRun).where(ImportRun.id == run.id, ImportRun.stage == "draft"))
    if gone.rowcount:  # type: ignore[attr-defined]  # otherwise it was handed to the worker meanwhile
        _path(name).unlink(missing_ok=True)


# --- the preview -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Previewed:
    """One of the first rows and what it would become; exactly one of `facts` and `source`, or neither."""

    report: RowReport
    facts: Any = None
    grade: str | None = None
    source: Any = None
    archive: str | None = None


def preview(actor: Actor, name: str) -> tuple[Previewed, ...]:
    """What the first rows of an uploaded file would become; nothing is written."""
    _permit(actor)
    run = _draft(name)
    path = _path(name)
    if not path.exists():
        return ()
    file = File(run.filename, run.sha256, run.size)
    with rows(path, kind=KINDS[run.kind], mapping=run.mapping) as found:
        first = list(islice(found, PREVIEWED))
    session.rollback()
    if run.kind == columns.SOURCES.name:
        return tuple(_as_source(row) for row in imported_sources.first_rows(first))
    return tuple(_as_incident(row) for row in imports.judged(first, file))


def _as_incident(row: Judged) -> Previewed:
    if row.reading is None:
        return Previewed(row.report)
    return Previewed(row.report, facts=row.reading.facts, grade=row.reading.grade)


def _as_source(row: imported_sources.Judged) -> Previewed:
    if row.source is None:
        return Previewed(row.report)
    return Previewed(row.report, source=row.source.draft, archive=row.source.archive)


# --- the work ----------------------------------------------------------------------------------------------

Take = Callable[[Actor, list[Row], imports.Keep], object]


def go_on(name: str) -> None:
    """Take the next slice of a file in, a thousand rows a transaction, from where the last one ended."""
    session.rollback()
    run = session.scalars(select(ImportRun).where(ImportRun.name == name)).one_or_none()
    if run is None or run.stage != "waiting":
        return
    id_ = run.id
    if not _path(name).exists():
        _end(id_, name, "failed", GONE)
        return
    try:
        _slice(run)
    except Unreadable:
        _end(id_, name, "failed", SPOILT)
    except Forbidden:
        _end(id_, name, "failed", NOT_ALLOWED)


def _slice(run: ImportRun) -> None:
    id_, name, done, kind, mapping = run.id, run.name, run.done, KINDS[run.kind], dict(run.mapping)
    totals, actor, take = Totals(**run.totals), _whose(run.person_id), _taker(run)
    session.rollback()
    until = time.monotonic() + SLICE
    with rows(_path(name), kind=kind, mapping=mapping) as found:
        rest = islice(found, done, None)
        while batch := list(islice(rest, BATCH)):
            done += len(batch)
            take(actor, batch, _keeper(id_, done, totals))
            if time.monotonic() > until:
                with account_write():
                    _ask(name, done)
                return
    _end(id_, name, "done", None)


def _taker(run: ImportRun) -> Take:
    file, theatre, seen = File(run.filename, run.sha256, run.size), run.theatre, Seen()
    if run.kind == columns.SOURCES.name:
        return lambda actor, batch, keep: imported_sources.import_source_rows(
            actor, batch, file=file, seen=seen, keep=keep
        )
    return lambda actor, batch, keep: imports.import_rows(actor, batch, file=file, theatre=theatre, keep=keep)


def _keeper(run: int, done: int, totals: Totals) -> imports.Keep:
    """What became of the rows is written in their own transaction: told once, whoever else works on the same file."""

    def keep(reports: Sequence[RowReport], incidents: Sequence[int | None]) -> None:
        counted = Totals(**asdict(totals))
        for report in reports:
            counted.count(report)
        lines = [_line(run, report, incident) for report, incident in zip(reports, incidents, strict=True)]
        session.execute(insert(ImportLine.__table__), lines)
        _change(run, done=done, totals=asdict(counted))
        for one in fields(counted):
            setattr(totals, one.name, getattr(counted, one.name))

    return keep


def _line(run: int, report: RowReport, incident: int | None) -> dict[str, Any]:
    return {
        "run_id": run,
        "number": report.number,
        "outcome": report.outcome,
        "noted": bool(report.notes) and report.outcome == "imported",
        "notes": list(report.notes),
        "code": report.code[:LONGEST_CODE],
        "incident_id": incident,
    }


def _whose(person: int) -> Actor:
    row = session.get(Person, person)
    if row is None or not row.active or row.role is None:
        raise Forbidden("import_incidents")
    return Actor(row.id, row.role, row.name)


def _end(run: int, name: str, stage: str, problem: str | None) -> None:
    _note(run, stage=stage, problem=problem, ended_at=clock.now())
    _path(name).unlink(missing_ok=True)


def sweep(before: Any) -> None:
    """Forget the imports of long ago, and every file that was uploaded and never started."""
    with account_write():
        old = select(ImportRun).where(ImportRun.at < before, ImportRun.stage != "waiting")
        found = {run.id: run.name for run in session.scalars(old)}
        session.execute(delete(ImportLine).where(ImportLine.run_id.in_(found)))
        session.execute(delete(ImportRun).where(ImportRun.id.in_(found)))
    for name in found.values():
        _path(name).unlink(missing_ok=True)


# --- rows and files ----------------------------------------------------------------------------------------


def _permit(actor: Actor) -> None:
    if not any(may(actor.role, kind.verb) for kind in KINDS.values()):
        raise Forbidden("import_incidents")


def _draft(name: str) -> ImportRun:
    session.rollback()
    found = select(ImportRun).where(ImportRun.name == name, ImportRun.stage == "draft")
    run = session.scalars(found).one_or_none()
    if run is None:
        raise NotFound("import")
    return run


def _path(name: str) -> Path:
    return config.home() / FOLDER / name


def _ask(name: str, done: int) -> None:
    session.add(Job(kind="import_file", key=f"import:{name}:{done}", payload={"run": name}, due_at=clock.now()))


def _note(run: int, **changes: Any) -> None:
    with account_write():
        _change(run, **changes)


def _change(run: int, **changes: Any) -> None:
    session.execute(update(ImportRun).where(ImportRun.id == run).values(**changes))
