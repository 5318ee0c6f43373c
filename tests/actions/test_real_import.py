"""The import of the published files: a sample of them always, all of them in `make soak`, every sum exactly."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review import config, store
from review.actions import imported_sources, imports
from review.actions.imports import RowReport, Totals
from review.audit import keys
from review.audit.fsck import check
from review.models import Incident, Source, SourceLink, session
from review.rules.facts import Facts
from review.rules.imports import read
from tests import builders, trail
from tests.actions.published import (
    ADDRESSES,
    INCIDENTS,
    SOURCES,
    WITH_SOURCES,
    Counted,
    assert_the_published_sums,
    real_file,
)
from tests.actions.test_imports import graded_anew
from tests.audit import whole

SAMPLE = 300


def incidents(team: builders.Desk, **options: object) -> tuple[Totals, list[RowReport]]:
    reports: list[RowReport] = []
    path = real_file(team.app, "incidents.csv.gz")
    return imports.import_incidents(team.admin, path, tell=reports.append, **options), reports


def sources(team: builders.Desk, **options: object) -> tuple[Totals, list[RowReport]]:
    reports: list[RowReport] = []
    path = real_file(team.app, "sources.csv.gz")
    return imported_sources.import_sources(team.admin, path, tell=reports.append, **options), reports


def count(model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def standing() -> list[Counted]:
    """Every incident as the desk holds it."""
    session.rollback()
    rows = session.execute(select(Incident.facts, Incident.grade).order_by(Incident.id))
    return [Counted(Facts.from_dict(facts), grade) for facts, grade in rows]


def dirt(reports: list[RowReport]) -> Counter[str]:
    return Counter(note.split(":")[0] for report in reports for note in report.notes)


def assert_the_dirt_is_reported(reports: list[RowReport]) -> None:
    """Every oddity that data/README.md lists, under its code."""
    noted = {report.code: report.notes for report in reports}
    found = dirt(reports)
    assert (found["two-grades"], found["no-grade"], found["no-date"], found["range"]) == (1, 64, 2, 6)
    assert (noted["CS1033"], noted["TRSOM001"], noted["RS2053"]) == (("point",), ("date", "no-grade"), ("date-end",))
    assert "two-grades" in noted["CS1477 RS2440"]
    assert set(found) == {"two-grades", "no-grade", "no-date", "range", "point", "date", "date-end"}


def assert_it_holds(folder: Path) -> None:
    """fsck finds nothing, and a stranger's verifier takes the bundle."""
    assert list(check(session, keys.load(config.home()), store.objects())) == []
    packed = whole.bundle(whole.signed())
    done = whole.checked(packed, folder, whole.vkey())
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_sums_of_the_published_file_come_out_of_its_reading(team: builders.Desk) -> None:
    with gzip.open(real_file(team.app, "incidents.csv.gz"), "rt", encoding="utf-8-sig") as content:
        readings = [read(row) for row in csv.DictReader(content)]
    assert len(readings) == INCIDENTS
    assert_the_published_sums([Counted(reading.facts, reading.grade) for reading in readings])


def test_the_dirt_of_the_published_file_is_reported(team: builders.Desk) -> None:
    totals, reports = incidents(team, dry_run=True)
    assert (totals.imported, totals.refused) == (INCIDENTS, 0)
    assert_the_dirt_is_reported(reports)


def test_a_sample_of_the_published_rows_is_imported(team: builders.Desk, tmp_path: Path) -> None:
    with gzip.open(real_file(team.app, "incidents.csv.gz"), "rt", encoding="utf-8-sig") as content:
        readings = [read(row) for _number, row in zip(range(SAMPLE), csv.DictReader(content), strict=False)]
    totals, _reports = incidents(team, limit=SAMPLE)
    assert (totals.imported, totals.refused, count(Incident)) == (SAMPLE, 0, SAMPLE)
    wanted = [(reading.facts.as_dict(), reading.grade) for reading in readings]
    assert [(one.facts.as_dict(), one.grade) for one in standing()] == wanted
    attached, reports = sources(team, limit=SAMPLE)
    assert attached.imported == count(SourceLink) == SAMPLE - attached.present - attached.refused > 0
    assert all(report.notes == ("no-incident",) for report in reports if report.outcome == "refused")
    before = trail.size()
    assert (incidents(team, limit=SAMPLE)[0].present, sources(team, limit=SAMPLE)[0].imported) == (SAMPLE, 0)
    assert trail.size() == before
    assert_it_holds(tmp_path)


def test_one_published_row_is_graded_here(team: builders.Desk) -> None:
    incidents(team, limit=5)
    graded_anew(team, None)


@pytest.mark.soak
def test_all_of_the_published_files_are_imported_and_verify(team: builders.Desk, tmp_path: Path) -> None:
    totals, reports = incidents(team)
    assert (totals.imported, totals.refused, count(Incident)) == (INCIDENTS, 0, INCIDENTS)
    assert_the_dirt_is_reported(reports)
    assert_the_published_sums(standing())
    attached, reports = sources(team)
    found = dirt(reports)
    assert attached.imported + attached.present == SOURCES
    assert (attached.present, attached.refused) == (found["repeated"], 0)
    assert count(SourceLink) == attached.imported
    assert session.execute(select(func.count(SourceLink.incident_id.distinct()))).scalar_one() == WITH_SOURCES
    assert count(Source) <= ADDRESSES  # spellings of one address are one source
    before = trail.size()
    assert (incidents(team)[0].imported, sources(team)[0].imported, trail.size()) == (0, 0, before)
    assert_it_holds(tmp_path)
