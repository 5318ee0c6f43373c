"""The public record given away: a page that is asked for again beside a bare route, and every determination as lines
of JSON beside the database's own copy of the same rows, and what memory that takes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request as UrlRequest
from urllib.request import urlopen

from flask import Flask
from sqlalchemy import Select, select

from review.audit import open_files
from review.extensions import db
from review.models import Determination, Incident, session
from review.queries import open_data
from tests.bench.exporting import MOST, anonymous
from tests.bench.load import Request
from tests.bench.load import run as load
from tests.bench.report import Line, Report, alternately
from tests.bench.servers import serving, workers

UNCHANGED_GOAL = 0.80
LINES_GOAL = 0.50
BLOCK = 2_000
READINGS = 20  # of all the rows, in one measurement: of a small desk one is over too soon to be measured
PIECE = 1 << 18  # bytes read between two looks at the memory


def run(
    report: Report, engine: str, name: str, app: Flask, environment: Mapping[str, str], yardstick_url: str, seconds: int,
    folder: Path,
) -> None:  # fmt: skip
    """Both goals on one desk."""
    with app.app_context():
        rows = session.scalar(select(db.func.count()).select_from(Determination)) or 0
        ref = session.scalar(select(Incident.name).where(Incident.public).order_by(Incident.id).limit(1)) or ""
        session.remove()
        statement = _whole()
        rate, copied, ratio = alternately(
            lambda: _lines(rows, folder), lambda: _copied(rows, engine, statement, folder)
        )
    title = f"open data, {rows:,} determinations as JSONL, {name}"
    report.say(Line(title, f"{rate:.0f}/s", f"copy-out {copied:.0f}/s", ratio, LINES_GOAL))
    _streamed(report, f"7 memory of {rows:,} determinations streamed as JSONL, {name}", environment)
    _unchanged(report, name, ref, environment, yardstick_url, seconds, folder)


def _streamed(report: Report, title: str, environment: Mapping[str, str]) -> None:
    """What the server's processes hold at most while they give the file away, over what they held before."""
    with serving("wsgi:app", environment) as base:
        for _one_each in range(8):
            urlopen(f"{base}/data").close()
        before = _held()
        most = before
        with urlopen(f"{base}/data/determinations.jsonl") as answer:
            while answer.read(PIECE):
                most = max(most, _held())
    report.say(Line(title, f"{most:.0f} MiB", f"before {before:.0f} MiB", most - before, MOST, at_least=False))


def _held() -> float:
    return sum(map(anonymous, workers())) / 1024


def _lines(rows: int, folder: Path) -> float:
    start = time.perf_counter()
    for _reading in range(READINGS):
        with (folder / "lines.jsonl").open("wb") as file:
            file.writelines(open_files.jsonl(open_data.determinations()))
    return READINGS * rows / (time.perf_counter() - start)


def _copied(rows: int, engine: str, statement: str, folder: Path) -> float:
    """The same columns of the same rows as the database itself gives them away: COPY, or a bare cursor to a file."""
    start = time.perf_counter()
    for _reading in range(READINGS):
        with (folder / "copied").open("wb") as file:
            raw = db.engine.raw_connection()
            try:
                file.writelines(_pieces(raw.driver_connection, engine, statement))
            finally:
                raw.rollback()
                raw.close()
    return READINGS * rows / (time.perf_counter() - start)


def _whole() -> str:
    statement: Select = open_data.versions().params(until=2**40)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    return str(compiled).replace("%%", "%")


def _pieces(connection: object, engine: str, statement: str) -> Iterator[bytes]:
    if engine == "postgresql":
        with connection.cursor().copy(f"COPY ({statement}) TO STDOUT") as copy:  # type: ignore[attr-defined]
            for piece in copy:
                yield bytes(piece)
        return
    cursor = connection.execute(statement)  # type: ignore[attr-defined]
    while found := cursor.fetchmany(BLOCK):
        yield "".join("\t".join(map(str, row)) + "\n" for row in found).encode()


def _mark(address: str) -> str:
    """The mark of a page, once it was seen to answer 304 under it."""
    with urlopen(address) as answer:
        tag = answer.headers["ETag"]
    try:
        urlopen(UrlRequest(address, headers={"If-None-Match": tag})).close()
    except HTTPError as unchanged:
        if unchanged.code == 304:
            return str(tag)
    raise SystemExit("the page was not known by its mark")


def _unchanged(
    report: Report, name: str, ref: str, environment: Mapping[str, str], yardstick_url: str, seconds: int, folder: Path
) -> None:
    path = f"/incidents/{ref}"
    yardstick = {"YARDSTICK_URL": yardstick_url}
    with serving("wsgi:app", environment) as base, serving("tests.bench.yardsticks:create()", yardstick) as other:
        asked = Request(path, known=_mark(base + path))

        def subject() -> float:
            measured = load(base, [asked], connections=8, seconds=seconds, folder=folder)
            if measured.refused or measured.broken:
                raise SystemExit("a page that had not changed was not answered")
            return measured.rate

        def bare() -> float:
            return load(other, [Request("/hello")], connections=8, seconds=seconds, folder=folder).rate

        rate, hello, ratio = alternately(subject, bare)
    report.say(Line(f"public page unchanged (304), {name}, c=8", f"{rate:.0f}/s", f"bare {hello:.0f}/s", ratio, UNCHANGED_GOAL))
