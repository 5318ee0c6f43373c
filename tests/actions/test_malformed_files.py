"""A file that is no table of ours gets one clear sentence, and nothing of it is written."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from sqlalchemy import func, select

from review.actions import imported_sources, imports, tables
from review.models import ImportedRow, session
from tests import builders, trail
from tests.actions.test_imports import rows, table

GOOD = table(rows())
# What the file holds, and what its sentence must name.
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "another table": (b"name,price\r\ntea,3\r\n", "neither a code nor a url"),
    "semicolons": (GOOD.replace(b",", b";"), "neither a code nor a url"),
    "a file of sources": (b"incident_code,url\r\nKV1,https://a.example/1\r\n", "one of sources"),
    "column twice": (b"code,code\r\na,b\r\n", "twice"),
    "cut gzip": (gzip.compress(GOOD)[:-200], "cut short"),
    "damaged gzip": (gzip.compress(GOOD)[:40] + b"\0" * 400, "damaged"),
    "bytes of another encoding, in the last row": (GOOD + b"KV9,date,2031-03-01,caf\xe9\r\n", "UTF-8"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "UTF-8"),
    "NUL": (GOOD + b"KV9\0,date\r\n", "NUL"),
    "a cell of 5 MB": (GOOD + b'"' + b"x" * 5_000_000 + b'",date\r\n', "longer than"),
    "a cell of 200 KB": (GOOD + b'"' + b"x" * 200_000 + b'",date\r\n', "longer than"),
    "a quoted cell over many lines": (GOOD + b'"' + b"x\r\n" * 100_000, "longer than"),
    "200,000 columns": (b"code," + b",".join(b"c%d" % n for n in range(200_000)) + b"\r\n", "columns"),
    "a row of 200,000 columns": (GOOD + b"," * 200_000 + b"\r\n", "columns"),
    "open quote": (GOOD + b'"KV1,https://a.example\r\n', "line"),
    "a bomb": (gzip.compress(b"code,url\n" + (b"x" * 999 + b"\n") * 70_000), "unpacks"),
}


def refused(path: Path, content: bytes, take: object) -> str:
    path.write_bytes(content)
    with pytest.raises(tables.Unreadable) as refusal:
        take(path)  # type: ignore[operator]
    return refusal.value.sentence % refusal.value.values


@pytest.mark.parametrize("kind", BROKEN)
def test_a_malformed_file_gets_one_sentence_and_nothing_is_written(
    team: builders.Desk, tmp_path: Path, kind: str
) -> None:
    content, named = BROKEN[kind]
    before = trail.size()
    sentence = refused(tmp_path / "broken.csv", content, lambda path: imports.import_incidents(team.admin, path))
    assert named in sentence
    assert "\n" not in sentence and len(sentence) < 200
    assert trail.size() == before
    assert session.execute(select(func.count()).select_from(ImportedRow)).scalar_one() == 0


def test_the_same_file_unbroken_is_taken(team: builders.Desk, tmp_path: Path) -> None:
    path = tmp_path / "whole.csv"
    path.write_bytes(GOOD)
    assert imports.import_incidents(team.admin, path).imported == len(rows())


def test_the_sentence_names_the_line(team: builders.Desk, tmp_path: Path) -> None:
    lines = GOOD + b"KV9,date,2031-03-01,caf\xe9\r\n"
    sentence = refused(tmp_path / "some.csv", lines, lambda path: imports.import_incidents(team.admin, path))
    assert f"Line {len(rows()) + 2} " in sentence


@pytest.mark.parametrize("header", [b"code,url\r\nKV1,https://a.example/1\r\n", b"incident_code\r\nKV1\r\n"])
def test_a_file_of_something_else_is_no_file_of_sources(team: builders.Desk, tmp_path: Path, header: bytes) -> None:
    sentence = refused(
        tmp_path / "some.csv", header, lambda path: imported_sources.import_sources(team.admin, path)
    )
    assert "no file of sources" in sentence


def test_a_file_that_is_not_there_is_said_to_be_missing(team: builders.Desk, tmp_path: Path) -> None:
    with pytest.raises(tables.Unreadable) as refusal:
        imports.import_incidents(team.admin, tmp_path / "absent.csv")
    assert "cannot be opened" in refusal.value.sentence
