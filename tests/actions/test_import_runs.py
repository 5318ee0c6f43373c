"""Imports from the browser: the file kept until done, its columns named, the worker's slices, the report."""

from __future__ import annotations

import gzip
import io
from collections.abc import Mapping
from dataclasses import asdict

import pytest
from sqlalchemy import func, select

from review import clock, config, jobs
from review.actions import import_runs, people
from review.actions.imports import Totals
from review.actions.tables import Unreadable
from review.models import ImportLine, ImportRun, Incident, Job, session
from review.rules import columns
from review.rules.errors import Forbidden, Invalid, NotFound
from tests import builders, trail
from tests.actions.test_imported_sources import source_rows, sources_table
from tests.actions.test_imports import DIRT, PLAIN, rows, table


def received(team: builders.Desk, content: bytes | None = None, filename: str = "incidents.csv") -> str:
    return import_runs.receive(team.admin, io.BytesIO(content or table(rows())), filename=filename)


def run(name: str) -> ImportRun:
    session.rollback()
    return session.scalars(select(ImportRun).where(ImportRun.name == name)).one()


def kept() -> list[str]:
    folder = config.home() / import_runs.FOLDER
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def lines(name: str) -> list[ImportLine]:
    of_it = select(ImportLine).join(ImportRun, ImportRun.id == ImportLine.run_id).where(ImportRun.name == name)
    return list(session.scalars(of_it.order_by(ImportLine.number)))


def test_an_uploaded_file_is_kept_and_nothing_is_imported_yet(team: builders.Desk) -> None:
    before = trail.size()
    name = received(team)
    found = run(name)
    assert (found.stage, found.kind, found.rows, found.filename) == ("draft", "incidents", len(DIRT), "incidents.csv")
    assert (kept(), trail.size()) == ([name], before)


def test_the_worker_takes_it_in_and_lets_the_file_go(team: builders.Desk) -> None:
    name = received(team)
    import_runs.start(team.admin, name)
    builders.work()
    found = run(name)
    noted = sum(bool(notes) for _changes, notes in DIRT)
    assert (found.stage, found.done, found.problem) == ("done", len(DIRT), None)
    assert found.totals == asdict(Totals(imported=len(DIRT), noted=noted))
    assert kept() == []
    assert trail.leaves("KV000")[0].role == "admin"
    assert trail.last().sealed["file"]["name"] == "incidents.csv"


def test_each_row_is_told_with_its_incident(team: builders.Desk) -> None:
    name = received(team, table([*rows()[:3], {**PLAIN, "code": "", "url": ""}]))
    import_runs.start(team.admin, name)
    builders.work()
    told = lines(name)
    assert [(line.outcome, line.noted, line.notes) for line in told[2:]] == [
        ("imported", True, ["point"]), ("refused", False, ["nameless"]),
    ]  # fmt: skip
    assert session.get_one(Incident, told[2].incident_id).code == "KV002"
    assert told[3].incident_id is None


def test_a_long_file_is_taken_a_slice_at_a_time_and_told_once(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "BATCH", 6)
    monkeypatch.setattr(import_runs, "SLICE", -1.0)
    name = received(team)
    import_runs.start(team.admin, name)
    while not run(name).done:
        assert jobs.run_due(limit=1) == 1
    assert (run(name).done, run(name).stage) == (6, "waiting")
    builders.work()
    assert (run(name).done, run(name).stage) == (len(DIRT), "done")
    assert [line.number for line in lines(name)] == list(range(1, len(DIRT) + 1))
    assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "import_file")) == 5


def test_the_work_may_be_done_twice(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_runs, "BATCH", 6)
    monkeypatch.setattr(import_runs, "SLICE", -1.0)
    name = received(team)
    import_runs.start(team.admin, name)
    import_runs.go_on(name)
    monkeypatch.setattr(import_runs, "SLICE", 20.0)
    import_runs.go_on(name)
    before = trail.size()
    import_runs.go_on(name)
    builders.work()
    assert trail.types().count("incident.imported") == len(DIRT)
    # What the clock asks for: the day's heads, and the public bundle of the grades that came in.
    assert [leaf for leaf in trail.types()[before:] if leaf not in ("log.heads", "export.made")] == []


def test_the_same_file_again_changes_nothing(team: builders.Desk) -> None:
    for _time in range(2):
        name = received(team)
        import_runs.start(team.admin, name)
        builders.work()
    assert run(name).totals == asdict(Totals(present=len(DIRT)))
    assert trail.types().count("import.made") == 1


def test_sources_are_known_by_their_header(team: builders.Desk) -> None:
    first = received(team, table([{**PLAIN, "code": "KV001", "url": "https://record.example/1"}]))
    import_runs.start(team.admin, first)
    builders.work()
    name = received(team, gzip.compress(sources_table(source_rows()[:2])), "sources.csv.gz")
    assert run(name).kind == "sources"
    import_runs.start(team.admin, name)
    builders.work()
    assert run(name).totals == asdict(Totals(imported=1, present=1))
    assert [source.number for source in trail.dossier("KV001").sources] == [1]


FOREIGN = b"Reference;x,Event day,Where it was,Link\r\nKV7,2031-03-01,Marj Eluan,https://record.example/7\r\n"


def test_foreign_columns_are_named_and_the_row_is_kept_as_it_came(team: builders.Desk) -> None:
    name = received(team, FOREIGN)
    assert run(name).mapping == {}
    with pytest.raises(Invalid):
        import_runs.start(team.admin, name)
    mapping = {"code": "Reference;x", "date": "Event day", "place_en": "Where it was", "url": "Link"}
    import_runs.describe(team.admin, name, kind="incidents", mapping=mapping, theatre="Velmar")
    import_runs.start(team.admin, name)
    builders.work()
    dossier = trail.dossier("KV7")
    assert (dossier.facts.date, dossier.facts.places[0].name(), dossier.stream) == ("2031-03-01", "Marj Eluan", "unknown-velmar")
    assert trail.leaves("KV7")[0].sealed["row"]["Where it was"] == "Marj Eluan"


def test_headers_are_found_however_they_are_spelt() -> None:
    header = ["Code", "Date", "Place (EN)", "Civilians killed, min", "URL", "Other"]
    found = columns.guessed(columns.INCIDENTS, header)
    assert found == {
        "code": "Code", "date": "Date", "place_en": "Place (EN)", "civilians_killed_min": "Civilians killed, min",
        "url": "URL",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong", [{"mapping": {"code": "no such"}}, {"mapping": {"no_column": "code"}}, {"theatre": " "}, {"theatre": "x" * 101}]
)
def test_a_column_that_is_not_there_is_refused(team: builders.Desk, wrong: Mapping[str, object]) -> None:
    name = received(team)
    given = {"kind": "incidents", "mapping": {"code": "code"}, "theatre": "Velmar"}
    with pytest.raises(Invalid):
        import_runs.describe(team.admin, name, **{**given, **wrong})
    import_runs.describe(team.admin, name, **given)
    assert run(name).theatre == "Velmar"


def test_the_preview_says_what_the_first_rows_would_become_and_writes_nothing(team: builders.Desk) -> None:
    name = received(team)
    before = trail.size()
    first = import_runs.preview(team.admin, name)
    assert [row.report.notes for row in first] == [notes for _changes, notes in DIRT[: import_runs.PREVIEWED]]
    assert (first[0].facts.date, first[0].grade, first[9].grade) == ("2031-03-01", "fair", None)
    assert trail.size() == before


def test_a_file_that_is_no_table_is_refused_and_not_kept(team: builders.Desk) -> None:
    for content in (gzip.compress(table(rows()))[:-20], b"code,url\r\n", b"code\r\n\xff\r\n"):
        with pytest.raises(Unreadable):
            received(team, content)
    assert kept() == []
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0


def test_a_file_can_be_thrown_away_until_it_is_started(team: builders.Desk) -> None:
    name, other = received(team), received(team)
    import_runs.discard(team.admin, name)
    assert kept() == [other]
    import_runs.start(team.admin, other)
    with pytest.raises(NotFound):
        import_runs.discard(team.admin, other)
    builders.work()
    assert run(other).stage == "done"


def test_a_file_that_is_gone_ends_in_a_sentence(team: builders.Desk) -> None:
    name = received(team)
    import_runs.start(team.admin, name)
    (config.home() / import_runs.FOLDER / name).unlink()
    builders.work()
    assert (run(name).stage, run(name).problem) == ("failed", import_runs.GONE)


@pytest.mark.parametrize("spoilt", [b"\xff\xfe code", b"\x1f\x8b is not packed", b"code,url\nKV1\0,\n"])
def test_a_file_that_can_no_longer_be_read_ends_in_a_sentence(team: builders.Desk, spoilt: bytes) -> None:
    name = received(team)
    import_runs.start(team.admin, name)
    (config.home() / import_runs.FOLDER / name).write_bytes(spoilt)
    builders.work()
    assert (run(name).stage, run(name).problem) == ("failed", import_runs.SPOILT)
    assert session.scalars(select(Job.problem).where(Job.kind == "import_file")).all() == [None], "and it is not retried"


def test_another_file_that_is_missing_is_not_taken_for_the_table(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = received(team)
    import_runs.start(team.admin, name)

    def lost(*_arguments: object, **_named: object) -> None:
        raise FileNotFoundError("a file of the machine's own")

    monkeypatch.setattr(import_runs.imports, "import_rows", lost)
    jobs.run_due()
    assert (run(name).stage, run(name).problem) == ("waiting", None)


def test_what_was_started_in_another_window_is_not_started_again(
    team: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = received(team)
    read = import_runs._draft

    def read_then_started_elsewhere(wanted: str) -> ImportRun:
        found = read(wanted)
        session.expunge(found)
        monkeypatch.setattr(import_runs, "_draft", read)
        import_runs.start(team.admin, name)
        builders.work()
        return found

    monkeypatch.setattr(import_runs, "_draft", read_then_started_elsewhere)
    with pytest.raises(NotFound):
        import_runs.start(team.admin, name)
    assert run(name).stage == "done"


def test_who_may_import_no_more_imports_no_more(team: builders.Desk) -> None:
    other = builders.add(team.admin, "Anwar Pell", "admin")
    name = import_runs.receive(other, io.BytesIO(table(rows())), filename="incidents.csv")
    import_runs.start(other, name)
    people.deactivate_person(team.admin, other.person or 0, reason="On leave.")
    builders.work()
    assert (run(name).stage, run(name).problem) == ("failed", import_runs.NOT_ALLOWED)
    assert "incident.imported" not in trail.types()


def test_only_an_admin_uploads(team: builders.Desk) -> None:
    with pytest.raises(Forbidden):
        import_runs.receive(team.lead, io.BytesIO(table(rows())), filename="incidents.csv")
    assert kept() == []


def test_old_imports_are_forgotten_with_their_files(team: builders.Desk) -> None:
    done, draft = received(team), received(team)
    import_runs.start(team.admin, done)
    builders.work()
    import_runs.sweep(run(done).at)
    assert (run(done).stage, kept()) == ("done", [draft])
    import_runs.sweep(clock.now())
    assert session.scalar(select(func.count()).select_from(ImportRun)) == 0
    assert session.scalar(select(func.count()).select_from(ImportLine)) == 0
    assert kept() == []
