"""Runs the migrations: as the owner of the tables on PostgreSQL, with foreign keys asleep on SQLite."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, create_engine, make_url, pool, text
from sqlalchemy.types import TypeDecorator

import review.models  # noqa: F401
from review.extensions import db, write_mode
from review.models.search import ours

OWNER_ONLY = ("alembic_version",)


def render_item(kind: str, item: Any, _context: Any) -> str | bool:
    """Write our own column types as what the database sees, so that no version imports the application."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run() -> None:
    """Migrate in one transaction, on a connection of our own."""
    engine = create_engine(current_app.config["MIGRATION_DATABASE_URL"], poolclass=pool.NullPool)
    mode = write_mode.set(True)
    try:
        with engine.connect() as connection:
            migrate(connection)
    finally:
        write_mode.reset(mode)
        engine.dispose()


def migrate(connection: Connection) -> None:
    """Bring this connection's database to the wanted version."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # Inside a transaction the pragma does nothing, so it goes past SQLAlchemy, which would begin one.
        connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_item=render_item,
        render_as_batch=sqlite,
        transactional_ddl=True,
        compare_type=True,
        include_name=ours,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            refuse_broken_references(connection)
        else:
            let_the_application_in(connection)


def refuse_broken_references(connection: Connection) -> None:
    """A rebuilt table must not have lost what points at it."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration breaks {len(broken)} references, the first: {tuple(broken[0])}")


def let_the_application_in(connection: Connection) -> None:
    """Where the owner is another role, the application may use the rows and nothing else."""
    role = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"]).username
    owner = make_url(current_app.config["MIGRATION_DATABASE_URL"]).username
    if not role or role == owner:
        return
    name = connection.dialect.identifier_preparer.quote(role)
    for grant in (
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}",
    ):
        connection.execute(text(grant))
    for table in OWNER_ONLY:
        connection.execute(text(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {name}"))


if context.is_offline_mode():
    raise SystemExit("Assay migrates a database it is connected to.")
run()
