"""Imports from the browser: what was uploaded, how far each is, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from review.models import ImportLine, ImportRun, Incident, Person, session
from review.queries.incidents import ref_among, repeated_codes
from review.rules.columns import KINDS, Kind
from review.rules.errors import Forbidden, NotFound
from review.rules.import_notes import NOTED, OUTCOMES
from review.rules.permissions import Actor, may

SIZE = 100
LATEST = 30


@dataclass(frozen=True, slots=True)
class Run:
    """One uploaded file."""

    name: str
    by: str
    kind: str
    stage: str
    filename: str
    sha256: str
    size: int
    rows: int
    done: int
    theatre: str
    totals: Mapping[str, int]
    problem: str | None
    at: datetime
    header: tuple[str, ...]
    mapping: Mapping[str, str]

    @property
    def columns(self) -> Kind:
        return KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class Imports:
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one row, and its incident where there is one that the viewer may read."""

    number: int
    code: str
    outcome: str
    notes: tuple[str, ...]
    ref: str | None


@dataclass(frozen=True, slots=True)
class Lines:
    """A page of the rows of one import that met one end, in the order of the file."""

    run: Run
    outcome: str
    lines: tuple[Line, ...]
    after: int | None
    first: bool


def imports_page(viewer: Actor) -> Imports:
    """The latest imports."""
    _allow(viewer)
    statement = _RUNS.order_by(ImportRun.id.desc()).limit(LATEST)
    return Imports(tuple(_run(*row) for row in session.execute(statement)))


def run_page(viewer: Actor, name: str) -> Run:
    """One import."""
    _allow(viewer)
    row = session.execute(_RUNS.where(ImportRun.name == name)).one_or_none()
    if row is None:
        raise NotFound("import")
    return _run(*row)


def lines_page(viewer: Actor, name: str, outcome: str, *, after: int | None = None) -> Lines:
    """The rows that met this end, a hundred a page."""
    run = run_page(viewer, name)
    if outcome not in (*OUTCOMES, NOTED):
        raise NotFound("outcome")
    wanted = ImportLine.noted.is_(True) if outcome == NOTED else ImportLine.outcome == outcome
    statement = (
        select(ImportLine, Incident.name, Incident.code)
        .join(ImportRun, ImportRun.id == ImportLine.run_id)
        .outerjoin(Incident, Incident.id == ImportLine.incident_id)
        # What is restricted since is on no list.
        .where(ImportRun.name == name, wanted, or_(Incident.id.is_(None), Incident.restricted.is_(False)))
        .order_by(ImportLine.number)
        .limit(SIZE + 1)
    )
    if after is not None:
        statement = statement.where(ImportLine.number > after)
    found = session.execute(statement).all()
    repeated = repeated_codes([code for _line, _name, code in found if code])
    lines = tuple(_line(*row, repeated) for row in found[:SIZE])
    return Lines(run, outcome, lines, lines[-1].number if len(found) > SIZE else None, after is None)


_RUNS = select(ImportRun, Person.name).join(Person, Person.id == ImportRun.person_id)


def _allow(viewer: Actor) -> None:
    if not any(may(viewer.role, kind.verb) for kind in KINDS.values()):
        raise Forbidden("import_incidents")


def _run(row: ImportRun, by: str) -> Run:
    return Run(
        name=row.name,
        by=by,
        kind=row.kind,
        stage=row.stage,
        filename=row.filename,
        sha256=row.sha256,
        size=row.size,
        rows=row.rows,
        done=row.done,
        theatre=row.theatre,
        totals=dict(row.totals),
        problem=row.problem,
        at=row.at,
        header=tuple(row.header),
        mapping=dict(row.mapping),
    )


def _line(row: ImportLine, name: str | None, code: Any, repeated: frozenset[str]) -> Line:
    ref = ref_among(code, name, repeated) if name else None
    return Line(row.number, row.code, row.outcome, tuple(row.notes), ref)
