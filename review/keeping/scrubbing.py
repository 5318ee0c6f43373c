"""The bytes of what was deleted: gone from the database's own files, as far as the desk can reach them.

SQLite overwrites what it deletes (`secure_delete`); its indexes of words only note what was taken out, so they are
merged here, and then its write-ahead log is emptied. PostgreSQL leaves a
deleted row where it stood until the table is written anew, which only the tables' owner may do and which needs each
table to itself for a moment. Backups, bundles handed out and archived write-ahead logs are out of reach: the pages and
the README say so.
"""

from __future__ import annotations

import logging
from contextlib import closing
from datetime import datetime
from typing import Any

import psycopg
from flask import current_app
from psycopg import sql
from sqlalchemy import make_url, text

from review import config
from review.actions.locking import writing
from review.extensions import db
from review.models import session
from review.models.projections import REGISTRY
from review.models.search import BESIDE, STEP, merge

logger = logging.getLogger(__name__)

# Beside the registry: what held the text itself, what links a person, and what speaks of either.
TABLES = tuple(sorted({
    *REGISTRY, "api_token", "care", "disclosure", "hold", "job", "look", "notice", "participation", "passed",
    "password", "person_key", "recovery_code", "second_factor", "submission_knock", "turn", "user_session",
    "working_language",
}))  # fmt: skip
PATIENCE = "5s"  # for a table that others are using; the job is tried again
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
    "AND xact_start IS NOT NULL AND xact_start < :since AND backend_type = 'client backend'"
)


class StillRead(RuntimeError):
    """Somebody is still reading the database as it was: the bytes cannot go yet, and the job is tried again."""


def scrub(since: str) -> None:
    """Let nothing of what was deleted until `since` stand in the files of the database; safe to run twice."""
    session.rollback()
    if session.get_bind().dialect.name == "sqlite":
        _merge_the_words()
        _empty_the_log()
    else:
        _write_anew(datetime.fromisoformat(since))


def _merge_the_words() -> None:
    session.remove()
    with closing(db.engine.raw_connection()) as connection:
        for index in BESIDE:
            pages = -STEP
            while _merged(connection, index, pages):
                pages = STEP


def _merged(connection: Any, index: str, pages: int) -> bool:
    with writing(config.home()):
        return merge(connection.driver_connection, index, pages)


def _empty_the_log() -> None:
    with writing(config.home()):
        session.remove()
        connection = db.engine.raw_connection()
        try:
            busy, _pages, _copied = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.close()
    if busy:
        raise StillRead("the write-ahead log is still read")


def _write_anew(since: datetime) -> None:
    if session.scalar(_OLDER, {"since": since}):
        session.rollback()
        raise StillRead("a transaction from before is still open")
    session.rollback()
    address = make_url(current_app.config["MIGRATION_DATABASE_URL"]).set(drivername="postgresql")
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as owner:
        owner.execute(sql.SQL("SET lock_timeout = {}").format(PATIENCE))
        present = {name for (name,) in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        for table in TABLES:
            if table in present:
                owner.execute(sql.SQL("VACUUM (FULL) {}").format(sql.Identifier(table)))
        try:
            owner.execute("CHECKPOINT")
        except psycopg.errors.InsufficientPrivilege:
            # The server does it by itself within minutes; until then the old file waits to be removed.
            logger.info("bytes: the owner may not ask for a checkpoint")
