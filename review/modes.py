"""File modes: what a desk keeps is for the account that runs it, and for nobody else of the machine."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import click

from review.config import DATABASE_FILE

OTHERS = 0o077
CLOSED = "Others of this machine could look into {path}. It is open to its own account alone now."


def keep_private(home: Path) -> None:
    """Whatever this process makes from here on is closed to others; so are the home and its database that stand."""
    os.umask(OTHERS)
    for path in (home, *sorted(home.glob(f"{DATABASE_FILE}*"))):
        _close(path)


def _close(path: Path) -> None:
    """Only what is our own: a folder that is somebody else's is theirs to close."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if found.st_uid != os.geteuid() or not stat.S_IMODE(found.st_mode) & OTHERS:
        return
    path.chmod(stat.S_IMODE(found.st_mode) & ~OTHERS)
    click.echo(CLOSED.format(path=path), err=True)
