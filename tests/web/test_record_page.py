"""The record's page: every number leads to its list and equals it, and what is counted is always said."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from review.actions import streams
from tests import builders
from tests.actions.test_record import KARSIA, TARN, twin
from tests.web.sitting import browser, sitting

LIST = re.compile(r'<a href="(/record/incidents[^"]*)">(?:(\d+)|<bdi class="range">(\d+)–(\d+)</bdi>)</a>')
HEAD = re.compile(r"<strong>(\d+) published incidents</strong>(?:, <bdi class=\"range\">(\d+)–(\d+)</bdi>)?")
KILLED = re.compile(r'<p class="record-range">(?:<bdi[^>]*>|<span[^>]*>)*(\d+)(?:–(\d+))?|<p class="record-range">(killed: not known)')
MONTH = "March 2031"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def read(team: builders.Desk, path: str, code: int = 200, language: str = "en") -> str:
    answer = browser(team.app).get(path, headers={"Accept-Language": language})
    assert answer.status_code == code, path
    return answer.get_data(as_text=True)


def listed(page: str) -> tuple[int, int, int]:
    """What the rows of a list amount to: incidents, fewest and most."""
    lines = KILLED.findall(page)
    known = [(int(low), int(high or low)) for low, high, unknown in lines if not unknown]
    return len(lines), sum(low for low, _high in known), sum(high for _low, high in known)


def test_every_number_equals_the_list_to_which_it_leads(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    builders.published(team)
    lists: dict[str, str] = {}
    for party, grades in (("", ""), (KARSIA, "&grade=contested&grade=weak"), (TARN, "")):
        for path, number, low, high in LIST.findall(read(team, f"/record?party={party}{grades}")):
            page = lists[path] = lists.get(path) or read(team, unescape(path))
            incidents, fewest, most = listed(page)
            head = HEAD.search(page)
            assert head is not None, path
            assert int(head[1]) == incidents == page.count("record-name")
            if number:
                assert int(number) == incidents, path
            else:
                assert (int(low), int(high or low)) == (fewest, most) == (int(head[2]), int(head[3] or head[2])), path
    for part in ("only=imported", "only=reviewed", "only=unknown", "month=undated", "month=2031-02"):
        assert any(part in path for path in lists), part
    assert any("month=" not in path for path in lists)  # altogether


def test_the_page_says_what_it_counts_and_which_month_is_a_record(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    page = read(team, f"/record?party={KARSIA}")
    assert "<strong>Confirmed, Fair</strong>" in page
    assert "<title>Karsian Air Force: the record by month" in page
    assert "10–13" in page
    assert page.count('<bdi class="range">9–9</bdi>') >= 2 and '<bdi class="range">9</bdi>' not in page  # also a point
    assert "March 2031: 13 killed at the most, more than any earlier month since January 2031; before it 9 in January 2031." in page
    assert f'<time datetime="2031-03">{MONTH}</time>' in page
    assert re.search(r"33\s%", page)  # one of three is contested
    assert page.count('class="c-confirmed"') == 2  # the killed, and the incidents
    assert "Also written: <bdi>Karsian Air-Force</bdi> · <bdi>karsian air force</bdi>" in page
    assert "parties do not add up" in page and "in which it starts" in page
    assert "was only said to be the target is not counted" in page
    chosen = read(team, f"/record?party={KARSIA}&grade=contested&grade=weak&grade=none-such")
    assert "<strong>Weak, Contested</strong>" in chosen
    assert re.findall(r'value="(\w+)" checked', chosen) == ["weak", "contested"]
    assert "مارس" in read(team, "/record", language="ar")


def test_a_party_that_nobody_names_is_not_in_the_record(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    page = read(team, "/record?party=Nobody%20%3Cb%3E", 404)
    assert "<title>Nobody &lt;b&gt;: not in the record" in page
    assert "No published incident names this party." in page
    assert f"party={KARSIA}".replace(" ", "+") in page or f"party={KARSIA}".replace(" ", "%20") in page
    assert "Karsian Air Force" in read(team, "/record?party=KARSIAN%20air-force")  # any spelling leads there
    assert read(team, "/record/incidents?only=wrong", 404)
    assert read(team, "/record/incidents?month=2031-13", 404)
    assert read(team, "/record/incidents?month=0000-03", 404)
    assert read(team, "/record/incidents?month=0031-03&before=0031-03.7")  # a year that somebody mistyped has a list too
    assert "Nothing is counted here" in read(team, "/record/incidents?month=1031-12&before=1.x")
    assert "Nothing is counted here" in read(team, "/record/map?party=nobody")


def test_the_list_on_a_map_says_the_same_in_words(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    page = read(team, "/record/map?month=2031-03")
    assert "<strong>3 published incidents</strong>" in page
    assert page.count('href="/incidents/KV') >= 3


def test_an_empty_record_says_so_and_what_is_logged_and_not_assessed(team: builders.Desk) -> None:
    builders.opened(team)
    streams.switch_stream(team.lead, team.stream, mode="log-only", reason="Too few people.")
    page = read(team, "/record")
    assert "Nothing is counted yet" in page
    assert "1 logged, not assessed." in page and "Too few people." in page and "since" in page


def test_the_table_of_names_is_kept_by_an_admin_and_read_by_a_lead(team: builders.Desk, tmp_path: Path) -> None:
    twin(team, tmp_path)
    admin, lead = (sitting(team.app, actor) for actor in (team.admin, team.lead))
    typed = {"alias": "Tarn Brigades", "name": "Karsian Air Force", "reason": ""}
    answer = admin.post("/desk/parties", data=typed)
    assert answer.status_code == 422 and 'value="Tarn Brigades"' in answer.text
    assert admin.post("/desk/parties", data={**typed, "reason": "One command."}).status_code == 303
    page = lead.get("/desk/parties").text
    assert "One command." in page and "Tamsin Orrel" in page and "Withdraw the alias" not in page
    assert "Karsian Air Force" in read(team, f"/record?party={TARN}")
    assert admin.post("/desk/parties/1/withdraw", data={"reason": " "}).status_code == 422
    assert admin.post("/desk/parties/1/withdraw", data={"reason": "They are two."}).status_code == 303
    page = lead.get("/desk/parties").text
    assert "They are two." in page and "meant" in page
    assert admin.post("/desk/parties/9/withdraw", data={"reason": "Why not."}).status_code == 404
