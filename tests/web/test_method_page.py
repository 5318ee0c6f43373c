"""The method page says what the code does: every name of it stands there, in both languages, and nothing that is not."""

from __future__ import annotations

import re
from html import unescape

import pytest

from review.rules import guards, method, permissions, vocabulary, workflow
from review.rules.grades import CODEBOOKS
from tests import builders
from tests.web.sitting import browser, sitting

LISTS = {
    "source_kind": vocabulary.SOURCE_KINDS,
    "source_role": vocabulary.SOURCE_ROLES,
    "reliability": vocabulary.RELIABILITY,
    "credibility": vocabulary.CREDIBILITY,
    "position": vocabulary.POSITIONS,
    "strike_status": vocabulary.STRIKE_STATUSES,
    "accuracy": vocabulary.ACCURACIES,
    "category": vocabulary.CATEGORIES,
}
OWN = "## Money\nA foundation pays, **no party** does: https://desk.example/money\n- <script>alert(1)</script>"


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


def read(team: builders.Desk, language: str = "en") -> str:
    answer = browser(team.app).get("/method", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", page))).strip()


def test_everything_that_the_code_knows_by_a_name_stands_on_the_page_once(team: builders.Desk) -> None:
    page = read(team)
    assert re.findall(r'<li id="guard-([\w-]+)">', page) == list(guards.GUARDS)
    assert re.findall(r'<tr id="right-(\w+)">', page) == list(permissions.PERMISSIONS)
    assert re.findall(r'<dt id="stage-(\w+)">', page) == list(workflow.STAGES)
    assert re.findall(r'translate="no">((?:incident|round|settlement|grade|proposal)\.\w+)</code>', page) == [
        row.event for row in workflow.TRANSITIONS
    ]
    for name, words in LISTS.items():
        found = re.search(rf'<ul class="[^"]*" data-list="{name}">(.*?)</ul>', page)
        assert found and re.findall(r"<li>(.*?)</li>", found[1]) == list(words.values()), name
    said = plain(page)
    wanted = [
        *(right.sentence for right in permissions.PERMISSIONS.values()),
        *(words for table in (method.GUARDS, method.NEEDS, method.STAGES, method.MOVES) for words in table.values()),
        *(words for book in CODEBOOKS for one in book.grades for words in (one.label, one.definition, one.condition)),
        *(words % {"hours": 72 if key in ("arguments", "second_vote") else 168} for key, words in method.RUNGS.items()),
    ]
    assert [words for words in wanted if words not in said] == []


def test_each_role_has_exactly_its_rights(team: builders.Desk) -> None:
    page, roles = read(team), ("reviewer", "lead", "admin", "auditor", "system")
    for verb, right in permissions.PERMISSIONS.items():
        row = re.search(rf'<tr id="right-{verb}">.*?</tr>', page, re.S)
        cells = re.findall(r"<td>(.*?)</td>", row[0]) if row else []
        assert cells == ["yes" if role in right.roles else "–" for role in roles], verb


def test_every_entry_of_the_contents_leads_to_a_heading(team: builders.Desk) -> None:
    page = read(team)
    contents = page[page.index('<nav class="block contents"') :].partition("</nav>")[0]
    anchors = re.findall(r'href="#([\w-]+)"', contents)
    assert set(method.AREAS) | {"organisation", "scope", "guards", "rights", "agreement", "disagreement"} <= set(anchors)
    assert [anchor for anchor in anchors if not re.search(rf'<h[234] id="{anchor}"', page)] == []
    assert [anchor for anchor in re.findall(r'href="#([\w-]+)"', page) if f'id="{anchor}"' not in page] == []


def test_the_five_areas_are_named_and_what_only_the_desk_can_say_is_asked_for(team: builders.Desk) -> None:
    said = plain(read(team))
    assert said.count("One of the five areas of a published method:") == 5
    assert said.count("This desk has not written this down yet.") == sum(one.needed for one in method.OWN) == 3
    assert "too few" in said


def test_what_the_desk_writes_stands_in_its_section_and_is_no_markup(team: builders.Desk) -> None:
    answer = sitting(team.app, team.admin).post("/desk/method", data={"organisation-en": OWN, "quality-ar": "نقرأ معًا."})
    assert answer.status_code == 303
    page = read(team)
    section = page[page.index('id="organisation"') :].partition("</section>")[0]
    assert "<h3 dir=\"auto\">Money</h3>" in section and "<strong>no party</strong>" in section
    assert "&lt;script&gt;" in section and "<script>" not in section
    assert plain(page).count("This desk has not written this down yet.") == 2
    assert '<div class="read" lang="ar">' in page  # in another language rather than not at all
    assert '<div class="read" lang="en">' in read(team, "ar")
    sitting(team.app, team.admin).post("/desk/method", data={"organisation-en": "", "quality-ar": "نقرأ معًا."})
    assert plain(read(team)).count("This desk has not written this down yet.") == 3


def test_too_long_a_text_is_said_and_kept(team: builders.Desk) -> None:
    answer = sitting(team.app, team.admin).post("/desk/method", data={"scope-en": "x" * 8_001, "scope-ar": "قصير"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "at most 8000 characters" in plain(page) and "قصير" in page
    assert plain(read(team)).count("This desk has not written this down yet.") == 3


def test_both_languages_have_every_section(team: builders.Desk) -> None:
    english, arabic = read(team), read(team, "ar")
    assert '<html lang="ar" dir="rtl">' in arabic
    assert re.findall(r'<h[1-4] id="([\w-]+)"', arabic) == re.findall(r'<h[1-4] id="([\w-]+)"', english)
