"""Import of sources: each row hangs in the incident that its codes name, known once for the desk by its address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from review.actions.act import Act, acting
from review.actions.held import Held
from review.actions.imports import Keep, RowReport, Start, Tell, Totals, asked_for, each
from review.actions.tables import File, Row
from review.actions.verb import action
from review.audit import canonical
from review.audit.events.grading import GradeProposed, ProposalVoided
from review.audit.events.log import ImportMade
from review.audit.events.sources import SourceAttached, SourceCaptured
from review.models import Incident, IncidentCode, Source, SourceLink, session
from review.models.refs import folded_code
from review.rules import columns, imported_sources
from review.rules.imported_sources import UNCHECKED, SourceRow
from review.rules.imports import codes_of
from review.rules.permissions import Actor

CHUNK = 400


def import_sources(
    actor: Actor,
    path: Path,
    *,
    limit: int | None = None,
    dry_run: bool = False,
    tell: Tell = lambda _report: None,
    start: Start = lambda _rows: None,
) -> Totals:
    """Attach the sources of a CSV file, a thousand rows a transaction; a second run changes nothing."""
    file = asked_for(actor, path, columns.SOURCES)
    start(file.rows if limit is None else min(file.rows, limit))
    seen = Seen()

    def take(actor: Actor, batch: list[Row]) -> list[RowReport]:
        if dry_run:
            return preview_sources(batch, seen)
        return import_source_rows(actor, batch, file=file, seen=seen)

    return each(actor, path, columns.SOURCES, take, limit=limit, tell=tell)


@dataclass(slots=True)
class Seen:
    """The addresses met so far in the incidents of the latest rows: a file lists an incident's sources together."""

    keys: dict[int, set[str]] = field(default_factory=dict)

    def copy(self) -> Seen:
        """The same, to go on from here by itself."""
        return Seen({incident: set(keys) for incident, keys in self.keys.items()})

    def narrowed(self, incidents: Iterable[int]) -> None:
        """Forget the incidents that these rows do not name."""
        self.keys = {incident: self.keys.get(incident, set()) for incident in incidents}


def first_rows(batch: list[Row]) -> list[Judged]:
    """These rows, each with the source that it would become."""
    return judged(batch, _named(batch), Seen())


def preview_sources(batch: list[Row], seen: Seen) -> list[RowReport]:
    """What an import of these rows would report; nothing is written."""
    return [row.report for row in judged(batch, _named(batch), seen)]


@action("import_sources", SourceAttached, SourceCaptured, ProposalVoided, GradeProposed, ImportMade)
def import_source_rows(
    actor: Actor, batch: list[Row], *, file: File, seen: Seen, keep: Keep = lambda _reports, _ids: None
) -> list[RowReport]:
    """One transaction: each address that is new in its incident is attached there, to be shown with it."""
    named = _named(batch)
    with acting(actor, *sorted({place.name for place in named.values() if isinstance(place, _Place)})) as act:
        act.permit("import_sources")
        met = seen.copy()  # a second try begins where the first did
        taken = judged(batch, named, met)
        new = [row for row in taken if row.source is not None]
        _attach(act, new)
        reports = [row.report for row in taken]
        if new:
            refused = sum(report.outcome == "refused" for report in reports)
            act.record(ImportMade(rows=len(new), refused=refused, file=file.as_value()))
        keep(reports, [row.incident for row in taken])
    seen.keys = met.keys
    return reports


# --- which incident ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """The one incident that a cell of codes names."""

    id: int
    name: str


Named = Mapping[str, _Place | str]
"""A cell of codes -> its incident, or why it names none."""


def _named(batch: list[Row]) -> dict[str, _Place | str]:
    cells = {_cell(row): frozenset(map(folded_code, codes_of(_cell(row)))) for row in batch if row.problem is None}
    codes = _codes_of_candidates(set().union(*cells.values()) if cells else set())
    bearers: dict[frozenset[str], list[_Place]] = {}
    for place, held in codes.items():
        bearers.setdefault(frozenset(held), []).append(place)
    return {cell: _the_one(bearers.get(wanted, [])) for cell, wanted in cells.items()}


def _the_one(places: list[_Place]) -> _Place | str:
    if len(places) == 1:
        return places[0]
    return "incidents" if places else "no-incident"


def _cell(row: Row) -> str:
    return row.named.get("incident_code", "").strip()


def _codes_of_candidates(folded: set[str]) -> dict[_Place, set[str]]:
    """Every incident that bears one of these codes now, with all the codes that it bears now."""
    found: dict[_Place, set[str]] = {}
    bearer = select(IncidentCode.incident_id).where(IncidentCode.earlier.is_(False))
    statement = (
        select(Incident.id, Incident.name, IncidentCode.folded)
        .join(IncidentCode, IncidentCode.incident_id == Incident.id)
        .where(IncidentCode.earlier.is_(False), Incident.restricted.is_(False))
    )
    for some in _chunks(sorted(folded)):
        near = statement.where(Incident.id.in_(bearer.where(IncidentCode.folded.in_(some))))
        for id_, name, code in session.execute(near):
            found.setdefault(_Place(id_, name), set()).add(code)
    return found


def _chunks(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + CHUNK] for start in range(0, len(values), CHUNK))


# --- the rows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what is to become of it, its incident, and the source where one is to be attached."""

    report: RowReport
    incident: int | None = None
    source: SourceRow | None = None


def judged(batch: list[Row], named: Named, seen: Seen) -> list[Judged]:
    read = {row.number: imported_sources.read(row.named) for row in batch if row.problem is None}
    places = {place.id for place in named.values() if isinstance(place, _Place)}
    present = _present(places, {source.key for source in read.values() if source})
    seen.narrowed(places)
    return [_judge(row, read.get(row.number), named, present, seen) for row in batch]


def _judge(
    row: Row, source: SourceRow | None, named: Named, present: set[tuple[int, str]], seen: Seen
) -> Judged:
    code = _cell(row)
    if row.problem is not None:
        return Judged(RowReport(row.number, code, "refused", (row.problem,)))
    if source is None:
        return Judged(RowReport(row.number, code, "refused", ("no-url",)))
    place = named[code]
    if isinstance(place, str):
        return Judged(RowReport(row.number, code, "refused", (place,)))
    repeated = source.key in seen.keys[place.id]
    seen.keys[place.id].add(source.key)
    if repeated:
        return Judged(RowReport(row.number, code, "present", ("repeated",)), place.id)
    if (place.id, source.key) in present:
        return Judged(RowReport(row.number, code, "present"), place.id)
    return Judged(RowReport(row.number, code, "imported", source.notes), place.id, source)


def _present(incidents: set[int], keys: set[str]) -> set[tuple[int, str]]:
    """Which of these sources hang in which of these incidents already, withdrawn ones included."""
    found: set[tuple[int, str]] = set()
    statement = select(SourceLink.incident_id, Source.key).join(Source, Source.id == SourceLink.source_id)
    for some in _chunks(sorted(incidents)):
        rows = session.execute(statement.where(SourceLink.incident_id.in_(some)))
        found |= {(incident, key) for incident, key in rows if key in keys}
    return found


def _attach(act: Act, new: list[Judged]) -> None:
    known = _sources([row.source.key for row in new if row.source])
    numbers = {id_: max((one.number for one in held.before.sources), default=0) for id_, held in act.held.items()}
    for row in new:
        assert row.source is not None
        assert row.incident is not None
        numbers[row.incident] += 1
        _one(act, act.held[row.incident], numbers[row.incident], row.source, *known[row.source.key])


def _one(act: Act, held: Held, number: int, row: SourceRow, source_id: int, link: str) -> None:
    draft = row.draft
    event = SourceAttached(
        source=number,
        material=True,
        link=link,
        url=draft.url,
        title=draft.title,
        publisher=draft.publisher,
        kind=draft.provenance.sealed(),
        language=draft.language,
        published=draft.published,
        role=draft.role,
        origin=number,
        note=draft.note,
        publishable=draft.publishable,
    )
    act.record(event, held=held)
    act.add(SourceLink(incident_id=held.row.id, number=number, source_id=source_id), event)
    if row.archive is not None:
        act.record(SourceCaptured(source=number, file=None, archive=row.archive, checked=UNCHECKED), held=held)


def _sources(keys: list[str]) -> dict[str, tuple[int, str]]:
    """Key -> row and link of each source; what the desk does not know yet is known from now on."""
    wanted = sorted(set(keys))
    known = _rows_of(wanted)
    missing = [{"key": key, "link": canonical.random_name()} for key in wanted if key not in known]
    if missing:
        dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        fresh = dialect.insert(Source.__table__).on_conflict_do_nothing(index_elements=["key"])
        session.execute(fresh, missing)
        known |= _rows_of([row["key"] for row in missing])
    return known


def _rows_of(keys: list[str]) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for some in _chunks(keys):
        rows = session.execute(select(Source.key, Source.id, Source.link).where(Source.key.in_(some)))
        found |= {key: (id_, link) for key, id_, link in rows}
    return found
