"""What stands around the record: tables, the triggers that refuse a change, and what the application's role may do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import inspect, text

from review.audit.fsck.definitions import POSTGRESQL, SQLITE
from review.models import Base
from review.models.search import BESIDE

FACTS = (
    "event", "checkpoint", "policy", "codebook_version", "round", "round_closing", "vote", "settlement",
    "settlement_closing", "approval", "determination",
)  # fmt: skip
CHECKS = ("ck_event_hash", "ck_event_leaf_is_a_hash", "ck_disclosure_digest")
# 'A' is ENABLE ALWAYS: a replica's session cannot switch it off.
_TRIGGERS = """
    SELECT t.tgname, c.relname, t.tgtype::int, t.tgenabled::text, p.proname, p.prosrc, p.proconfig::text, t.tgqual::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
"""
_CHECKS = """
    SELECT conname FROM pg_constraint
    WHERE contype = 'c' AND convalidated AND connamespace = current_schema()::regnamespace
"""
_OWNED = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND pg_has_role(current_user, c.relowner, 'MEMBER')
    ORDER BY c.relname
"""
_MORE = """
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND has_table_privilege(c.oid, 'TRUNCATE, TRIGGER, REFERENCES')
    ORDER BY c.relname
"""
_ROLE = "SELECT rolsuper, rolreplication, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
_ATTRIBUTES = ("SUPERUSER", "REPLICATION", "CREATEROLE", "BYPASSRLS")


def tables(session: Any) -> Iterator[str]:
    """Every table or column of the desk that is not there: nothing else can be compared then."""
    seen = inspect(session.connection())
    present = set(seen.get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name not in present:
            yield f"The table {table.name} is gone. Bring back a backup, or run make upgrade where the program is new."
            continue
        missing = {column.name for column in table.columns} - {one["name"] for one in seen.get_columns(table.name)}
        yield from (f"The table {table.name} has no column {name}. Bring back a backup." for name in sorted(missing))


def triggers(session: Any) -> Iterator[str]:
    """Every guard of the record that is gone, asleep, or no longer says what it said."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    wanted, present = (SQLITE, definitions(session)) if sqlite else (POSTGRESQL, definitions(session))
    for name in sorted(wanted.keys() - present.keys()):
        if name.startswith(BESIDE):
            yield f"The trigger {name} is gone: incidents are no longer found by their words. Bring back a backup."
            continue
        yield f"The trigger {name} is gone: the record can be changed past the doorway."
    for name in sorted(wanted.keys() & present.keys()):
        if wanted[name] != present[name]:
            yield (
                f"The trigger {name} is not the one that was set, or it sleeps: the record can be changed past the "
                "doorway."
            )
    for name in sorted(present.keys() - wanted.keys()):
        yield f"There is a trigger {name} that is none of ours: look what it does, and drop it as the owner."
    if not sqlite:
        yield from _constraints(session)


def definitions(session: Any) -> dict[str, str]:
    """Each trigger of the database by name, with a digest of all that it is."""
    if session.get_bind().dialect.name == "sqlite":
        rows: Any = session.execute(text("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = session.execute(text(_TRIGGERS))
    return {name: _digest(" ".join(map(str, rest))) for name, *rest in rows}


def _digest(definition: str) -> str:
    return hashlib.sha256(" ".join(definition.split()).encode()).hexdigest()[:16]


def _constraints(session: Any) -> Iterator[str]:
    present = set(session.scalars(text(_CHECKS)))
    for name in CHECKS:
        if name not in present:
            yield f"The check {name} is gone: a row may stand there whose hash is not its own."


def role(session: Any) -> Iterator[str]:
    """What the application's own connection may do beyond reading and adding rows."""
    if session.get_bind().dialect.name == "sqlite":
        yield from _pragmas(session)
        return
    name = session.scalar(text("SELECT current_user"))
    for attribute, held in zip(_ATTRIBUTES, session.execute(text(_ROLE)).one(), strict=True):
        if held:
            yield f"The application's role {name} is {attribute}. Run as a superuser: ALTER ROLE {name} NO{attribute}."
    if owned := list(session.scalars(text(_OWNED))):
        yield (
            f"The application's role {name} owns, or may become the owner of, {len(owned)} tables, the first "
            f"{owned[0]}: it can put the triggers to sleep. Give the desk two roles: DATABASE_URL and "
            "MIGRATION_DATABASE_URL."
        )
        return
    for table in session.scalars(text(_MORE)):
        yield (
            f"The application's role {name} may do more with the table {table} than use its rows. Revoke it as the "
            "owner."
        )
    yield from _settings(session, name)


def _settings(session: Any, name: str) -> Iterator[str]:
    may = {
        "create tables in the schema": "SELECT has_schema_privilege(current_schema(), 'CREATE')",
        "create schemas": "SELECT has_database_privilege(current_database(), 'CREATE')",
    }
    if session.scalar(text("SELECT current_setting('server_version_num')::int")) >= 150000:
        may["set session_replication_role"] = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
    for what, statement in may.items():
        if session.scalar(text(statement)):
            yield f"The application's role {name} may {what}. Revoke it as the owner."
    if session.scalar(text("SELECT current_setting('session_replication_role')")) != "origin":
        yield "This connection runs without triggers: session_replication_role is not origin."


# What each setting answers when it is as we set it.
_AS_SET: Mapping[str, object] = {
    "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "ignore_check_constraints": 0,
    "writable_schema": 0,
}  # fmt: skip


def _pragmas(session: Any) -> Iterator[str]:
    for name, wanted in _AS_SET.items():
        has = session.scalar(text(f"PRAGMA {name}"))
        if has != wanted:
            yield f"SQLite runs with {name} {has}, and the desk needs {wanted}. Start it anew."
    for table, row, parent, _key in session.execute(text("PRAGMA foreign_key_check")):
        yield f"The table {table} holds a row {row} that refers to a row of {parent} that is not there."
