"""The import pages: upload, preview, columns, report with counts that lead to lists; what is malformed gets a sentence."""

from __future__ import annotations

import gzip
import re
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from review.actions import import_runs
from review.forms.imports import field_of
from tests import builders, trail
from tests.actions.test_imports import DIRT, PLAIN, rows, table
from tests.web.sitting import Browser, sitting


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def admin(team: builders.Desk) -> Browser:
    return sitting(team.app, team.admin)


def upload(admin: Browser, content: bytes, filename: str = "incidents.csv") -> TestResponse:
    return admin.post("/desk/import", data={"file": (BytesIO(content), filename)})


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def test_a_file_is_looked_at_started_and_reported(team: builders.Desk, admin: Browser) -> None:
    sent = upload(admin, gzip.compress(table([*rows(), {**PLAIN, "code": "", "url": ""}])), "some.csv.gz")
    assert sent.status_code == 303
    draft = text(admin.get(sent.location))
    assert "KV002" in draft and "The point lies nowhere on Earth" in draft
    before = trail.size()
    assert admin.post(f"{sent.location}/start", data=chosen(draft)).status_code == 303
    waiting = admin.get(sent.location)
    assert waiting.headers["Refresh"] == "3"
    assert f"0 of {len(DIRT) + 1} rows are done" in text(waiting)
    assert trail.size() == before
    builders.work()
    done = admin.get(sent.location)
    assert "Refresh" not in done.headers
    links = dict(re.findall(r'<a href="([^"]+/rows[^"]*)">(\d+)', text(done)))
    noted = sum(bool(notes) for _changes, notes in DIRT)
    assert {link.rpartition("=")[2]: int(number) for link, number in links.items()} == {
        "imported": len(DIRT), "noted": noted, "refused": 1,
    }  # fmt: skip


def chosen(page: str) -> dict[str, str]:
    """The form of a draft as a browser would send it untouched."""
    found = {"kind": "incidents", "theatre": "unsorted"}
    for name, options in re.findall(r'<select id="[^"]*" name="(column-[^"]*)">(.*?)</select>', page):
        value = re.search(r'value="(\d+)" selected', options)
        found[name] = value[1] if value else ""
    return found


def test_the_lists_name_each_row_and_lead_to_its_incident(team: builders.Desk, admin: Browser) -> None:
    place = upload(admin, table([*rows(), {**PLAIN, "code": "", "url": ""}])).location
    admin.post(f"{place}/start", data=chosen(text(admin.get(place))))
    builders.work()
    imported = text(admin.get(f"{place}/rows?outcome=imported"))
    assert '<a href="/desk/incidents/KV000">' in imported
    assert "The row has neither a code nor a URL." in text(admin.get(f"{place}/rows?outcome=refused"))
    assert "(children killed)" in text(admin.get(f"{place}/rows?outcome=noted"))
    assert "No row of this file met this end" in text(admin.get(f"{place}/rows?outcome=changed"))
    assert admin.get(f"{place}/rows?outcome=nonsense").status_code == 404
    assert "KV000" not in text(admin.get(f"{place}/rows?outcome=imported&after=5"))


def test_foreign_columns_are_chosen_from_lists(team: builders.Desk, admin: Browser) -> None:
    foreign = b"Ref,When it was,Link\r\nKV7,2031-03-01,https://record.example/7\r\n"
    place = upload(admin, foreign).location
    begun = {"kind": "incidents", "theatre": "Velmar"}
    refused = admin.post(f"{place}/start", data=begun)
    assert refused.status_code == 422 and "names neither a code nor a url" in text(refused)
    named = {**begun, field_of("code"): "0", field_of("date"): "1", field_of("url"): "2"}
    assert admin.post(f"{place}/columns", data=named).status_code == 303
    page = text(admin.get(place))
    assert "1 March 2031" in page
    assert chosen(page)[field_of("date")] == "1"
    assert admin.post(f"{place}/start", data=named).status_code == 303
    builders.work()
    assert trail.dossier("KV7").facts.date == "2031-03-01"


def test_the_other_kind_of_row_has_other_columns(team: builders.Desk, admin: Browser) -> None:
    place = upload(admin, table(rows()[:1])).location
    admin.post(f"{place}/columns", data={"kind": "sources", "theatre": "unsorted"})
    assert field_of("incident_code") in text(admin.get(place))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"", "empty"),
        (b"code,url\r\n", "no rows"),
        (gzip.compress(table(rows()))[:-200], "cut short"),
        (b"code,url\r\nKV1,caf\xe9\r\n", "UTF-8"),
        (b"code,url\r\nKV1\0,x\r\n", "NUL"),
        (b'code,url\r\n"' + b"x" * 300_000 + b'",y\r\n', "longer than"),
        (b"," * 200_000 + b"\r\n", "columns"),
    ],
    ids=["empty", "header alone", "cut", "encoding", "nul", "cell", "columns"],
)
def test_a_malformed_file_gets_one_sentence(team: builders.Desk, admin: Browser, content: bytes, named: str) -> None:
    before = trail.size()
    refused = upload(admin, content)
    assert refused.status_code == 422
    assert named in text(refused) and "Nothing was imported." in text(refused)
    assert trail.size() == before
    assert "None yet" in text(admin.get("/desk/import"))


def test_no_file_is_a_sentence(admin: Browser) -> None:
    refused = admin.post("/desk/import", data={})
    assert refused.status_code == 422 and "Choose a CSV file" in text(refused)


def test_a_file_thrown_away_is_nothing_any_more(team: builders.Desk, admin: Browser) -> None:
    place = upload(admin, table(rows())).location
    assert admin.post(f"{place}/discard").status_code == 303
    assert admin.get(place).status_code == 404


def test_a_started_file_is_no_draft_any_more(team: builders.Desk, admin: Browser) -> None:
    place = upload(admin, table(rows())).location
    import_runs.start(team.admin, place.rpartition("/")[2])
    assert admin.post(f"{place}/columns", data={"kind": "incidents"}).status_code == 404
    assert admin.get(place).status_code == 200


def test_others_are_stopped(team: builders.Desk, admin: Browser) -> None:
    place = upload(admin, table(rows())).location
    lead = sitting(team.app, team.lead)
    assert [lead.get(path).status_code for path in ("/desk/import", place, f"{place}/rows")] == [403, 403, 403]
    assert lead.post(f"{place}/start").status_code == 403
    assert admin.get(place).status_code == 200
