"""Whether the desk is well: words only, never a count."""

from __future__ import annotations

import shutil
import time

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from review.config import ROOT, home
from review.models import session

BEAT_FILE = "worker.beat"
BEAT_AGE = 120.0
LOW = 1024 * 1024 * 1024
ROOM = 200 * 1024 * 1024
WELL = ("ok", "low")


def checks() -> dict[str, str]:
    """One word for each part: `ok`, or what is wrong with it; `low` is a warning and no fault yet."""
    return {"database": database(), "migrations": migrations(), "worker": worker(), "disk": disk()}


def beat() -> None:
    """The worker says that it is alive."""
    try:
        (home() / BEAT_FILE).touch()
    except OSError:
        return  # a full disk is told of by another word


def database() -> str:
    """Whether the database answers."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return "unreachable"
    return "ok"


def migrations() -> str:
    """Whether the tables are those of this version of the program."""
    wanted = set(ScriptDirectory(str(ROOT / "migrations")).get_heads())
    try:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return "missing"
        found = set(session.scalars(text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        session.rollback()
        return "unknown"
    return "ok" if found == wanted else "behind"


def worker() -> str:
    """Whether `flask work` was heard of within two minutes."""
    try:
        age = time.time() - (home() / BEAT_FILE).stat().st_mtime
    except FileNotFoundError:
        return "not seen"
    return "ok" if age < BEAT_AGE else "silent"


def disk() -> str:
    """Whether there is room: `low` under 1 GB, `full` under 200 MB."""
    free = shutil.disk_usage(home()).free
    if free < ROOM:
        return "full"
    return "low" if free < LOW else "ok"
