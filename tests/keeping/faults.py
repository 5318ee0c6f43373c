"""A process whose n-th call of a kind fails, as a dying disk or a full one would have it: strace answers for the kernel."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests import newborn
from tests.missing import not_tested
from tests.test_architecture import ROOT

# Every call by which an act changes a file.
CALLS = ("pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "link")
ERRORS = ("EIO", "ENOSPC")

# A deed is done once the reader says so: what starting the program writes is not counted.
DEEDS = '''
import os, sys
from review import create_app
from review.extensions import db
from review.models import session
from tests.web.sitting import browser

app, deed, given = create_app({"WTF_CSRF_ENABLED": False}), sys.argv[1], sys.argv[2:]

def claim():
    answer = client.post("/desk/claims/new", data={"text": given[1], "language": "en"})
    said = answer.get_data(as_text=True)
    assert answer.status_code in (302, 503, 507), (answer.status_code, said)
    assert answer.status_code == 302 or "typed was lost" in said or "disk of this desk is full" in said, said
    return answer.status_code == 302

def command():
    done = app.test_cli_runner().invoke(args=given)
    assert done.exit_code == 0 or done.stderr.strip().splitlines()[-1].startswith("Error: "), repr(done.exception)
    return done.exit_code == 0

with app.app_context():
    if deed == "claim":
        client = browser(app)
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = given[0], True
        client.get("/desk/claims")
    session.execute(db.text("SELECT 1"))
    session.rollback()
    print("ready", flush=True)
    sys.stdin.readline()
    # In one call: half of a word acknowledges nothing.
    os.write(1, b"done\\n" if {"claim": claim, "command": command}[deed]() else b"refused\\n")
    session.remove()
    db.engine.dispose()
'''


@dataclass(frozen=True)
class Fault:
    """The n-th of these calls fails with this error."""

    call: str
    error: str
    number: int


@dataclass(frozen=True)
class Outcome:
    """What became of a deed: whether it was acknowledged, what it said, and the file that the failing call was for."""

    acknowledged: bool
    said: str
    failed: str | None
    calls: tuple[tuple[str, str], ...]

    def numbers(self, call: str, folder: Path) -> list[int]:
        """Which of these calls, counted from 1, were for files of this folder."""
        files = [file for name, file in self.calls if name == call]
        return [number for number, file in enumerate(files, 1) if str(folder) in file]


def suffering(fault: Fault | None, environment: Mapping[str, str], deed: str, *given: str) -> Outcome:
    """Let a process do this while the fault is injected; without one, only count its calls."""
    _must_trace()
    with tempfile.TemporaryDirectory() as folder, _child(environment, deed, *given) as child:
        assert child.stdin and child.stdout and child.stderr
        if child.stdout.readline() != "ready\n":
            raise AssertionError(child.communicate()[1])
        told = Path(folder) / "calls"
        with _tracer(fault, child.pid, told) as tracer:
            assert tracer.stderr is not None
            attached = tracer.stderr.readline()
            assert "attached" in attached, attached
            said, problem = child.communicate("\n", timeout=120)
        # Also where its last word was what failed, it was not acknowledged.
        assert said in ("done\n", "refused\n", ""), said
        calls = told.read_text(errors="replace").splitlines()
    assert said or fault, problem
    assert "AssertionError" not in problem, problem
    return Outcome(said == "done\n", said + problem, _failed(calls), tuple(_calls(calls)))


def _child(environment: Mapping[str, str], *given: str) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return newborn.Popen(
        [sys.executable, "-c", DEEDS, *given], cwd=ROOT, env={**os.environ, **environment}, text=True, **pipes
    )


def _tracer(fault: Fault | None, process: int, told: Path) -> subprocess.Popen[str]:
    inject = ("-e", f"inject={fault.call}:error={fault.error}:when={fault.number}") if fault else ()
    command = ("strace", "-f", "-y", "-o", str(told), "-e", f"trace={','.join(CALLS)}", *inject, "-p", str(process))
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<rest>.*)$")


def _calls(lines: list[str]) -> list[tuple[str, str]]:
    found = [CALL.match(line) for line in lines]
    return [(one["name"], one["rest"]) for one in found if one]


def _failed(lines: list[str]) -> str | None:
    return next((line for line in lines if line.endswith("(INJECTED)")), None)


def _must_trace() -> None:
    if not _can_trace():
        not_tested("injected faults (install strace, and let this user trace its own processes)")


@lru_cache(maxsize=1)
def _can_trace() -> bool:
    program = shutil.which("strace")
    if program is None:
        return False
    tried = subprocess.run(
        [program, "-o", os.devnull, "-e", "inject=fsync:error=EIO:when=1", "true"], capture_output=True, check=False
    )
    return tried.returncode == 0
