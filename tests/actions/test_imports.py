"""Import: real rows and a synthetic twin of their dirt; nothing is refused but what cannot be read or named."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.actions import imports
from review.models import Determination, Incident, Participation, Stream, session
from review.rules.errors import Forbidden
from review.rules.facts import Range
from tests import builders, trail

COLUMNS = (
    "code,date_type,date,date_end,time,place_en,place_ar,neighbourhood,district,governorate,latitude,longitude,"
    "location_accuracy,belligerents,strike_type,strike_status,civilian_harm_reported,grade,infrastructure,"
    + ",".join(
        f"{category}_{harm}_{bound}"
        for category in ("civilians", "children", "women", "men", "belligerents")
        for harm in ("killed", "injured")
        for bound in ("min", "max")
    )
    + ",modified,url,previous_codes"
).split(",")
PLAIN = {
    "code": "KV001", "date_type": "date", "date": "2031-03-01", "place_en": "Marj Eluan, east", "place_ar": "مرج إلوان",
    "neighbourhood": "Old Town", "governorate": "Eluan", "latitude": "33.123456", "longitude": "41.876543",
    "location_accuracy": "neighbourhood_area", "belligerents": "Karsian Air Force, Tarn Brigades",
    "time": "18:30:00", "strike_type": "Airstrike, Drone Strike", "strike_status": "Likely strike", "civilian_harm_reported": "Yes",
    "grade": "Fair", "infrastructure": "Healthcare, Education", "civilians_killed_min": "3", "civilians_killed_max": "5",
    "modified": "2031-04-01", "previous_codes": "K1 K2",
}  # fmt: skip
# The dirt that the real file is known for, under invented names: (what differs, what is noted of it).
DIRT: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({}, ()),
    ({"code": "KV001 TB001"}, ()),
    ({"longitude": "4239"}, ("point",)),
    ({"latitude": "", "longitude": "41.8"}, ("point",)),
    ({"date": "1970-01-01"}, ("date",)),
    ({"date": "2031-02-30"}, ("date",)),
    ({"date_type": "", "date": ""}, ("no-date",)),
    ({"date_type": "date_range", "date": "2031-03-09", "date_end": "2031-03-02"}, ("date-end",)),
    ({"date_type": "date_range", "date_end": "2031-03-04"}, ()),
    ({"grade": "Contested, Discounted"}, ("two-grades",)),
    ({"grade": ""}, ("no-grade",)),
    ({"grade": "Disproved"}, ()),
    ({"grade": "Splendid"}, ("grade",)),
    ({"children_killed_min": "4", "children_killed_max": "2"}, ("range:children killed",)),
    ({"men_injured_min": "some"}, ("range:men injured",)),
    ({"civilians_killed_min": "0", "civilians_killed_max": ""}, ()),
    ({"belligerents": ""}, ()),
    ({"strike_status": "Certain"}, ("strike-status",)),
    ({"location_accuracy": "somewhere"}, ("accuracy",)),
    ({"time": "around_midday", "place_ar": "", "governorate": "="}, ()),
)


def rows() -> list[dict[str, str]]:
    made = []
    for number, (changes, _notes) in enumerate(DIRT):
        code = changes.get("code", f"KV{number:03d}")
        made.append({**PLAIN, "url": f"https://record.example/{number}", **changes, "code": code})
    return made


def table(lines: list[dict[str, str]], columns: list[str] = COLUMNS) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The synthetic twin of the real file."""
    path = tmp_path / "incidents.csv"
    path.write_bytes(table(rows()))
    return path


def run(team: builders.Desk, path: Path, **options: object) -> tuple[imports.Totals, list[imports.RowReport]]:
    reports: list[imports.RowReport] = []
    totals = imports.import_incidents(team.admin, path, tell=reports.append, **options)
    return totals, reports


def count(model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def test_every_row_with_a_name_becomes_an_incident_and_its_dirt_is_reported(team: builders.Desk, file: Path) -> None:
    totals, reports = run(team, file)
    assert [report.notes for report in reports] == [notes for _changes, notes in DIRT]
    assert (totals.imported, totals.refused, count(Incident)) == (len(DIRT), 0, len(DIRT))
    assert totals.noted == sum(bool(notes) for _changes, notes in DIRT)


def test_the_facts_of_a_row(team: builders.Desk, file: Path) -> None:
    run(team, file)
    dossier = trail.dossier("KV000")
    facts = dossier.facts
    assert (facts.date_type, facts.date, facts.strike_status) == ("date", "2031-03-01", "likely")
    assert [party.name for party in facts.parties] == ["Karsian Air Force", "Tarn Brigades"]
    assert (facts.strike_types, facts.infrastructure) == (("airstrike", "drone_strike"), ("healthcare", "education"))
    assert (facts.time, facts.time_type) == ("18:30", "exact")
    place = facts.places[0]
    assert (place.names, place.region) == ((("ar", "مرج إلوان"), ("en", "Marj Eluan, east")), "Old Town, Eluan")
    assert (place.point, place.accuracy) == ((33.12, 41.88), "neighbourhood")
    assert dossier.exact == {"points": [[33.123456, 41.876543]]}
    assert facts.civilians.killed == Range(3, 5)
    assert (facts.codes, facts.earlier_codes, facts.flags) == (("KV000",), ("K1", "K2"), ())


def test_several_codes_in_one_cell_are_aliases_of_one_incident(team: builders.Desk, file: Path) -> None:
    run(team, file)
    assert trail.row("tb001").name == trail.row("KV001").name
    assert trail.leaves("TB001")[0].sealed["row"]["code"] == "KV001 TB001"


def test_an_imported_grade_is_a_legacy_one_and_nobody_is_the_enterer(team: builders.Desk, file: Path) -> None:
    run(team, file)
    dossier = trail.dossier("KV000")
    assert trail.types("KV000") == ["incident.imported", "grade.imported"]
    assert (dossier.stage, dossier.imported, dossier.entered, dossier.votes) == ("logged", True, frozenset(), ())
    standing = dossier.determination
    assert standing is not None
    assert (standing.version, standing.kind, standing.grade, standing.codebook) == (0, "legacy", "fair", "airwars/1")
    assert standing.casualties.killed == Range(3, 5)
    row = trail.row("KV000")
    assert (row.grade, row.grade_kind, row.public) == ("fair", "legacy", True)
    ungraded = trail.row("KV009")
    assert (ungraded.grade, ungraded.public, trail.types("KV009")) == (None, False, ["incident.imported"])
    graded = session.scalars(select(Determination.grade).where(Determination.kind == "legacy")).all()
    assert Counter(graded) == {"fair": len(DIRT) - 4, "discounted": 1}


def test_what_cannot_be_true_is_blank_in_the_facts_flagged_and_kept_in_the_row(team: builders.Desk, file: Path) -> None:
    run(team, file)
    far = trail.leaves("KV003")[0].sealed
    assert (far["facts"]["places"][0]["point"], far["row"]["longitude"]) == (None, "41.8")
    backwards = trail.leaves("KV007")[0].sealed
    assert (backwards["facts"]["date"], backwards["facts"]["date_end"]) == ("2031-03-09", None)
    assert backwards["facts"]["flags"] == ["date-end"]
    assert backwards["row"]["date_end"] == "2031-03-02"
    children = trail.leaves("KV013")[0].sealed
    assert "children" not in children["facts"]["ranges"]
    assert children["row"]["children_killed_min"] == "4"
    assert set(children["row"]) == set(COLUMNS)


def test_streams_are_made_of_the_first_party_and_the_theatre(team: builders.Desk, file: Path) -> None:
    run(team, file, theatre="Velmar")
    assert session.get_one(Stream, "karsian-air-force-velmar").name == "Karsian Air Force, Velmar"
    assert session.get_one(Stream, "unknown-velmar").name == "Unknown × Velmar"
    assert count(Stream) == 2
    assert trail.row("KV016").stream == "unknown-velmar"


def test_an_import_is_one_event_of_the_log_with_the_file_sealed(team: builders.Desk, file: Path) -> None:
    run(team, file)
    made = trail.last()
    assert (made.type, made.body) == ("import.made", {"rows": len(DIRT), "refused": 0})
    assert made.sealed["file"]["name"] == "incidents.csv"
    assert made.sealed["file"]["size"] == file.stat().st_size


def test_a_second_run_changes_nothing_and_records_nothing(team: builders.Desk, file: Path) -> None:
    run(team, file)
    before = trail.size()
    totals, _reports = run(team, file)
    assert (totals.imported, totals.present, trail.size()) == (0, len(DIRT), before)


def test_a_changed_row_is_reported_and_left_as_it_is(team: builders.Desk, file: Path) -> None:
    run(team, file)
    before = trail.size()
    file.write_bytes(table([{**row, "grade": "Weak"} for row in rows()[:2]]))
    totals, _reports = run(team, file)
    assert (totals.changed, totals.present, trail.size()) == (2, 0, before)


def test_an_interrupted_run_goes_on_where_it_stopped(team: builders.Desk, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 7)
    run(team, file, limit=9)
    assert trail.types().count("import.made") == 2
    totals, _reports = run(team, file)
    assert (totals.imported, totals.present) == (len(DIRT) - 9, 9)


def test_a_dry_run_reports_the_same_and_writes_nothing(team: builders.Desk, file: Path) -> None:
    before = trail.size()
    dry = run(team, file, dry_run=True)
    assert (trail.size(), count(Incident)) == (before, 0)
    assert run(team, file) == dry


def test_a_packed_file_is_known_by_its_content(team: builders.Desk, file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(file.read_bytes()))
    totals, _reports = run(team, packed)
    assert totals.imported == len(DIRT)


def test_a_row_without_url_is_known_by_its_file_and_place(team: builders.Desk, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(table([PLAIN, PLAIN]))
    assert run(team, path)[0].imported == 2
    assert run(team, path)[0].present == 2


REFUSED = {
    "nameless": table([{**PLAIN, "code": "", "url": " "}]),
    "cells": table([]) + b"KV1,date\r\n",
    "too-large": table([{**PLAIN, "place_en": "x" * 45_001}]),
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_row_is_refused_alone(team: builders.Desk, tmp_path: Path, why: str) -> None:
    path = tmp_path / "some.csv"
    path.write_bytes(REFUSED[why] + table([{**PLAIN, "url": "https://record.example/1"}]).split(b"\r\n", 1)[1])
    totals, reports = run(team, path)
    assert [(report.outcome, report.notes) for report in reports] == [("refused", (why,)), ("imported", ())]
    assert (totals.imported, totals.refused) == (1, 1)
    assert trail.last().body == {"rows": 1, "refused": 1}


def test_a_row_that_is_too_much_only_once_it_is_facts_is_refused_alone(team: builders.Desk, tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    parties = ",".join(f"P{number}" for number in range(1_500))
    lines = [{**PLAIN, "url": "https://record.example/1", "belligerents": parties}, {**PLAIN, "url": "https://record.example/2"}]
    path.write_bytes(table(lines))
    _totals, reports = run(team, path)
    assert [(report.outcome, report.notes) for report in reports] == [("refused", ("too-large",)), ("imported", ())]


def test_only_an_admin_imports(team: builders.Desk, file: Path) -> None:
    with pytest.raises(Forbidden):
        imports.import_incidents(team.lead, file)
    assert imports.import_incidents(team.admin, file).imported == len(DIRT)


def test_importing_involves_nobody_but_is_named(team: builders.Desk, file: Path) -> None:
    run(team, file, limit=1)
    assert session.query(Participation).one().person_id == team.admin.person
    assert trail.leaves("KV000")[0].role == "admin"


def graded_anew(team: builders.Desk, code: str | None) -> None:
    """The first incident (or that of `code`) is judged here: sources, a round, an approval, its own version 1."""
    first = select(Incident.name).where(Incident.grade.is_not(None)).order_by(Incident.id).limit(1)
    ref = trail.row(code).name if code else session.scalars(first).one()
    legacy = trail.dossier(ref).determination
    assert legacy is not None
    builders.with_sources(team, ref)
    builders.agreed(team, ref)
    assert builders.approved(team, ref) == 1
    dossier = trail.dossier(ref)
    assert dossier.stage == "published"
    assert [(one.version, one.kind) for one in dossier.determinations] == [(0, "legacy"), (1, "published")]
    assert dossier.determinations[0] == legacy
    row = trail.row(ref)
    assert (row.grade, row.grade_kind, row.version) == ("fair", "published", 1)


@pytest.mark.parametrize("code", ["KV000", "KV003", "KV013"])
def test_an_imported_incident_is_graded_here_and_keeps_its_legacy_grade(
    team: builders.Desk, file: Path, code: str
) -> None:
    run(team, file)
    graded_anew(team, code)
