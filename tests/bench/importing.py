"""Import: incidents a second with their events, beside plain Core inserts of the same rows; and what memory it takes."""

from __future__ import annotations

import gc
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import JSON, Column, Engine, Integer, MetaData, String, Table, Text, insert

from review.actions import imports
from review.rules.columns import INCIDENTS
from review.rules.imports import read
from review.rules.permissions import SYSTEM
from tests.actions.test_imports import COLUMNS, PLAIN, table
from tests.bench.report import Line, Report, alternately
from tests.bench.yardsticks import open_engine, writing

ROWS = 2_000
GOAL = 700  # incidents a second, with their events, on SQLite
# Of the rate of bare inserts; no page asks for it, and it is here to be seen falling: an import reads, numbers, seals,
# hashes and projects besides.
RATIO = 0.04
GROWTH = 1.5  # memory after four times the rows, beside memory after the first
YARDSTICK = MetaData()
INCIDENT = Table(
    "imported",
    YARDSTICK,
    Column("id", Integer, primary_key=True),
    Column("code", String(80)),
    Column("facts", JSON),
    Column("row", Text),
    Column("grade", String(40)),
)


def run(report: Report, engine: str, app: Flask, yardstick_url: str, folder: Path) -> None:
    """New files of invented rows into the desk; the same rows read and inserted beside it."""
    plain = open_engine(yardstick_url)
    YARDSTICK.create_all(plain)
    numbers = iter(range(1, 1_000_000))
    with app.app_context():
        rate, bare, ratio = alternately(
            lambda: _import(folder, next(numbers)), lambda: _insert(plain, next(numbers)), rounds=3
        )
        report.say(Line(f"import, incidents, {engine}", f"{rate:.0f}/s", f"inserts {bare:.0f}/s", ratio, RATIO))
        if engine == "sqlite":
            report.say(Line("import, incidents a second, sqlite", f"{rate:.0f}/s", f"goal {GOAL}/s", rate / GOAL, 1.0))
        before, after = _memory_of(folder, next(numbers), 1), _memory_of(folder, next(numbers), 4)
        name = f"import, memory of four times the rows, {engine}"
        report.say(Line(name, f"{after} MB", f"{before} MB", after / before, GROWTH, at_least=False))
    plain.dispose()


def rows(file: int, count: int = ROWS) -> list[dict[str, str]]:
    """So many rows that no other file holds."""
    return [
        {**PLAIN, "code": f"B{file}N{number}", "url": f"https://record.example/{file}/{number}"}
        for number in range(count)
    ]


def _import(folder: Path, file: int, count: int = ROWS) -> float:
    path = folder / f"import-{file}.csv"
    path.write_bytes(table(rows(file, count), COLUMNS))
    start = time.perf_counter()
    totals = imports.import_incidents(SYSTEM, path)
    spent = time.perf_counter() - start
    assert totals.imported == count
    path.unlink()
    return count / spent


def _insert(plain: Engine, file: int) -> float:
    given = rows(file)
    assert set(given[0]) <= set(INCIDENTS.columns)
    start = time.perf_counter()
    for first in range(0, len(given), imports.BATCH):
        batch = [_plain(row) for row in given[first : first + imports.BATCH]]
        with writing(), plain.begin() as connection:
            connection.execute(insert(INCIDENT), batch)
    return len(given) / (time.perf_counter() - start)


def _plain(row: dict[str, str]) -> dict[str, object]:
    reading = read(row)
    return {"code": row["code"], "facts": reading.facts.as_dict(), "row": str(row), "grade": reading.grade}


def _memory_of(folder: Path, file: int, times: int) -> int:
    """What the process holds in MB after an import of so many times the rows."""
    _import(folder, file, ROWS * times)
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) // 1024
