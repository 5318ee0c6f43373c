"""Room for a bundle in the making: a folder of its own under the home, held as long as its maker lives.

What is spooled there are details in clear. Whoever dies on the way leaves the folder; the next one takes it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from review import config

PREFIX = "spool-"


@contextmanager
def spool() -> Iterator[Path]:
    """A new folder that only this machine's keeper reads, gone when the block ends."""
    take_leftovers()
    folder, held = _made()
    try:
        yield folder
    finally:
        try:
            shutil.rmtree(folder)
        finally:
            os.close(held)


def take_leftovers() -> None:
    """Take away what makers left that are no more; who is still at it holds theirs."""
    for folder in config.exports().glob(f"{PREFIX}*"):
        held = _held(folder)
        if held is None:
            continue
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _made() -> tuple[Path, int]:
    config.exports().mkdir(mode=0o700, exist_ok=True)
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=config.exports()))
        held = _held(folder)
        # Between its making and its holding somebody may have taken it for a leftover.
        if held is not None and folder.exists():
            return folder, held
        if held is not None:
            os.close(held)


def _held(folder: Path) -> int | None:
    """A hold on the folder, let go with the process at the latest; None while it is another's, or gone."""
    try:
        held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held
