"""The public record: what it counts, what it must not count, and the sums of the published file out of it."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path

import pytest

from review.actions import approvals, exits, imports, incidents, redactions, restrictions, streams
from review.models import session
from review.queries import record as query
from review.rules import imports as reading
from review.rules.facts import Party
from review.rules.parties import Names
from review.rules.record import (
    EVERYBODY,
    NOTHING,
    Counted,
    Figure,
    Month,
    Passed,
    Share,
    Wanted,
    counted,
    month_of,
    months,
)
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked
from tests.actions.published import COALITION, RUSSIA, real_file
from tests.actions.test_imports import COLUMNS, PLAIN, table
from tests.web.test_statements import counted as statements_sent

NAMES = Names()
KARSIA, TARN = NAMES.key("Karsian Air Force"), NAMES.key("Tarn Brigades")
MARCH = "2031-03"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def page(party: str = EVERYBODY, **options: object) -> query.RecordPage:
    session.rollback()
    return query.record_page(party, **options)


def walked(wanted: Wanted) -> list[str]:
    """Every incident of a list, page by page."""
    refs: list[str] = []
    before, pages = None, 0
    while True:
        session.rollback()
        shown = query.behind_page(wanted, before)
        refs += [one.ref for one in shown.rows]
        before, pages = shown.older, pages + 1
        if before is None:
            assert len(refs) == shown.figure.incidents
            assert len(set(refs)) == len(refs) and pages == max(1, -(-len(refs) // query.ROWS))
            return refs


def march(party: str = EVERYBODY) -> Figure:
    return next((one.total for one in page(party).months if one.month == MARCH), NOTHING)


def row(number: int, date: str, parties: str, grade: str, killed: tuple[str, str], **more: str) -> dict[str, str]:
    low, high = killed
    return {
        **PLAIN, "code": f"KV{number:03d}", "url": f"https://record.example/{number}", "date": date, "belligerents": parties,
        "grade": grade, "civilians_killed_min": low, "civilians_killed_max": high, **more,
    }  # fmt: skip


# The months of a war in small: invented parties, every way in which a row counts and does not.
BOTH = "Karsian Air Force, Tarn Brigades"
TWIN = [
    row(1, "2031-01-09", "Karsian Air Force", "Fair", ("9", "9")),
    row(2, "2031-02-01", "Karsian Air Force", "Confirmed", ("2", "3")),
    row(3, "2031-02-27", "karsian air force", "Weak", ("40", "40")),
    row(4, "2031-03-01", BOTH, "Fair", ("3", "5")),
    row(5, "2031-03-02", "Karsian Air-Force", "Fair", ("7", "8")),
    row(6, "2031-03-31", "Karsian Air Force", "Contested", ("1", "2"), date_type="date_range", date_end="2031-04-02"),
    row(7, "2031-03-31", "Tarn Brigades", "Confirmed", ("", "")),
    row(8, "2031-03-30", "Tarn Brigades", "", ("60", "60")),
    row(9, "", "Tarn Brigades", "Fair", ("1", "1")),
]


def twin(team: builders.Desk, folder: Path, rows: Iterable[dict[str, str]] = TWIN) -> None:
    path = folder / "incidents.csv"
    path.write_bytes(table(list(rows), COLUMNS))
    imports.import_incidents(team.admin, path, tell=lambda _report: None)


def test_the_twin_of_the_published_file_by_month_and_party(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    told = page(KARSIA)
    assert [(one.month, one.total, one.all_grades) for one in told.months] == [
        ("2031-01", Figure(1, 9, 9), Figure(1, 9, 9)),
        ("2031-02", Figure(1, 2, 3), Figure(2, 42, 43)),
        ("2031-03", Figure(2, 10, 13), Figure(3, 11, 15)),
    ]
    last = told.months[-1]
    assert last.passed == tuple(
        Passed(measure, "2031-01", value) for measure, value in (("incidents", 1), ("fewest", 9), ("most", 9))
    )
    assert (last.contested, last.legacy, last.reviewed) == (Share(1, 3), last.total, NOTHING)
    tarn = page(TARN)
    assert [one.total for one in tarn.months] == [Figure(2, 3, 5, unknown=1)]
    assert tarn.undated.total == Figure(1, 1, 1)
    assert page().months[-1].total == Figure(3, 10, 13, unknown=1)  # parties do not add up
    assert [(one.name, one.incidents) for one in told.parties] == [("Karsian Air Force", 6), ("Tarn Brigades", 3)]
    assert told.party is not None
    assert [slug for slug, _name in told.party.streams] == ["karsian-air-force-unsorted"]


def test_every_number_equals_the_list_behind_it(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    session.rollback()
    for party in (EVERYBODY, KARSIA, TARN):
        told = page(party)
        for one in (*told.months, told.undated):
            assert len(walked(Wanted(party, one.month))) == one.total.incidents
            assert len(walked(Wanted(party, one.month, only="imported"))) == one.legacy.incidents
            for grade, figure in one.by_grade:
                assert len(walked(Wanted(party, one.month, (grade,)))) == figure.incidents > 0


# --- as published -------------------------------------------------------------------------------------------


def test_what_is_described_anew_counts_as_it_was_published(team: builders.Desk) -> None:
    ref = builders.published(team)
    assert march(KARSIA) == Figure(1, 3, 5)
    later = builders.facts(date="2031-04-01", parties=(Party("Tarn Brigades"),))
    incidents.describe_incident(team.enterer, ref, facts=later, reason="A witness says so.")
    assert (march(KARSIA), march(TARN)) == (Figure(1, 3, 5), NOTHING)
    assert [one.month for one in page().months] == [MARCH]


def test_what_was_determined_here_is_told_apart_from_what_was_imported(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    builders.published(team)
    told = page(KARSIA).months[-1]
    assert (told.legacy, told.reviewed) == (Figure(2, 10, 13), Figure(1, 3, 5))


def test_what_is_not_published_is_not_counted(team: builders.Desk) -> None:
    builders.agreed(team)
    assert (page().months, page().parties) == ((), ())


def test_a_reopened_incident_counts_by_the_version_that_stands(team: builders.Desk) -> None:
    ref = builders.published(team)
    approvals.reopen(team.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)
    assert march(KARSIA) == Figure(1, 3, 5)


def test_what_is_restricted_is_not_counted_and_counts_again_when_that_is_lifted(team: builders.Desk) -> None:
    ref = builders.published(team)
    restrictions.restrict_incident(team.lead, ref, people=[], reason="A family is in danger.")
    assert (march(), page().parties) == (NOTHING, ())
    restrictions.lift_restriction(team.lead, ref, reason="They are safe.")
    assert march() == Figure(1, 3, 5)


def test_what_was_withdrawn_is_not_counted(team: builders.Desk) -> None:
    ref = builders.published(team)
    exits.withdraw_incident(team.lead, ref, reason="It never took place.")
    assert march() == NOTHING


def test_an_incident_whose_facts_were_removed_counts_in_no_month_and_for_no_party(team: builders.Desk) -> None:
    ref = builders.published(team)
    first = builders.row(ref).first_seq
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(summary="a store"), reason="Its words name a child.")
    redactions.second_redaction(team.leads[1], asked(team, ref, Named(first, "facts")), reason="I have read it.")
    told = page()
    assert (told.months, told.parties, told.undated.total) == ((), (), Figure(1, 3, 5))


# --- streams and cost ---------------------------------------------------------------------------------------


def test_a_stream_that_is_logged_only_says_how_many_since_when_and_why(team: builders.Desk) -> None:
    builders.opened(team)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason="Too few people.")
    told = page().unassessed
    assert [(one.slug, one.mode, one.logged.number, one.reason) for one in told] == [
        (team.stream, "log-only", 1, "Too few people.")
    ]
    assert told[0].since


def test_the_pages_of_many_incidents_ask_as_many_statements_as_those_of_few(team: builders.Desk, tmp_path: Path) -> None:
    wanted = Wanted(grades=("fair", "confirmed", "weak"))
    twin(team, tmp_path, TWIN[:1])
    page(), query.behind_page(wanted)
    with statements_sent() as few:
        page(), query.behind_page(wanted)
    twin(team, tmp_path)
    with statements_sent() as many:
        told = page()
        query.behind_page(wanted)
    assert len(many) == len(few) > 0
    assert told.altogether.all_grades.incidents == 8
    assert not any("FROM record_entry" in one and "LIMIT" not in one for one in many)


# --- the published file -------------------------------------------------------------------------------------

THE_COALITION, THE_RUSSIANS = NAMES.key(COALITION), NAMES.key(RUSSIA)
TOLD = "2017-03"


def assert_the_story_of_march_2017(coalition: Iterable[Month], russians: Iterable[Month]) -> None:
    """The record month that the issue names: Confirmed + Fair, and all grades beside it."""
    told = {one.month: one for one in coalition}
    month = told[TOLD]
    assert (month.total.incidents, month.total.fewest, month.total.most) == (52, 320, 829)
    assert (month.all_grades.incidents, month.all_grades.fewest, month.all_grades.most) == (108, 488, 1_067)
    for measure in ("incidents", "fewest", "most"):
        assert all(getattr(one.total, measure) < getattr(month.total, measure) for name, one in told.items() if name < TOLD)
    assert {one.measure for one in month.passed} == {"incidents", "fewest", "most"}
    other = {one.month: one for one in russians}[TOLD]
    assert (other.all_grades.incidents, other.contested) == (116, Share(57, 116))


def test_the_rules_tell_the_story_of_march_2017_from_the_published_file(team: builders.Desk) -> None:
    with gzip.open(real_file(team.app, "incidents.csv.gz"), "rt", encoding="utf-8-sig") as content:
        readings = [reading.read(row) for row in csv.DictReader(content)]
    cells = counted(
        Counted(
            month_of(one.facts.date),
            NAMES.named((party.name, party.role) for party in one.facts.parties),
            one.grade,
            True,
            one.facts.civilians.killed,
        )
        for one in readings
        if one.grade
    )
    assert_the_story_of_march_2017(months(cells, THE_COALITION), months(cells, THE_RUSSIANS))


def test_the_record_of_march_2017_comes_out_of_its_import(team: builders.Desk, tmp_path: Path) -> None:
    with gzip.open(real_file(team.app, "incidents.csv.gz"), "rt", encoding="utf-8-sig") as content:
        lines = csv.DictReader(content)
        rows = [line for line in lines if line["date"].startswith(TOLD)]
    path = tmp_path / "march.csv"
    path.write_bytes(table(rows, list(lines.fieldnames or ())))
    imports.import_incidents(team.admin, path, tell=lambda _report: None)
    month = page(THE_COALITION).months[0]
    assert (month.total.incidents, month.total.fewest, month.total.most) == (52, 320, 829)
    assert (month.all_grades.incidents, month.all_grades.fewest, month.all_grades.most) == (108, 488, 1_067)
    assert month.legacy == month.total
    other = page(THE_RUSSIANS).months[0]
    assert (other.all_grades.incidents, other.contested) == (116, Share(57, 116))
    assert len(walked(Wanted(THE_RUSSIANS, TOLD, ("contested",)))) == 57


@pytest.mark.soak
def test_all_of_the_published_file_makes_march_2017_a_record(team: builders.Desk) -> None:
    imports.import_incidents(team.admin, real_file(team.app, "incidents.csv.gz"), tell=lambda _report: None)
    coalition, russians = page(THE_COALITION), page(THE_RUSSIANS)
    assert_the_story_of_march_2017(coalition.months, russians.months)
    assert coalition.party is not None
    assert coalition.party.name == COALITION
