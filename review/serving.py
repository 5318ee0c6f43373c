"""`make run`: migrate, say how to get in, then keep web server and worker side by side until told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from review.config import ENVIRONMENT, ROOT, home, named_home
from review.modes import keep_private

PATIENCE = 30.0
TICK = 0.2
PID_FILE = "serving.pid"
WORKER = (sys.executable, "-m", "flask", "--app", "wsgi", "work")

Child = subprocess.Popen[bytes]


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m review.serving", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true", help="serve a synthetic sample from a throw-away home")
    parser.add_argument("--restart", action="store_true", help="restart the server of this home, if one runs")
    parser.add_argument("--processes", type=int, default=1, help="web processes; more than one on PostgreSQL")
    parser.add_argument("--workers", type=int, default=1, help="workers at once; more than one on PostgreSQL")
    wanted = parser.parse_args()
    keep_private(named_home())
    if wanted.restart:
        return restart()
    crew = Crew(wanted.port, wanted.processes, wanted.workers)
    if wanted.demo:
        return demo(crew)
    return serve(crew)


@dataclass(frozen=True)
class Crew:
    """How many serve, and where."""

    port: int
    processes: int = 1
    workers: int = 1


def serve(crew: Crew) -> int:
    """Serve the desk of this environment."""
    prepare(crew.port)
    return supervise(crew)


def demo(crew: Crew) -> int:
    """Serve a sample from a home of its own that is gone afterwards."""
    for name in ENVIRONMENT:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as folder:
        os.environ["ASSAY_HOME"] = folder
        flask("db", "upgrade")
        flask("demo")
        say(f"Sign in at http://127.0.0.1:{crew.port}/login as any of them. All is invented, gone when you stop.")
        return supervise(crew)


def prepare(port: int) -> None:
    """Bring the database up to date and print the one-time link while nobody has an account."""
    flask("db", "upgrade")
    from review import create_app
    from review.actions import invitations
    from review.queries import health

    app = create_app()
    with app.app_context():
        rolled_back = health.rollback()
        token = None if rolled_back else invitations.first_link()
    if rolled_back:
        say(rolled_back.sentence)
    if token:
        base = app.config["ASSAY_URL"] or f"http://127.0.0.1:{port}"
        say(f"No account yet. Set up the desk, once, at {base.rstrip('/')}/setup/{token}")


def supervise(crew: Crew) -> int:
    """Run web server and workers; when one ends or a signal comes, end the others too.

    SIGHUP loads the new code: the web server takes over without dropping a request, each worker finishes its job.
    """
    stopping: list[int] = []
    reloading: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stopping.append(number))
    signal.signal(signal.SIGHUP, lambda number, _frame: reloading.append(number))
    web = start(*gunicorn(crew))
    workers = [start(*WORKER) for _worker in range(crew.workers)]
    pid_file = _pid_file()
    pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")
    say(f"Assay on http://127.0.0.1:{crew.port} (Ctrl-C stops it)")
    try:
        while not stopping and all(child.poll() is None for child in (web, *workers)):
            if reloading:
                reloading.clear()
                workers = reload(web, workers)
            time.sleep(TICK)
    finally:
        end([web, *workers])
        pid_file.unlink(missing_ok=True)
    if stopping:
        return 0
    return next((child.returncode for child in (web, *workers) if child.returncode), 1)


def reload(web: Child, workers: list[Child]) -> list[Child]:
    """The new code: fresh processes behind the same open socket, and fresh workers once the old have finished."""
    web.send_signal(signal.SIGHUP)
    end(workers)
    return [start(*WORKER) for _worker in workers]


def gunicorn(crew: Crew) -> tuple[str, ...]:
    """One process with threads: on SQLite more of them buy nothing, for one writer writes."""
    return (
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"127.0.0.1:{crew.port}"),
        *("--worker-class", "gthread", "--workers", str(crew.processes), "--threads", "8"),
        *("--graceful-timeout", "20", "--logger-class", "review.server_log.ServerLog"),
    )


def start(*command: str) -> Child:
    """A child in a session of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def end(children: list[Child]) -> None:
    """Ask, wait, and only then insist."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    last = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.0, last - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def restart() -> int:
    """Let the running server and its workers load the new code without dropping a request."""
    try:
        os.kill(int(_pid_file().read_text(encoding="ascii")), signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        say("No server of this home is running: start it with make run.")
        return 0
    say("The server and its workers load the new code; no request is dropped.")
    return 0


def _pid_file() -> Path:
    return Path(os.environ.get("ASSAY_HOME") or home()) / PID_FILE


def flask(*arguments: str) -> None:
    """One command of ours, to its end; a failure ends us too."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    result = subprocess.run(command, cwd=ROOT, check=False)
    if result.returncode:
        raise SystemExit(result.returncode)


def say(sentence: str) -> None:
    """A line for the person at the terminal."""
    print(sentence, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
