"""Servers of the benchmarks: two gunicorn workers of eight threads on a free port of 127.0.0.1."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ARGUMENTS = ["-k", "gthread", "-w", "2", "--threads", "8", "--reuse-port", "--log-level", "error"]


@contextmanager
def serving(
    target: str, environment: Mapping[str, str], python: str = sys.executable, log: Path | None = None
) -> Iterator[str]:
    """The address of `target` (module:callable) while the block runs.

    `python`: another program's own interpreter; `log`: where what it says goes, if not to this terminal.
    """
    port = _free_port()
    command = [python, "-m", "gunicorn", *ARGUMENTS, "-b", f"127.0.0.1:{port}", target]
    said = log.open("ab") if log else None
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=said, stderr=said)
    try:
        _wait(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


def workers() -> list[int]:
    """The processes that answer: those begun by the server that this process began."""
    parents = {}
    for told in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parents[int(told.parent.name)] = int(told.read_text().rpartition(")")[2].split()[1])
    return [process for process, parent in parents.items() if parents.get(parent) == os.getpid()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen) -> None:
    for _try in range(200):
        if process.poll() is not None:
            raise SystemExit("the server of the benchmark did not start")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server of the benchmark did not answer")
