"""Import of sources: one source row by address, many links, each event in its incident's own chain."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.actions import imported_sources, imports, sources
from review.actions.imports import RowReport, Totals
from review.models import Incident, Source, SourceLink, session
from review.rules.errors import Forbidden
from tests import builders, trail
from tests.actions.test_imports import PLAIN, table

COLUMNS = ["incident_code", "order", "language_platform", "date", "video", "url", "archive_url"]
INCIDENTS = ("KV001", "KV002 TB001", "KV003", "KV001 TB009")
# One row each: what differs, and what is noted of it. Every row is of KV001 where nothing else is said.
PLAIN_SOURCE = {"incident_code": "KV001", "language_platform": "Twitter Arabic", "date": "14 March 2031"}
DIRT: tuple[tuple[dict[str, str], str, tuple[str, ...]], ...] = (
    ({"url": "https://x.com/eluan/1?utm_source=a"}, "imported", ()),
    ({"url": "https://twitter.com/eluan/1"}, "present", ("repeated",)),
    ({"url": "https://twitter.com/eluan/1", "incident_code": "KV003"}, "imported", ()),
    ({"url": "https://a.example/2", "incident_code": "KV002 TB001", "language_platform": "English"}, "imported", ()),
    ({"url": "https://a.example/3", "incident_code": "TB001"}, "refused", ("no-incident",)),
    ({"url": "https://a.example/4", "archive_url": "https://archive.example/4"}, "imported", ()),
    ({"url": "https://a.example/5", "archive_url": "https://a.example/5"}, "imported", ()),
    ({"url": "https://a.example/some page"}, "imported", ("spaces",)),
    ({"url": "hthttps://broken"}, "imported", ("no-address",)),
    ({"url": ""}, "refused", ("no-url",)),
    ({"url": "", "archive_url": "https://archive.example/6"}, "imported", ("archive-only",)),
    ({"url": "https://a.example/7", "date": "some day"}, "imported", ("date",)),
    ({"url": "https://a.example/8", "language_platform": "Klingon"}, "imported", ("language",)),
    ({"url": "https://a.example/9", "language_platform": "—", "date": "1 مارس 2031"}, "imported", ()),
    ({"url": "https://a.example/10", "archive_url": "xhttp://nowhere"}, "imported", ("archive",)),
    ({"url": "https://a.example/11", "incident_code": ""}, "refused", ("nameless",)),
    ({"url": "https://a.example/12", "incident_code": "tb009 kv001"}, "imported", ()),
)


def sources_table(lines: list[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def source_rows() -> list[dict[str, str]]:
    return [{**PLAIN_SOURCE, **changes} for changes, _outcome, _notes in DIRT]


@pytest.fixture
def file(team: builders.Desk, tmp_path: Path) -> Path:
    """The synthetic twin, its incidents imported."""
    incidents = tmp_path / "incidents.csv"
    lines = [{**PLAIN, "code": code, "url": f"https://record.example/{code}".replace(" ", "-")} for code in INCIDENTS]
    incidents.write_bytes(table(lines))
    assert imports.import_incidents(team.admin, incidents).imported == len(INCIDENTS)
    path = tmp_path / "sources.csv"
    path.write_bytes(sources_table(source_rows()))
    return path


def run(team: builders.Desk, path: Path, **options: object) -> tuple[Totals, list[RowReport]]:
    reports: list[RowReport] = []
    return imported_sources.import_sources(team.admin, path, tell=reports.append, **options), reports


def count(model: type) -> int:
    return session.execute(select(func.count()).select_from(model)).scalar_one()


def name(code: str) -> str:
    """The incident whose codes are these and no others: KV001 alone is borne by two."""
    found = [row for row in session.scalars(select(Incident)) if row.facts["codes"] == code.split()]
    return found[0].name


def test_every_row_is_attached_or_reported(team: builders.Desk, file: Path) -> None:
    totals, reports = run(team, file)
    assert [(report.outcome, report.notes) for report in reports] == [(outcome, notes) for _c, outcome, notes in DIRT]
    attached = sum(outcome == "imported" for _changes, outcome, _notes in DIRT)
    assert (totals.imported, totals.present, totals.refused, count(SourceLink)) == (attached, 1, 3, attached)


def test_the_whole_cell_of_codes_names_the_incident(team: builders.Desk, file: Path) -> None:
    run(team, file)
    held = {code: len(trail.dossier(name(code)).sources) for code in INCIDENTS}
    assert held == {"KV001": 10, "KV002 TB001": 1, "KV003": 1, "KV001 TB009": 1}


def test_one_address_in_two_incidents_is_one_source_with_two_links(team: builders.Desk, file: Path) -> None:
    run(team, file)
    one, other = (trail.dossier(name(code)).sources[0] for code in ("KV001", "KV003"))
    assert one.link == other.link
    assert (one.url, other.url) == ("https://x.com/eluan/1?utm_source=a", "https://twitter.com/eluan/1")
    assert count(Source) == count(SourceLink) - 1


def test_the_facts_of_a_source(team: builders.Desk, file: Path) -> None:
    run(team, file)
    first = trail.dossier(name("KV001")).sources[0]
    assert (first.kind, first.platform, first.language, first.published) == ("social_post", "twitter", "ar", "2031-03-14")
    assert (first.publishable, first.role, first.origin, first.number) == (True, None, 1, 1)
    page = trail.dossier(name("KV002 TB001")).sources[0]
    assert (page.kind, page.platform, page.language) == ("web_page", "web", "en")


def test_words_that_cannot_be_read_are_kept(team: builders.Desk, file: Path) -> None:
    run(team, file)
    held = {source.url or source.title: source for source in trail.dossier(name("KV001")).sources}
    assert held["https://a.example/7"].note == "some day"
    assert held["https://a.example/8"].note == "Klingon"
    assert (held["hthttps://broken"].url, held["hthttps://broken"].publishable) == (None, True)
    assert "https://a.example/some%20page" in held
    assert held["https://a.example/9"].published == "2031-03-01"


def test_an_archive_is_captured_unchecked_and_one_that_repeats_the_address_is_none(
    team: builders.Desk, file: Path
) -> None:
    run(team, file)
    captured = [leaf.sealed for leaf in trail.leaves(name("KV001")) if leaf.type == "source.captured"]
    assert [(one["archive"], one["checked"], one["file"]) for one in captured] == [
        ("https://archive.example/4", "unchecked", None)
    ]


def test_an_import_of_sources_is_one_event_of_the_log_with_the_file_sealed(team: builders.Desk, file: Path) -> None:
    totals, _reports = run(team, file)
    made = trail.last()
    assert (made.type, made.body, made.role) == ("import.made", {"rows": totals.imported, "refused": 3}, "admin")
    assert made.sealed["file"]["name"] == "sources.csv"


def test_a_second_run_changes_nothing_and_records_nothing(team: builders.Desk, file: Path) -> None:
    run(team, file)
    before = trail.size()
    totals, _reports = run(team, file)
    assert (totals.imported, totals.refused, trail.size()) == (0, 3, before)


def test_a_source_that_was_withdrawn_since_does_not_come_back(team: builders.Desk, file: Path) -> None:
    run(team, file)
    sources.withdraw_source(team.spare, name("KV003"), 1, reason="Asked for by its author.")
    before = trail.size()
    assert run(team, file)[0].imported == 0
    assert trail.size() == before


def test_a_dry_run_reports_the_same_and_writes_nothing(team: builders.Desk, file: Path) -> None:
    before = trail.size()
    dry = run(team, file, dry_run=True)
    assert (trail.size(), count(Source)) == (before, 0)
    assert run(team, file) == dry


def test_batches_number_on_and_know_what_repeats(
    team: builders.Desk, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(team, file, dry_run=True)
    monkeypatch.setattr(imports, "BATCH", 1)
    run(team, file, limit=4)
    totals, _reports = run(team, file)
    assert totals.imported == whole[0].imported - 3
    assert [source.number for source in trail.dossier(name("KV001")).sources] == list(range(1, 11))


def test_a_source_imported_while_a_grade_waits_voids_the_proposal(team: builders.Desk, file: Path) -> None:
    ref = builders.agreed(team, builders.with_sources(team, name("KV003")))
    assert trail.dossier(ref).proposal is not None
    run(team, file)
    types = trail.types(ref)
    assert types[types.index("grade.proposed") + 1 :] == ["source.attached", "proposal.voided", "grade.proposed"]


def test_a_hidden_incident_is_as_one_that_is_not_there(team: builders.Desk, file: Path) -> None:
    hidden = name("KV003")
    session.rollback()
    with session.get_bind().begin() as connection:
        connection.execute(Incident.__table__.update().where(Incident.name == hidden).values(restricted=True))
    _totals, reports = run(team, file)
    assert reports[2].notes == reports[4].notes == ("no-incident",)


def test_two_incidents_of_the_same_codes_are_not_guessed_between(team: builders.Desk, file: Path) -> None:
    builders.opened(team, codes=("KV003",))
    _totals, reports = run(team, file)
    assert reports[2].notes == ("incidents",)


def test_only_an_admin_imports_sources(team: builders.Desk, file: Path) -> None:
    with pytest.raises(Forbidden):
        imported_sources.import_sources(team.lead, file)
    assert imported_sources.import_sources(team.admin, file).refused == 3
