"""`make run`: migrate, say how to get in, then keep web server and worker side by side until told to stop."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from review.config import ENVIRONMENT, ROOT, home

PATIENCE = 30.0
TICK = 0.2
PID_FILE = "serving.pid"


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m review.serving", description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--demo", action="store_true", help="serve a synthetic sample from a throw-away home")
    parser.add_argument("--restart", action="store_true", help="restart the server of this home, if one runs")
    wanted = parser.parse_args()
    if wanted.restart:
        return restart()
    if wanted.demo:
        return demo(wanted.port)
    return serve(wanted.port)


def serve(port: int) -> int:
    """Serve the desk of this environment."""
    prepare(port)
    return supervise(port)


def demo(port: int) -> int:
    """Serve a sample from a home of its own that is gone afterwards."""
    for name in ENVIRONMENT:
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="assay-demo-") as folder:
        os.environ["ASSAY_HOME"] = folder
        flask("db", "upgrade")
        flask("demo")
        say(f"Sign in at http://127.0.0.1:{port}/login as any of them. All is invented, gone when you stop.")
        return supervise(port)


def prepare(port: int) -> None:
    """Bring the database up to date and print the one-time link while nobody has an account."""
    flask("db", "upgrade")
    from review import create_app
    from review.actions import accounts

    app = create_app()
    with app.app_context():
        token = accounts.first_link()
    if token:
        base = app.config["ASSAY_URL"] or f"http://127.0.0.1:{port}"
        say(f"No account yet. Set up the desk, once, at {base.rstrip('/')}/setup/{token}")


def supervise(port: int) -> int:
    """Run both; when one ends or a signal comes, end the other too."""
    stopping: list[int] = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda number, _frame: stopping.append(number))
    children = [start(*gunicorn(port)), start(sys.executable, "-m", "flask", "--app", "wsgi", "work")]
    pid_file = Path(os.environ.get("ASSAY_HOME") or home()) / PID_FILE
    pid_file.write_text(f"{children[0].pid}\n", encoding="ascii")
    say(f"Assay on http://127.0.0.1:{port} (Ctrl-C stops it)")
    try:
        while not stopping and all(child.poll() is None for child in children):
            time.sleep(TICK)
    finally:
        end(children)
        pid_file.unlink(missing_ok=True)
    if stopping:
        return 0
    return next((child.returncode for child in children if child.returncode), 1)


def gunicorn(port: int) -> tuple[str, ...]:
    """One process with threads: more of them buy nothing while one writer writes."""
    return (
        *(sys.executable, "-m", "gunicorn", "wsgi:app"),
        *("--bind", f"127.0.0.1:{port}"),
        *("--worker-class", "gthread", "--workers", "1", "--threads", "8"),
        *("--graceful-timeout", "20", "--log-level", "warning"),
    )


def start(*command: str) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that Ctrl-C reaches it through us alone."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def end(children: list[subprocess.Popen[bytes]]) -> None:
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
    """Let the running web server load the new code without dropping a request."""
    pid_file = Path(os.environ.get("ASSAY_HOME") or home()) / PID_FILE
    try:
        os.kill(int(pid_file.read_text(encoding="ascii")), signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError, ValueError):
        say("No server of this home is running: start it with make run.")
        return 0
    say("The server loads the new code. Restart the worker by stopping and starting make run.")
    return 0


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
