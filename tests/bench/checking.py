"""Goal 6, its other part: `fsck` beside a plain loop that parses, serialises and hashes what it has to read."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Mapping

import orjson
from flask import Flask
from sqlalchemy import text

from review import config, store
from review.audit import fsck, keys
from review.models import session
from tests.bench.report import Line, Report, alternately

GOAL, LINEAR, FLAT = 0.6, 1.3, 1.3
SORTED = orjson.OPT_SORT_KEYS
READ = {
    "events": "SELECT seq, line FROM event ORDER BY seq",
    "disclosures": "SELECT seq, text FROM disclosure ORDER BY seq",
}
MEMORY = """
import resource
from review import config, create_app, store
from review.audit import fsck, keys
from review.models import session
with create_app().app_context():
    found = list(fsck.check(session, keys.load(config.home()), store.objects()))
    assert not found, found[:3]
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(report: Report, name: str, app: Flask) -> float:
    """The rate of fsck beside the loop on one desk; answers the rate."""
    with app.app_context():
        lines = sum(session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("event", "disclosure"))
        rate, loop, ratio = alternately(lambda: lines / _fsck(), lambda: lines / _loop(), rounds=3)
        session.rollback()
    figure, beside = f"{rate:.0f}/s", f"loop {loop:.0f}/s"
    report.say(Line(f"6 fsck, events and disclosures, {name}", figure, beside, ratio, GOAL))
    return rate


def sizes(report: Report, engine: str, small: Mapping[str, str], large: Mapping[str, str], rates: tuple[float, float]) -> None:
    """A large desk beside a small one: as many entries a second, and as much memory."""
    few, many = rates
    report.say(Line(f"6 fsck is linear, {engine}", f"{many:.0f}/s", f"{few:.0f}/s", few / many, LINEAR, at_least=False))
    grown, before = _memory(large), _memory(small)
    report.say(
        Line(f"6 fsck's memory, {engine}", f"{grown // 1024} MiB", f"{before // 1024} MiB", grown / before, FLAT, at_least=False)
    )


def _fsck() -> float:
    start = time.perf_counter()
    found = list(fsck.check(session, keys.load(config.home()), store.objects()))
    session.rollback()
    assert found == [], found[:3]
    return time.perf_counter() - start


def _loop() -> float:
    """Every line parsed, serialised again and hashed, as it comes from the same database."""
    start = time.perf_counter()
    connection = session.connection().execution_options(yield_per=2_000)
    for what, statement in READ.items():
        for seq, read in connection.execute(text(statement)):
            line = bytes(read) if what == "events" else orjson.dumps({"d": read, "seq": seq}, option=SORTED)
            orjson.dumps(orjson.loads(line), option=SORTED)
            hashlib.sha256(b"\0" + line).digest()
    session.rollback()
    return time.perf_counter() - start


def _memory(environment: Mapping[str, str]) -> int:
    command = [sys.executable, "-c", MEMORY]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=True)
    return int(done.stdout)

