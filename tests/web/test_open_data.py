"""The open data: every file is what the public may read, row by row, and nothing unpublished moves a byte of it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass

import pytest
from flask import Flask

from review.actions import approvals, exits, incidents, restrictions, rounds, sources
from review.queries.public import list_page
from review.queries.record import whole
from review.rules.dossier import Ballot
from review.rules.facts import Casualties, Party, Place, Range
from review.rules.open_data import COLUMNS, RECORD_COLUMNS, Determined
from tests import builders
from tests.staffing import Filling
from tests.web.sitting import Browser, browser, masked

FILES = ("determinations.jsonl", "determinations.csv", "determinations.geojson", "record.jsonl", "record.csv")
RUN = "=HYPERLINK(1)"


@dataclass(frozen=True)
class Told:
    """Incidents of every kind that the files tell, and one that they must not."""

    twice: str  # two versions
    withdrawn: str
    hidden: str  # restricted
    secret: str  # not published


def _told(team: builders.Desk, _time: object) -> Told:
    twice = builders.published(team)
    approvals.reopen(team.lead, twice, ground="verdict", reason="A second witness.", seen=builders.row(twice).digest)
    far = Place((("en", "Sell"),), "Eluan plain", (33.1, 41.9), "city")
    changed = builders.facts(
        summary="grain store, two houses and a school", strike_status="contested",
        places=(*builders.facts().places, far), parties=(Party(RUN), Party("Tarn", role="targeted")),
    )  # fmt: skip
    incidents.describe_incident(team.enterer, twice, facts=changed, reason="S3 says so.")
    _again(team, twice)
    withdrawn = _published(team, "KV600")
    exits.withdraw_incident(team.lead, withdrawn, reason="It was another day.")
    hidden = _published(team, "KV700")
    restrictions.restrict_incident(team.lead, hidden, people=[], reason="A family is in danger.")
    secret = builders.with_sources(team, builders.opened(team, codes=("KV800",), summary="canarysecret"))
    return Told(twice, withdrawn, hidden, secret)


def _again(team: builders.Desk, ref: str) -> None:
    number = rounds.open_round(team.lead, ref, reviewers=[one.person for one in team.voters if one.person])
    builders.cast_all(team, ref, number, "contested", "contested", "contested")
    builders.work()
    builders.approved(team, ref, by=team.leads[1])


def _published(team: builders.Desk, code: str) -> str:
    ref = builders.agreed(team, builders.with_sources(team, builders.opened(team, codes=(code,))))
    builders.approved(team, ref)
    return ref


@pytest.fixture
def filling() -> Filling:
    return _told


@pytest.fixture
def told(filled: Told) -> Told:
    return filled


@pytest.fixture
def anybody(desk: Flask) -> Browser:
    return browser(desk)


def taken(anybody: Browser, name: str) -> str:
    answer = anybody.get(f"/data/{name}")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers, name
    return answer.get_data(as_text=True)


def rows(anybody: Browser) -> list[dict]:
    return [json.loads(line) for line in taken(anybody, "determinations.jsonl").splitlines()]


def test_every_file_tells_what_the_public_list_does(told: Told, anybody: Browser) -> None:
    found = rows(anybody)
    assert [(row["incident"], row["version"], row["standing"], row["exit"]) for row in found] == [
        (told.twice, 1, False, None), (told.twice, 2, True, None), (told.withdrawn, 1, True, "withdrawn"),
    ]  # fmt: skip
    listed = list_page().rows
    standing = [row for row in found if row["standing"] and row["exit"] is None]
    assert [(one.grade, one.casualties.killed) for one in listed] == [
        (row["grade"], Range(row["killed_min"], row["killed_max"])) for row in standing
    ]
    page = anybody.get(found[0]["path"]).get_data(as_text=True)
    assert found[0]["leaf"] in page and found[0]["id"] in page
    first, second = found[0], found[1]
    assert (first["kind"], first["grade"], first["strike_status"]) == ("first", "fair", "likely")
    assert (second["kind"], second["grade"], second["strike_status"]) == ("verdict", "contested", "contested")
    assert first["summary"] != second["summary"] and first["further_places"] == []
    assert second["parties"] == [RUN, "Tarn"] and second["party_roles"] == ["suspected", "targeted"]
    # Each point no closer than its accuracy bears.
    assert (first["latitude"], first["longitude"], first["accuracy"]) == (33.12, 41.88, "neighbourhood")
    for name in FILES:
        for word in ("canarysecret", "KV800", "KV700", told.hidden, told.secret, "33.12345"):
            assert word not in taken(anybody, name), (name, word)


def test_the_table_and_the_map_hold_the_same_rows(told: Told, anybody: Browser) -> None:
    found = rows(anybody)
    text = taken(anybody, "determinations.csv")
    assert text.startswith("\ufeff")
    table = list(csv.DictReader(io.StringIO(text[1:])))
    assert [row["id"] for row in table] == [row["id"] for row in found]
    assert list(table[0]) == [column.name for column in COLUMNS] == list(Determined._fields) == list(found[0])
    assert table[1]["parties"] == f"'{RUN}; Tarn" and table[0]["killed_min"] == "3" and table[0]["date_end"] == ""
    features = json.loads(taken(anybody, "determinations.geojson"))
    assert features["type"] == "FeatureCollection"
    for feature, row in zip(features["features"], found, strict=True):
        assert feature["geometry"] == {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]}
        assert {**feature["properties"], "latitude": row["latitude"], "longitude": row["longitude"]} == row


def test_the_record_of_the_files_is_that_of_the_pages(told: Told, anybody: Browser) -> None:
    lines = [json.loads(line) for line in taken(anybody, "record.jsonl").splitlines()]
    table = list(csv.DictReader(io.StringIO(taken(anybody, "record.csv")[1:])))
    assert len(lines) == len(table) == len(whole().cells) and list(table[0]) == [one.name for one in RECORD_COLUMNS]
    everybody = [line for line in lines if line["party"] == ""]
    standing = [row for row in rows(anybody) if row["standing"] and row["exit"] is None]
    assert sum(line["incidents"] for line in everybody) == len(standing) == 1
    assert (everybody[0]["killed_min"], everybody[0]["killed_max"]) == (3, 5)


def test_the_dictionary_explains_every_column_and_every_grade(anybody: Browser, staffed: builders.Desk) -> None:
    dictionary = json.loads(taken(anybody, "dictionary.json"))
    page = anybody.get("/data").get_data(as_text=True)
    for schema, columns in dictionary.items():
        assert schema in page
        for column in columns:
            assert column["meaning"] and column["type"] and f">{column['name']}</code>" in page
    grades = {grade["key"] for book in json.loads(taken(anybody, "codebooks.json"))["codebooks"] for grade in book["grades"]}
    told = next(column for column in dictionary["assay-determinations/1"] if column["name"] == "grade")
    assert grades == set(told["values"]) - {"no_consensus"}
    assert anybody.get("/data/determinations.exe").status_code == 404


def test_a_range_that_nobody_knows_is_blank_and_not_zero(staffed: builders.Desk, anybody: Browser) -> None:
    team = staffed
    builders.at_once(team)
    nowhere = Place((("en", "Velmar"),))
    ref = builders.with_sources(team, builders.opened(team, codes=("KV900",), ranges=(), places=(nowhere,)))
    _ref, number = builders.round_opened(team, ref)
    unknown = Casualties(Range(0, None), Range(None, None))
    for actor in team.voters:
        builders.cast(actor, ref, number, Ballot("fair", unknown, "S1.", (1,), "So it is."))
    builders.work()
    builders.approved(team, ref)
    row = rows(anybody)[-1]
    assert (row["killed_min"], row["killed_max"], row["injured_min"], row["latitude"]) == (0, None, None, None)
    table = list(csv.DictReader(io.StringIO(taken(anybody, "determinations.csv")[1:])))[-1]
    assert (table["killed_min"], table["killed_max"], table["latitude"]) == ("0", "", "")
    assert json.loads(taken(anybody, "determinations.geojson"))["features"][-1]["geometry"] is None


def everything(anybody: Browser, told: Told) -> list[str]:
    """Every public answer of these nouns, headers and all."""
    addresses = [*(f"/data/{name}" for name in FILES), "/data", "/incidents.atom", f"/incidents/{told.twice}", "/incidents/KV412/1"]
    return [masked(anybody.get(address)) for address in addresses]


def test_unpublished_work_moves_no_byte_and_no_mark(told: Told, anybody: Browser, staffed: builders.Desk) -> None:
    team = staffed
    approvals.reopen(team.lead, told.twice, ground="minor", reason="S4 is new.", seen=builders.row(told.twice).digest)
    before = everything(anybody, told)
    sources.attach_source(team.enterer, told.twice, draft=builders.draft(4))
    number = rounds.open_round(team.lead, told.twice, reviewers=[one.person for one in team.voters if one.person])
    builders.cast(team.voters[0], told.twice, number)
    assert everything(anybody, told) == before
    builders.cast(team.voters[1], told.twice, number)
    builders.cast(team.voters[2], told.twice, number)
    builders.work()
    builders.with_sources(team, builders.opened(team, codes=("KV801",)))
    assert everything(anybody, told) == before
    builders.approved(team, told.twice, by=team.leads[1])
    assert all(one != other for one, other in zip(everything(anybody, told)[:3], before[:3], strict=True))
    assert re.search(r"/3</id>|determination 3", anybody.get("/incidents.atom").get_data(as_text=True))
