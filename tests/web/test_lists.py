"""Lists: views that one saves, what a list shows as a table to take away, and counts that equal the list they lead to."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from io import StringIO

import pytest

from review.actions import approvals, claims, incidents, restrictions
from review.extensions import db
from review.models import Incident, session
from review.queries.incidents import Filters, incident_list
from review.queries.listed import as_csv, incidents_listed
from review.queries.mapped import Placed, mapped_list, mapped_public
from review.rules.errors import Forbidden
from review.rules.facts import Place
from review.rules.points import reach
from review.views.mapping import overview
from review.views.marking import found
from tests import builders
from tests.web.sitting import Browser, browser, sitting

COUNTED = re.compile(r'<a href="([^"]+)"[^>]*>(?:(?!</a>).)*?<span class="(?:count|num)">\s*(\d+)\s*(\+?)', re.DOTALL)
# What one line of a list is, by the address of the list.
LINES: dict[str, re.Pattern[str]] = {
    "/desk/waiting": re.compile(r'<th scope="row"><a href="[^"]*"><bdi class="code">'),
    "/desk/claims": re.compile(r'<li><a href="/desk/claims/'),
    "/desk/inbox": re.compile(r'<button[^>]* value="read"'),
    "/history": re.compile(r'<li id="e\d+"'),
}


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def busy(team: builders.Desk) -> builders.Desk:
    """Something at every stage."""
    builders.disputed(team, builders.with_sources(team, builders.opened(team, codes=("NJ118",))))
    builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=("KV371",))))
    builders.round_opened(team, builders.with_sources(team, builders.opened(team, codes=("KV412",))))
    waiting = builders.received(team)
    repeated = builders.received(team, "The same store once more.")
    claims.duplicate_claim(team.reviewers[0], repeated, of=waiting, reason="Word for word.")
    builders.received(team, "A bakery at Dar Mezin.")
    return team


def text(client: Browser, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def lines_at(path: str) -> re.Pattern[str]:
    return next(found for part, found in LINES.items() if part in path)


def test_every_count_leads_to_a_list_of_that_many(busy: builders.Desk) -> None:
    pages = ["/desk", "/desk/waiting", "/desk/claims", "/desk/inbox", "/desk/incidents/KV371/history"]
    wrong, walked = [], set()
    for actor in (busy.lead, busy.voters[0]):
        client = sitting(busy.app, actor)
        for page in pages:
            if actor.role != "lead" and page == "/desk/waiting":
                continue
            for href, count, more in COUNTED.findall(text(client, page)):
                address = unescape(href)
                shown = len(lines_at(address).findall(text(client, address)))
                walked.add(next(part for part in LINES if part in address))
                if shown != int(count) and not more:
                    wrong.append(f"{actor.role} {page}: {count} at {address}, which shows {shown}")
    assert wrong == []
    assert walked == set(LINES)


def test_a_view_is_kept_under_a_name_and_led_to(busy: builders.Desk) -> None:
    mine = sitting(busy.app, busy.lead)
    assert "Save this view" not in text(mine, "/desk/incidents")
    assert "Save this view" in text(mine, "/desk/incidents?stage=grading")
    form = {"place": "incidents", "name": "In grading", "f-stage": "grading"}
    answer = mine.post("/desk/views", data=form)
    assert (answer.status_code, answer.location) == (303, "/desk/incidents?stage=grading")
    page = text(mine, "/desk/incidents")
    assert '<a href="/desk/incidents?stage=grading"><bdi>In grading</bdi></a>' in page
    assert "In grading" not in text(sitting(busy.app, busy.voters[0]), "/desk/incidents")
    forget = re.search(r'action="(/desk/views/\d+/forget)"', text(mine, "/desk/incidents?stage=grading"))
    assert forget
    sitting(busy.app, busy.voters[0]).post(forget[1])
    assert "In grading" in text(mine, "/desk/incidents")
    mine.post(forget[1], data={"back": "/desk/incidents"})
    assert "The view is forgotten." in text(mine, "/desk/incidents")
    assert "<bdi>In grading</bdi>" not in text(mine, "/desk/incidents")


def test_a_view_of_claims_keeps_the_words_that_were_looked_for(busy: builders.Desk) -> None:
    mine = sitting(busy.app, busy.lead)
    page = text(mine, "/desk/claims?q=bakery")
    kept = dict(re.findall(r'name="f-(\w+)" value="([^"]*)"', page))
    answer = mine.post("/desk/views", data={"place": "claims", "name": "Bakeries", **{f"f-{name}": kept[name] for name in kept}})
    assert answer.location == "/desk/claims?q=bakery"
    assert "A bakery at Dar Mezin." in text(mine, answer.location)
    assert "Forget the view" in text(mine, answer.location)


@pytest.mark.parametrize("form", [{"place": "incidents", "name": ""}, {"place": "claims", "name": "x" * 81}])
def test_a_view_without_a_fitting_name_is_not_kept(team: builders.Desk, form: dict[str, str]) -> None:
    mine = sitting(team.app, team.lead)
    answer = mine.post("/desk/views", data={**form, "f-stage": "grouped"})
    assert answer.location.endswith("?stage=grouped")
    assert "Save this view" in text(mine, answer.location)


@pytest.mark.parametrize("name", ["endpoint", "_external", "_scheme", "_anchor", "view", "before"])
def test_a_view_holds_the_filters_of_its_list_and_nothing_else(team: builders.Desk, name: str) -> None:
    mine = sitting(team.app, team.lead)
    answer = mine.post("/desk/views", data={"place": "incidents", "name": "A", "f-stage": "grading", f"f-{name}": "javascript"})
    assert answer.location == "/desk/incidents?stage=grading"
    assert '<a href="/desk/incidents?stage=grading"><bdi>A</bdi></a>' in text(mine, "/desk/incidents")


def test_a_view_is_kept_whole_or_not_at_all(team: builders.Desk) -> None:
    mine = sitting(team.app, team.lead)
    answer = mine.post("/desk/views", data={"place": "incidents", "name": "Long", "f-q": "مرج" * 60})
    assert "What is looked for here is too long to be kept." in text(mine, answer.location)
    assert "<bdi>Long</bdi>" not in text(mine, "/desk/incidents")


def test_a_view_of_no_list_is_nothing(team: builders.Desk) -> None:
    assert sitting(team.app, team.lead).post("/desk/views", data={"place": "//x", "name": "A"}).status_code == 404


def test_what_is_taken_away_is_what_the_list_shows(busy: builders.Desk) -> None:
    lead = sitting(busy.app, busy.lead)
    page = text(lead, "/desk/incidents?stage=grading")
    assert 'href="/desk/incidents.csv?stage=grading"' in page
    table = lead.get("/desk/incidents.csv?stage=grading")
    rows = list(csv.DictReader(StringIO(table.get_data().decode("utf-8-sig"))))
    assert table.headers["Content-Disposition"] == 'attachment; filename="incidents.csv"'
    assert [row["code"] for row in rows] == ["KV412"]
    told = json.loads(lead.get("/desk/incidents.json").get_data())
    assert [one["code"] for one in told] == ["KV412", "KV371", "NJ118"]
    assert told[0]["published_grade"] is None


def test_what_is_taken_away_goes_over_every_page_and_holds_no_hidden_incident(
    busy: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = builders.with_sources(busy, builders.opened(busy, codes=("KV999",)))
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(Incident.__table__.update().where(Incident.name == hidden).values(restricted=True))
    monkeypatch.setattr("review.queries.incidents.SIZE", 1)
    assert [row["code"] for row in incidents_listed(busy.lead, Filters())] == ["KV412", "KV371", "NJ118"]


def test_a_list_too_long_for_one_table_is_not_cut_off_unsaid(
    busy: builders.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.queries.incidents.SIZE", 1)
    monkeypatch.setattr("review.queries.listed.MOST", 3)
    lead = sitting(busy.app, busy.lead)
    assert len(json.loads(lead.get("/desk/incidents.json").get_data())) == 3
    monkeypatch.setattr("review.queries.listed.MOST", 2)
    answer = lead.get("/desk/incidents.json")
    assert answer.status_code == 422
    assert "This list holds more than 2 incidents" in answer.get_data(as_text=True)


def test_what_only_a_few_are_shown_is_marked_in_what_they_take_away(busy: builders.Desk) -> None:
    name = restrictions.restrict_incident(busy.lead, "NJ118", people=[], reason="A source is at risk.")
    taken = incidents_listed(busy.lead, Filters())
    assert {row["ref"]: row["restricted"] for row in taken} == {"KV412": False, "KV371": False, name: True}
    assert "restricted" in as_csv(taken).splitlines()[0].split(",")


def test_what_is_taken_away_tells_nothing_of_an_open_round(busy: builders.Desk) -> None:
    lead = sitting(busy.app, busy.lead)
    before = lead.get("/desk/incidents.csv").get_data()
    ref = Incident.__table__
    name = session.scalar(ref.select().with_only_columns(ref.c.name).where(ref.c.code == "KV412"))
    for actor in busy.voters[:2]:
        builders.cast(actor, name, 1)
    assert lead.get("/desk/incidents.csv").get_data() == before


def test_a_reviewer_takes_no_list_away(busy: builders.Desk) -> None:
    with pytest.raises(Forbidden):
        incidents_listed(busy.voters[0], Filters())
    assert ".csv" not in text(sitting(busy.app, busy.voters[0]), "/desk/incidents")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_of_a_table_is_run(busy: builders.Desk, title: str) -> None:
    rows: list[dict[str, str | int | bool | None]] = incidents_listed(busy.lead, Filters())
    rows[0]["title"] = title
    assert f"'{title}" in as_csv(rows)




# --- on a map -------------------------------------------------------------------------------------------------


def place(latitude: float, longitude: float, accuracy: str = "village") -> Place:
    return Place((("ar", "دار مزين"), ("en", "Dar Mezin")), None, (latitude, longitude), accuracy)


def test_a_list_is_on_a_map_with_what_has_no_place_beside_it(team: builders.Desk) -> None:
    for code, where in (
        ("KV501", place(33.12345, 41.87654)), ("KV502", place(33.12, 41.88)), ("KV503", place(35.5, 44.0)),
    ):  # fmt: skip
        builders.opened(team, codes=(code,), places=(where,))
    builders.opened(
        team, codes=("KV504",), places=(Place((("en", "Tarn"),)),), date_type="date_range", date_end="2031-03-16"
    )
    client = sitting(team.app, team.lead)
    page = text(client, "/desk/incidents?view=map&q=kv50")
    drawing = page.partition("<svg class=\"chart map\"")[2].partition("</svg>")[0]
    assert re.findall(r'<a href="([^"]+)"', drawing) == ["/desk/incidents/KV503", "#mark-2"]
    assert 'id="mark-2"' in page and "On the map: 3." in page
    without = page.partition('id="without"')[2]
    assert re.findall(r'href="/desk/incidents/(\w+)"', without) == ["KV504"]
    assert '<time datetime="2031-03-14">14 Mar 2031</time>–<time datetime="2031-03-16">16 Mar 2031</time>' in without
    assert "14 Mar 2031–16 Mar 2031" in text(client, "/desk/incidents?q=kv504")
    assert '"date_end": "2031-03-16"' in text(client, "/desk/incidents.json?q=kv504")
    assert "33.12345" not in page
    assert 'href="/desk/incidents?view=map&amp;q=kv503"' in text(client, "/desk/incidents?q=kv503")
    assert "KV501" not in text(client, "/desk/incidents?view=map&q=kv503")
    read_in_arabic = client.get("/desk/incidents?view=map&q=kv503", headers={"Accept-Language": "ar"}).text
    assert "<title>KV503 دار مزين، grain store" in read_in_arabic


def test_no_area_is_drawn_smaller_than_its_point_was_rounded() -> None:
    drawn = overview([Placed("KV501", None, None, None, None, place(33.1, 41.9, "exact")), Placed("KV502", None, None, None, None, place(33.1, 41.9, "city"))])
    assert drawn
    (mark,) = drawn.marks
    assert mark.count == 2 and mark.places == 1
    assert [metres >= reach(one.place) for one, metres in mark.incidents if one.place] == [True, True]
    assert mark.areas[1].r > mark.areas[0].r >= 4


def test_a_map_shows_the_newest_and_says_so(team: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("KV501", "KV502"):
        builders.opened(team, codes=(code,))
    assert not mapped_list(team.lead, Filters()).more
    monkeypatch.setattr("review.queries.mapped.MOST", 1)
    kept = mapped_list(team.lead, Filters())
    assert ([one.ref for one in kept.placed], kept.more) == (["KV502"], True)


def test_the_public_list_and_map_show_the_places_that_were_published(staffed: builders.Desk) -> None:
    ref = builders.published(staffed)
    approvals.reopen(staffed.lead, ref, ground="verdict", reason="S3 is new.", seen=builders.row(ref).digest)
    later = builders.facts(places=(place(35.5, 44.0),), summary="CANARY-LATER")
    incidents.describe_incident(staffed.enterer, ref, facts=later, reason="It was elsewhere.")
    (one,) = mapped_public().placed
    assert one.place and one.place.point == (33.12, 41.88)
    client = browser(staffed.app)
    for path in ("/", "/incidents", "/incidents?view=map"):
        page = text(client, path)
        assert "Marj Eluan" in page and "Dar Mezin" not in page and "CANARY-LATER" not in page, path


def test_a_map_of_nothing_is_the_empty_list(team: builders.Desk) -> None:
    assert "No incident has all of that." in text(sitting(team.app, team.lead), "/desk/incidents?view=map&q=nothing")


# --- looking for words ----------------------------------------------------------------------------------------


def test_an_incident_is_found_by_a_word_of_its_claims_in_either_script(team: builders.Desk) -> None:
    claim = claims.receive_claim(team.reviewers[0], text="قُصِفَت مدرسةُ البلدة", language="ar", translation="The schoolhouse was hit.")
    incidents.open_incident(team.enterer, stream=team.stream, facts=builders.facts(), claims=(claim,))
    builders.opened(team, codes=("KV500",), places=())
    for q in ("schoolhouse", "مدرسه", "المدرسة", "eluan schoolhouse"):
        rows = incident_list(team.lead, Filters(q=q)).rows
        assert [(row.code, row.in_claim) for row in rows] == [("KV412", True)], q
    assert incident_list(team.lead, Filters(q="tarn schoolhouse")).rows == ()
    client = sitting(team.app, team.lead)
    assert "said in a claim" in text(client, "/desk/incidents?q=schoolhouse")
    assert "KV412" in text(client, "/desk/claims?stage=grouped&q=schoolhouse")
    assert "No claim has all of that" in text(client, "/desk/claims?stage=grouped&q=bakery")


def test_what_was_looked_for_is_marked_where_it_stands() -> None:
    assert found("Marj Eluan & <b>", "ELUAN") == "Marj <mark>Eluan</mark> &amp; &lt;b&gt;"
    assert found("مَرْج إلوان", "مرج الوان") == "<mark>مَرْج</mark> <mark>إلوان</mark>"
    assert found("مـرج", "مرج") == "<mark>مـرج</mark>"
    assert found("Straße", "strass") == "<mark>Straß</mark>e"
    assert found("KV412", "") == "KV412"
