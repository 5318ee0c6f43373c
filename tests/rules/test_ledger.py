"""The ledger of official positions: what adds up, what follows, and what cannot be taken."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import ledger
from review.rules.ledger import Report, findings, judged, month_before

MARCH = Report(carried=40, received=12, credible=3, non_credible=20, duplicate=1, open=28)
FIGURE = st.integers(0, 500)
MAYBE = st.none() | FIGURE


def kinds(report: Report, before: Report | None = None) -> list[str]:
    return [one.kind for one in findings(report, before)]


@pytest.mark.parametrize(
    ("changes", "before", "found"),
    [
        ({}, None, []),
        ({}, Report(open=40), []),
        ({"open": 27}, None, ["sum"]),
        ({"duplicate": 2}, None, ["sum"]),
        ({}, Report(open=39), ["follows"]),
        ({"open": 27}, Report(open=39), ["sum", "follows"]),
        # What nobody says is compared with nothing: blank is not zero.
        ({"duplicate": None, "open": 29}, None, []),
        ({"open": None}, Report(open=40), []),
        ({"carried": None, "open": 1}, Report(open=39), []),
        ({}, Report(carried=39), []),
        # A party may give a sum below nothing; it is said, never mended.
        ({"credible": 90, "open": 0}, None, ["sum"]),
    ],
)
def test_what_does_not_add_up_or_follow_is_said(changes: dict[str, int | None], before: Report | None, found: list[str]) -> None:
    assert kinds(replace(MARCH, **changes), before) == found


def test_the_sentence_names_every_figure_it_rests_on() -> None:
    (said,) = findings(replace(MARCH, open=27), None)
    assert said.values == {"carried": 40, "received": 12, "closed": 24, "made": 28, "open": 27}
    assert said.sentence % said.values
    (said,) = findings(MARCH, Report(open=39))
    assert said.sentence % said.values == (
        "Does not follow: the month before ended with 39 open, and this one carries over 40."
    )


@pytest.mark.parametrize(("month", "before"), [("2031-03", "2031-02"), ("2031-01", "2030-12"), ("1000-10", "1000-09")])
def test_the_month_before_is_that_of_the_calendar(month: str, before: str) -> None:
    assert month_before(month) == before


def test_a_gap_in_the_months_is_compared_with_nothing() -> None:
    told = {"2031-01": Report(open=5), "2031-03": replace(MARCH, carried=40), "2031-04": Report(carried=27)}
    assert [(month, [one.kind for one in found]) for month, found in judged(told)] == [
        ("2031-01", []), ("2031-03", []), ("2031-04", ["follows"]),
    ]  # fmt: skip


@given(st.lists(st.tuples(FIGURE, FIGURE, FIGURE, FIGURE), min_size=1, max_size=14), FIGURE)
def test_months_that_each_carry_over_what_the_last_left_open_have_no_warning(
    flows: list[tuple[int, int, int, int]], began: int
) -> None:
    told, month, carried = {}, "2031-01", began
    for received, credible, non_credible, duplicate in flows:
        left = carried + received - credible - non_credible - duplicate
        told[month] = Report(carried, received, credible, non_credible, duplicate, left)
        month, carried = f"{2031 + len(told) // 12}-{len(told) % 12 + 1:02d}", left
    assert [found for _month, found in judged(told) if found] == []


@given(st.builds(Report, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE), st.none() | st.builds(Report, open=MAYBE))
def test_a_warning_is_given_exactly_where_two_known_numbers_differ(report: Report, before: Report | None) -> None:
    parts = (report.carried, report.received, report.credible, report.non_credible, report.duplicate, report.open)
    told = [part for part in parts if part is not None]
    wrong_sum = len(told) == 6 and told[0] + told[1] != sum(told[2:])
    ended = before.open if before else None
    broken = None not in (ended, report.carried) and ended != report.carried
    assert kinds(report, before) == ["sum"] * wrong_sum + ["follows"] * broken


@pytest.mark.parametrize(
    ("field", "party", "month", "report", "url"),
    [
        (None, "Karsian Air Force", "2031-03", MARCH, "https://mod-karsia.example/r/3"),
        ("party", " ", "2031-03", MARCH, "https://mod-karsia.example/r/3"),
        ("party", "K" * 201, "2031-03", MARCH, "https://mod-karsia.example/r/3"),
        ("month", "Karsian Air Force", "2031-13", MARCH, "https://mod-karsia.example/r/3"),
        ("month", "Karsian Air Force", "0000-01", MARCH, "https://mod-karsia.example/r/3"),
        ("month", "Karsian Air Force", "March", MARCH, "https://mod-karsia.example/r/3"),
        ("carried", "Karsian Air Force", "2031-03", Report(), "https://mod-karsia.example/r/3"),
        ("open", "Karsian Air Force", "2031-03", Report(open=-1), "https://mod-karsia.example/r/3"),
        ("received", "Karsian Air Force", "2031-03", Report(received=10_000_001), "https://mod-karsia.example/r/3"),
        ("url", "Karsian Air Force", "2031-03", MARCH, ""),
        ("url", "Karsian Air Force", "2031-03", MARCH, "a letter"),
    ],
)
def test_a_report_has_a_party_a_month_a_figure_and_an_address(
    field: str | None, party: str, month: str, report: Report, url: str
) -> None:
    assert list(ledger.problems(party, month, report, url)) == ([field] if field else [])


@pytest.mark.parametrize(
    ("standing", "seen", "why", "field"),
    [
        (0, 0, None, None),
        (1, 1, "Misread a 3.", None),
        (1, 0, "Misread a 3.", "month"),
        (2, 1, "Misread a 3.", "month"),
        (0, 1, "Misread a 3.", "month"),
        (1, 1, " ", "why"),
    ],
)
def test_what_stands_is_corrected_by_whoever_has_seen_it_and_says_why(
    standing: int, seen: int, why: str | None, field: str | None
) -> None:
    assert list(ledger.version_problems(standing, seen, why)) == ([field] if field else [])


def test_what_is_open_now_is_said_by_the_latest_month_that_says_so() -> None:
    assert ledger.open_now([("2031-01", Report(open=4)), ("2031-02", Report(open=9)), ("2031-03", Report())]) == 9
    assert ledger.open_now([("2031-01", Report())]) is None
