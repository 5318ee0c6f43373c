"""File modes: what a desk keeps, and what it hands out, is for the account that runs it and for nobody else."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from review.config import ENVIRONMENT, ROOT
from tests import newborn
from tests.engines import free_port
from tests.test_house import wait_for

USUAL = 0o022  # what most accounts are given


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ENVIRONMENT}
    return {**kept, "ASSAY_HOME": str(home), "ASSAY_PASSWORD": "four words nobody joins"}


def flask(home: Path, *words: object) -> str:
    """One command of ours, as a shell starts it; answers what it said on stderr."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *map(str, words)]
    done = newborn.run(command, cwd=ROOT, env=environment(home), umask=USUAL)
    assert done.returncode == 0, done.stderr
    return done.stderr


def loose(folder: Path) -> dict[str, str]:
    """What of a folder, itself included, others may look into, with its mode."""
    found = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    return {str(path.relative_to(folder)): oct(mode) for path, mode in found.items() if mode & 0o077}


def made(home: Path) -> None:
    flask(home, "db", "upgrade")
    flask(home, "user", "add", "tamsin@desk.invalid", "--name", "Tamsin Orrel", "--role", "admin")


def test_nothing_that_a_desk_makes_is_open_to_others(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    made(home)
    command = [sys.executable, "-m", "review.serving", "--port", str(port)]
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env=environment(home), umask=USUAL, text=True, **streams) as process:
        try:
            assert wait_for(f"http://127.0.0.1:{port}/healthz", process)[0] == 200
            running = loose(home)
        finally:
            process.send_signal(signal.SIGTERM)
    flask(home, "audit", "checkpoint")
    assert {path.name for path in home.iterdir()} >= {"assay.db", "keys", "secret_key"}
    assert (running, loose(home)) == ({}, {})


def test_a_bundle_is_written_for_whoever_exports_it_alone(tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "bundle.zip"
    made(home)
    flask(home, "audit", "export", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_a_home_that_others_could_look_into_is_closed_and_it_is_said_once(tmp_path: Path) -> None:
    home = tmp_path / "home"
    made(home)
    home.chmod(0o755)
    (home / "assay.db").chmod(0o644)
    said = flask(home, "audit", "checkpoint")
    assert [path for path in (home, home / "assay.db") if f"look into {path}." not in said] == []
    assert loose(home) == {}
    assert "look into" not in flask(home, "audit", "checkpoint")
