"""Words lead to the same incidents whichever way they are looked for, at once or by the index, and to none besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from review import jobs
from review.actions import claims, imports, incidents, redactions
from review.extensions import db
from review.models import Incident, IncidentCode, session
from review.models.search import BESIDE, DESK, PUBLIC, looked_up
from review.queries import found as looking
from review.queries.incidents import Filters, incident_list
from review.queries.listed import incidents_listed
from review.queries.mapped import mapped_list, mapped_public
from review.queries.public import list_page
from review.rules.folding import folded
from review.rules.permissions import SYSTEM
from review.rules.redaction import Named
from tests import builders
from tests.actions.erased import asked
from tests.actions.test_imports import COLUMNS, PLAIN, table
from tests.web.sitting import browser, sitting

PLACES = (
    "Marj Eluan", 'Tal "Sirin" 100%', "Kafr_Adun", "Wadi*Nahr (old)", "Bir Hasel 42", "Deir-Amun", "O'Rell's mill",
    "Dar Mezin\\Tarn", "Straße", "مَرْج إلوان", "مرج علوان الشرقية", "ꙮꝏꙮ",
)  # fmt: skip
QUERIES = (
    "eluan", "MARJ eluan", "eluan marj", "lua", "sirin", '"sirin"', '"', "100%", "%", "%%", "_", "r_a", "fr_adun", "*", "i*n",
    "(old)", "wadi AND nahr", "wadi nahr", "NOT nahr", "hasel 42", "4", "42", "a", "ir", "deir-amun", "-amun", "^bir", "o'rell",
    "'", "mezin\\", "\\", "/", "strasse", "strass", "مَرْجُ", "الوان", "مرج الشرقيه", "الشرقيّة", "علوان eluan", "ꙮꝏꙮ", "fw10",
    "fw1 fw2", "karsian", "karsian mill 4", "no such word", "zz", "q" * 400, "eluan " * 60, "  ", "ً", "\u202e", ":", "{", "NEAR(a b)",
)  # fmt: skip
WAYS = {"as it is": {}, "by the index": {"NEAR": 1, "FAR": 1, "HOPEFUL": 10_000}, "one by one": {"HOPEFUL": 0}}


@pytest.fixture
def desk_of_words(staffed: builders.Desk, tmp_path: Path) -> builders.Desk:
    """Incidents with their imported grades, so that both lists have them."""
    rows = [
        {**PLAIN, "code": f"FW{number}", "url": f"https://words.example/{number}", "place_en": place, "grade": "Fair"}
        for number, place in enumerate(PLACES)
    ]
    path = tmp_path / "words.csv"
    path.write_bytes(table(rows, COLUMNS))
    imports.import_incidents(SYSTEM, path)
    return staffed


def by_hand(q: str, text: Any) -> list[int]:
    """The incidents in whose text every word stands, or that bear the code, asked of each of them."""
    session.rollback()
    words = folded(q).split()[:8]
    rows = session.execute(select(Incident.id, text).where(text != "").order_by(Incident.id.desc())).all()
    return [id_ for id_, said in rows if words and all(word in said for word in words)]


def on_the_desk(team: builders.Desk, q: str) -> list[int]:
    """What the desk's list shows, page after page."""
    shown, before = [], None
    while True:
        page = incident_list(team.lead, Filters(q=q), before=before)
        shown += [row.id for row in page.rows]
        before = page.after
        if before is None:
            return shown


def in_public(q: str) -> list[int]:
    codes = dict(session.execute(select(IncidentCode.code, IncidentCode.incident_id)).all())
    page = list_page(q)
    assert page.found.number == len(page.rows)
    return [codes[row.ref] for row in page.rows]


@pytest.mark.parametrize("way", WAYS)
def test_a_list_shows_what_has_every_word(
    desk_of_words: builders.Desk, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    for name, value in WAYS[way].items():
        monkeypatch.setattr(looking, name, value)
    for q in QUERIES:
        wanted = by_hand(q, DESK.text)
        assert on_the_desk(desk_of_words, q) == wanted, q
        if folded(q) and (way != "by the index" or all(len(word) > 2 for word in folded(q).split())):
            assert in_public(q) == wanted, q


def test_no_letters_are_a_fault(desk_of_words: builders.Desk) -> None:
    desk, public = sitting(desk_of_words.app, desk_of_words.lead), browser(desk_of_words.app)
    for q in ('tal "sirin', "100%", "wadi*nahr", "NOT nahr", "a", "مَرْجُ", "q" * 400, "  ", "ً", "NEAR(a b)", "mezin\\"):
        asked = {"q": q}
        codes = [client.get(path, query_string=asked).status_code for client, path in ((desk, "/desk/incidents"), (public, "/incidents"))]
        assert codes == [200, 200], q
    assert public.get("/incidents", query_string={"q": "a\0b"}).status_code == 400


def test_filters_hold_for_what_an_index_names(desk_of_words: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "NEAR", 1)
    monkeypatch.setattr(looking, "FAR", 1)
    builders.round_opened(desk_of_words)
    assert [row.stage for row in incident_list(desk_of_words.lead, Filters(q="eluan", stage="grading")).rows] == ["grading"]
    assert incident_list(desk_of_words.lead, Filters(q="hasel", stage="grading")).rows == ()
    assert [row.grade for row in list_page("eluan", grade="fair").rows] == ["fair"] * len(by_hand("eluan", PUBLIC.text))
    assert list_page("eluan", grade="weak").rows == ()
    assert mapped_list(desk_of_words.lead, Filters(q="hasel")).shown == mapped_public("hasel").shown == 1


def test_the_words_of_an_index_follow_the_facts(team: builders.Desk, indexes: None) -> None:
    claim = claims.receive_claim(team.reviewers[0], text="The schoolhouse of Tarn was hit.", language="en")
    ref = incidents.open_incident(team.enterer, stream=team.stream, facts=builders.facts(), claims=(claim,))
    assert [len(on_the_desk(team, q)) for q in ("grain", "schoolhouse grain", "mill", "schoolhouse mill")] == [1, 1, 0, 0]
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(summary="a mill"), reason="A witness says so.")
    assert [len(on_the_desk(team, q)) for q in ("grain", "schoolhouse grain", "mill", "schoolhouse mill")] == [0, 0, 1, 1]


@pytest.fixture
def team(staffed: builders.Desk) -> builders.Desk:
    return staffed


@pytest.fixture
def indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is looked through but the newest incident."""
    for name, value in WAYS["by the index"].items():
        monkeypatch.setattr(looking, name, value)


# --- as far as was looked -------------------------------------------------------------------------------------


def test_short_words_are_looked_for_in_the_newest_first_and_the_list_goes_on(
    desk_of_words: builders.Desk, indexes: None
) -> None:
    """Kafr_Adun and Straße have no 42: page after page goes back one incident, and loses none."""
    first = incident_list(desk_of_words.lead, Filters(q="42"))
    assert (first.rows, first.cut, first.after is None) == ((), True, False)
    assert on_the_desk(desk_of_words, "42") == by_hand("42", DESK.text) != []
    listed = incidents_listed(desk_of_words.admin, Filters(q="42"))
    assert [row["title"] for row in listed] == ["Bir Hasel 42"]
    assert mapped_list(desk_of_words.lead, Filters(q="42")).more
    page = list_page("42")
    assert (page.rows, page.cut, page.found.more) == ((), True, True)
    public, desk = browser(desk_of_words.app), sitting(desk_of_words.app, desk_of_words.lead)
    for client, path in ((desk, "/desk/incidents"), (public, "/incidents")):
        words = client.get(path, query_string={"q": "42"}).get_data(as_text=True)
        assert "looks further back" in words and 'rel="next"' in words
        assert "looks further back" not in client.get(path, query_string={"q": "hasel"}).get_data(as_text=True)


def test_what_a_page_cannot_count_it_says_so(desk_of_words: builders.Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "FAR", 5)
    page = list_page("karsian", most=3)
    assert (len(page.rows), page.found.number, page.found.more) == (3, 5, True)
    monkeypatch.setattr(looking, "FAR", len(PLACES))
    page = list_page("karsian", most=3)
    assert (page.found.number, page.found.more) == (len(PLACES), False)
    monkeypatch.setattr("review.queries.public.COUNTED", 5)
    assert "at least 5 published" in browser(desk_of_words.app).get("/incidents?q=karsian").get_data(as_text=True)


# --- the index ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("looked, index", [(DESK, "incident_words"), (PUBLIC, "public_words")])
def test_a_rare_word_is_looked_up_and_no_table_walked(desk: Flask, engine_name: str, looked: Any, index: str) -> None:
    session.rollback()
    connection = session.connection()
    statement = looked_up(engine_name, looked, ["hasel"], None).where(looked.text.contains("hasel", autoescape=True))
    sql = statement.limit(51).compile(connection, compile_kwargs={"literal_binds": True})
    if engine_name == "sqlite":
        plan = "\n".join(row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
        assert f"SCAN {index} VIRTUAL TABLE" in plan and "SEARCH incident USING INTEGER PRIMARY KEY" in plan
        assert "TEMP B-TREE" not in plan
    else:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {sql}"))
        assert f"Bitmap Index Scan on ix_{index}" in plan and "pk_incident" not in plan
    session.rollback()


def pieces(word: str) -> int:
    """How many parts of the desk's index hold the letters of a word, whether it says they are there or not."""
    session.rollback()
    statement = text("SELECT count(*) FROM incident_words_data WHERE instr(block, :word) > 0")
    return int(session.execute(statement, {"word": word.encode()}).scalar_one())


def test_the_pieces_of_words_that_were_removed_leave_the_index(team: builders.Desk, engine_name: str) -> None:
    """PostgreSQL writes the table anew and its indexes with it: tests/keeping/test_bytes_gone.py."""
    if engine_name == "postgresql":
        return
    ref = builders.opened(team, summary="a ꙮꝏꙮ word")
    incidents.describe_incident(team.enterer, ref, facts=builders.facts(), reason="Without it.")
    assert on_the_desk(team, "ꙮꝏꙮ") == []
    assert pieces("ꝏꙮ") > 0
    asked_for = asked(team, ref, Named(builders.row(ref).first_seq or 0, "facts"))
    redactions.second_redaction(team.leads[1], asked_for, reason="I have read it.")
    jobs.run_due()
    assert pieces("ꝏꙮ") == 0
    assert len(on_the_desk(team, "grain store")) == 1
    for index in BESIDE:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(f"INSERT INTO {index} ({index}, rank) VALUES ('integrity-check', 1)")
