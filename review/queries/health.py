"""Whether the desk is well: words only, never a count."""

from __future__ import annotations

import shutil
import time

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from review.audit import clock_step, remembered
from review.config import ROOT, home
from review.models import session
from review.queries import checks as comparisons
from review.rules.clocks import Step
from review.rules.rollbacks import Rollback

BEAT_FILE = "worker.beat"
BEAT_AGE = 120.0
LOW = 1024 * 1024 * 1024
ROOM = 200 * 1024 * 1024
WELL = ("ok", "low", "unchecked")


def checks() -> dict[str, str]:
    """One word for each part: `ok`, or what is wrong with it; `low` and `unchecked` are warnings and no fault yet."""
    return {
        "database": database(),
        "migrations": migrations(),
        "log": log(),
        "trail": comparisons.trail(),
        "worker": worker(),
        "disk": disk(),
    }


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


def newest() -> set[str]:
    """The version of the tables that this program works on."""
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


def migrations() -> str:
    """Whether the tables are those of this version of the program."""
    wanted = newest()
    try:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return "missing"
        found = set(session.scalars(text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        session.rollback()
        return "unknown"
    return "ok" if found == wanted else "behind"


def letters(connection: Connection) -> str:
    """Whether the index of words knows Arabic letters: PostgreSQL's sees none where a database has the plain type C."""
    if connection.dialect.name != "postgresql":
        return "ok"
    return "ok" if connection.scalar(text("SELECT cardinality(show_trgm('حلب')) > 0")) else "unknown"


def log() -> str:
    """Whether the database holds all that was published of its log; otherwise nothing is written."""
    try:
        return "ok" if remembered.rollback(session, home()) is None else "rolled back"
    except SQLAlchemyError:
        session.rollback()
        return "unknown"


def rollback() -> Rollback | None:
    """What the database lacks of what was published of its log; one that does not answer is told of elsewhere.

    A page that began to read before the last publication would miss what that one counts: where something is missing it
    is looked for again, in a transaction of now.
    """
    try:
        if remembered.rollback(session, home()) is None:
            return None
        with Session(session.get_bind()) as now:
            return remembered.rollback(now, home())
    except SQLAlchemyError:
        session.rollback()
        return None


def clock() -> Step | None:
    """The step of the clock that an admin must accept before anything is written again."""
    return clock_step.stepped(session)


def is_reading_only() -> bool:
    """Whether writing was found to have stopped; costs nothing while all is well."""
    return not remembered.is_known_to_continue(home()) and rollback() is not None


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
