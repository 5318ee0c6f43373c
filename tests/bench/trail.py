"""Goal 6, in this issue's part: `verify.py` beside a plain loop of json.loads and SHA-256 over the same lines."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

from flask import Flask

from review.audit import verify
from tests.bench.report import Line, Report, alternately

GOAL = 0.45
LOOP = """
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as bundle:
    for name in ("data/events.jsonl", "data/disclosures.jsonl"):
        with bundle.open(name) as lines:
            for line in lines:
                json.loads(line)
                hashlib.sha256(b"\\x00" + line[:-1]).digest()
"""


def run(report: Report, app: Flask, folder: Path) -> None:
    bundle, key = folder / "bench.zip", app.test_cli_runner().invoke(args=["audit", "key"]).output.strip()
    made = app.test_cli_runner().invoke(args=["audit", "export", str(bundle)])
    if made.exit_code:
        raise SystemExit(made.output)
    with zipfile.ZipFile(bundle) as packed:
        events = packed.read("data/events.jsonl").count(b"\n")
    command = [sys.executable, "-I", "-S", verify.__file__, str(bundle), "--key", key]
    plain = [sys.executable, "-I", "-S", "-c", LOOP, str(bundle)]
    rate, loop, ratio = alternately(lambda: events / _seconds(command), lambda: events / _seconds(plain))
    report.say(
        Line("6 verify.py, whole bundle, both processes whole", f"{rate:.0f}/s", f"loop {loop:.0f}/s", ratio, GOAL)
    )


def _seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start
