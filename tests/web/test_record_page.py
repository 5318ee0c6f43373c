"""The record's page: every number leads to its list, which has as many incidents."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from flask import Flask

from tests import builders
from tests.actions.test_record import KARSIA, TARN, twin

LINK = re.compile(r'<a href="(/record/incidents[^"]*)">(\d+)</a>')


@pytest.fixture
def team(desk: Flask) -> builders.Desk:
    return builders.desk(desk)


def read(team: builders.Desk, path: str) -> str:
    answer = team.app.test_client().get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("party", ["", KARSIA, TARN])
@pytest.mark.parametrize("grades", ["", "&grade=contested&grade=weak"])
def test_every_number_leads_to_a_list_of_as_many(team: builders.Desk, tmp_path: Path, party: str, grades: str) -> None:
    twin(team, tmp_path)
    links = LINK.findall(read(team, f"/record?party={party}{grades}"))
    assert links
    for path, number in links:
        assert read(team, unescape(path)).count("record-name") == int(number), path


def test_the_page_says_which_grades_it_adds_up_and_which_month_is_a_record(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    page = read(team, f"/record?party={KARSIA}")
    assert "Confirmed, Fair" in page
    assert "10–13" in page
    assert "most: passed 9 of 2031-01" in page
    assert "1 of 3 (33 %)" in page
    assert page.count('class="c-confirmed"') == 1


def test_an_empty_record_says_so(team: builders.Desk) -> None:
    assert "Nothing is counted yet" in read(team, "/record")
