"""Goal 7, by command: `flask audit export` beside a bare cursor that fills a file of the same kind, and its memory.

The yardstick reads the same lines with a bare cursor and writes them as they come into a zip, deflated alike, with the
SHA-256 that a bag's manifest needs. What the export does besides is what it is measured for: choosing, opening,
sorting, the tree over all leaves, proofs, the table and the pages.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection

from review import config, store
from review.actions import checkpoints, log, spooling
from review.audit import keys
from review.audit.bag import LEVEL
from review.audit.export import export
from review.audit.stored import StoredTrail
from review.models import session
from tests.bench.report import Line, Report, alternately

GOAL = 0.7
MOST = 32  # MiB that an export may hold over what the command itself takes
EVENTS = "SELECT line FROM event WHERE seq < {size} ORDER BY seq"
DISCLOSURES = "SELECT text, seq FROM disclosure WHERE seq < {size} ORDER BY seq"
BLOCK = 2_000
COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "audit"]


def run(report: Report, name: str, app: Flask, environment: dict[str, str], folder: Path) -> None:
    """The rate of the whole internal bundle, then what the command holds at most."""
    with app.app_context():
        log.record_heads()
        checkpoint = checkpoints.publish_checkpoint()
        assert checkpoint is not None
        size = int(checkpoint.split("\n")[1])
        rate, bare, ratio = alternately(
            lambda: _export(checkpoint, size, folder / "export.zip"), lambda: _bare(size, folder / "bare.zip"), rounds=3
        )
    report.say(Line(f"7 export by command, events, {name}", f"{rate:.0f}/s", f"cursor {bare:.0f}/s", ratio, GOAL))
    idle, most = _held(environment, "key"), _held(environment, "export", str(folder / "held.zip"))
    title = f"7 memory of an export of {size:,} events, {name}"
    report.say(Line(title, f"{most:.0f} MiB", f"idle {idle:.0f} MiB", most - idle, MOST, at_least=False))


def _export(checkpoint: str, size: int, path: Path) -> float:
    start = time.perf_counter()
    with path.open("wb") as file, spooling.spool() as spool:
        export(StoredTrail(session, keys.load(config.home())), checkpoint, file, objects=store.objects(), spool=spool)
    session.rollback()
    return size / (time.perf_counter() - start)


def _bare(size: int, path: Path) -> float:
    start = time.perf_counter()
    connection = session.connection()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as packed:
        _fill(packed, "events.jsonl", (line + b"\n" for (line,) in _rows(connection, EVENTS, size)))
        told = _rows(connection, DISCLOSURES, size)
        _fill(packed, "disclosures.jsonl", (f'{{"d":"{text}","seq":{seq}}}\n'.encode() for text, seq in told))
    session.rollback()
    return size / (time.perf_counter() - start)


def _rows(connection: Connection, statement: str, size: int) -> Iterator[tuple[bytes, ...]]:
    found = connection.exec_driver_sql(statement.format(size=size), execution_options={"stream_results": True})
    for rows in found.partitions(BLOCK):
        yield from rows  # type: ignore[misc]


def _fill(packed: zipfile.ZipFile, name: str, lines: Iterator[bytes]) -> None:
    digest = hashlib.sha256()
    with packed.open(name, "w") as member:
        writer = io.BufferedWriter(member, 1 << 18)  # type: ignore[arg-type]
        for line in lines:
            digest.update(line)
            writer.write(line)
        writer.flush()


def _held(environment: dict[str, str], *words: str) -> float:
    """The most memory of its own, in MiB, that the command held; what it maps of the database is everybody's."""
    process = subprocess.Popen([*COMMAND, *words], env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    most = 0
    while process.poll() is None:
        most = max(most, anonymous(process.pid))
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"flask audit {words[0]} failed")
    return most / 1024


def anonymous(process: int) -> int:
    """What a process holds of its own, in KiB; nothing of one that is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon")), 0)
