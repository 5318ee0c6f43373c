"""Long jobs in a process of their own: while one runs, rounds close and checkpoints come out as ever.

One at a time on a machine. Its lock goes with its process, however that ends: what it did not finish is begun anew.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from review import config, jobs

LOCK = "long.lock"
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "work", "--long")


class Bench:
    """Where a worker has its long jobs done: by a child that ends with the last one that is due."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Begin what is due, unless somebody is at a long job already."""
        if self._is_at_it() or not jobs.is_due(jobs.LONG):
            return
        with _alone() as free:
            if not free:
                return
        self._child = subprocess.Popen(COMMAND, cwd=config.ROOT, start_new_session=True)  # noqa: S603 (our own command)

    def clear(self) -> None:
        """End the job in hand where it is: the next worker begins it anew."""
        if self._child is not None and self._is_at_it():
            self._child.terminate()
            self._child.wait()

    def _is_at_it(self) -> bool:
        return self._child is not None and self._child.poll() is None


def run_long() -> int:
    """Do every long job that is due; none where another process of this machine is at one. Answers how many."""
    with _alone() as free:
        return jobs.run_due(lane=jobs.LONG) if free else 0


@contextmanager
def _alone() -> Iterator[bool]:
    """Whether nobody else is at a long job; nobody begins one until the block ends."""
    with open(config.home() / LOCK, "a", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
