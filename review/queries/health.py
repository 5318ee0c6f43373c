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
ROOM = 200 * 1024 * 1024


def checks() -> dict[str, str]:
    """One word for each part: `ok`, or what is wrong with it."""
    return {"database": _database(), "migrations": _migrations(), "worker": _worker(), "disk": _disk()}


def beat() -> None:
    """The worker says that it is alive."""
    (home() / BEAT_FILE).touch()


def _database() -> str:
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return "unreachable"
    return "ok"


def _migrations() -> str:
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


def _worker() -> str:
    try:
        age = time.time() - (home() / BEAT_FILE).stat().st_mtime
    except FileNotFoundError:
        return "not seen"
    return "ok" if age < BEAT_AGE else "silent"


def _disk() -> str:
    return "ok" if shutil.disk_usage(home()).free > ROOM else "full"
