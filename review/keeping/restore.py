"""`flask restore`: a backup brought back into an empty home and an empty database, then compared with its trail.

The database comes last, whole in one step: a restoration that dies leaves a home that can be restored into again.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from flask_migrate import downgrade, upgrade
from psycopg import sql
from sqlalchemy import make_url

from review import config
from review.audit import escrow, keys, note, remembered
from review.extensions import db
from review.keeping import archive, crossing
from review.keeping.archive import Manifest, NotABackup, by_table
from review.keeping.snapshot import DATABASE, SQLITE, libpq
from review.queries import health
from review.store import Store

RESTORED = "restored"  # when the backup was made that this home came back from: it counts as this desk's too
# What starting the program, or an earlier restoration, leaves in a home that was never used.
MADE_BY_STARTING = {
    *("secret_key", "origin", "keys", "logs", "write.lock", "long.lock", "worker.beat", "objects", "backups"),
    *(remembered.FILE, RESTORED),
    *(f"{DATABASE}{ending}" for ending in ("", "-wal", "-shm", "-journal", ".part")),
}
# What somebody who died while writing one of these left behind.
CUT_SHORT = re.compile(rf"(secret_key|origin|{remembered.FILE})\.\d+(\.[0-9a-f]{{8}})?")
BLOCK = 1024 * 1024
COUNTED = "ANALYZE"  # what PostgreSQL plans by, which it would otherwise get to know some minutes later


class NotRestored(RuntimeError):
    """Nothing was brought back, with the reason in a sentence."""


@dataclass(frozen=True, slots=True)
class Given:
    """What comes from elsewhere: the file of the keys and the newest published checkpoint that somebody kept."""

    key_file: Path | None
    since: Path | None
    phrase: Callable[[], str]

    @property
    def files(self) -> set[Path]:
        """The files themselves, which may lie in the home."""
        return {path.resolve() for path in (self.key_file, self.since) if path}


def restore(backup: Path, given: Given, *, objects: Store, database: str, owner: str) -> Manifest:
    """Bring the backup back; refused, with nothing written, unless the home and the database are empty.

    The keys are no part of a backup: they come from the file that `flask audit key --export` wrote, or stand in the
    home's `keys` folder already. The checkpoint, or one that the home remembers, decides whether the backup is too old.
    """
    manifest = archive.check(backup)
    _refuse_another_engine(manifest, database)
    _refuse_a_used_home(config.home(), {backup.resolve(), *given.files}, manifest)
    _refuse_a_used_database()
    _bring_keys(manifest, config.home(), given.key_file, given.phrase)
    if given.since is not None:
        _bring_published(manifest, config.home(), given.since)
    db.session.remove()
    db.engine.dispose()
    _put_objects(backup, objects)
    if make_url(database).get_backend_name() == SQLITE:
        _put_database(config.home() / DATABASE, backup)
    elif manifest.engine == SQLITE:
        _cross(backup, owner)
    else:
        _put_rows(backup, manifest, owner)
    upgrade()
    (config.home() / RESTORED).write_text(manifest.made + "\n", encoding="ascii")
    return manifest


def restored_from(home: Path) -> str | None:
    """When the backup was made that this home came back from; None for one that was never restored."""
    try:
        return (home / RESTORED).read_text("ascii").strip()
    except FileNotFoundError:
        return None


# --- what stands in the way --------------------------------------------------------------------------------


def _refuse_another_engine(manifest: Manifest, database: str) -> None:
    address = make_url(database)
    if address.get_backend_name() == SQLITE:
        if manifest.engine != SQLITE:
            raise NotRestored("This backup is of PostgreSQL: set DATABASE_URL to an empty database there.")
        if Path(address.database or "") != config.home() / DATABASE:
            raise NotRestored("On SQLite the database is brought back into ASSAY_HOME: leave DATABASE_URL unset.")
    elif manifest.engine == SQLITE and manifest.revision not in health.newest():
        raise NotRestored(
            "This backup is of an earlier version of the program: bring its desk up to date with flask upgrade where "
            "it stands, and back it up anew."
        )


def _refuse_a_used_home(home: Path, expected: set[Path], manifest: Manifest) -> None:
    found = [path for path in sorted(home.iterdir()) if path.name not in MADE_BY_STARTING and path not in expected]
    held = [path for path in found if not CUT_SHORT.fullmatch(path.name)]
    # Files of this very backup may stand there from a restoration that was cut short.
    own = {member.sha256 for member in manifest.members if member.is_object}
    kept = (path for path in (home / "objects").rglob("*") if path.is_file())
    held += [path for path in kept if path.name.partition("#")[0] not in own]
    if held:
        told = f" and give what it remembers with --since {home / remembered.FILE}"
        raise NotRestored(
            f"{home} is not empty: {held[0].name} is in it. Set ASSAY_HOME to a new folder"
            f"{told if (home / remembered.FILE).exists() else ''}."
        )


def _refuse_a_used_database() -> None:
    if sa.inspect(db.engine).has_table("event") and _rows("event") + _rows("person"):
        raise NotRestored("The database is not empty: a desk lives in it. Restore into another one.")


def _rows(table: str) -> int:
    with db.engine.connect() as connection:
        return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


# --- keys --------------------------------------------------------------------------------------------------


def _bring_keys(manifest: Manifest, home: Path, key_file: Path | None, phrase: Callable[[], str]) -> None:
    if manifest.log is None:
        return
    given = os.environ.get("ASSAY_ORIGIN")
    if given and given != manifest.log.origin:
        raise NotRestored(f"ASSAY_ORIGIN is {given} and the log is {manifest.log.origin}: leave it unset.")
    if key_file is not None:
        held = _opened(key_file, phrase())
        if manifest.vkey not in escrow.verifier_keys(held, manifest.log.origin):
            raise NotRestored(
                f"{key_file.name} holds the keys of another log than this backup's, or was written before the signing "
                "key was changed."
            )
        keys.install(home, held)
        escrow.note_export(home)
    _refuse_other_keys(manifest, home)
    config.adopt_origin(manifest.log.origin)


def _opened(key_file: Path, phrase: str) -> dict[str, bytes]:
    try:
        return escrow.opened_keys(key_file.read_text("ascii"), phrase)
    except InvalidTag as problem:
        raise NotRestored("The passphrase does not open the key file.") from problem
    except (ValueError, KeyError, OSError) as problem:
        raise NotRestored(f"{key_file.name} is no file that flask audit key --export wrote.") from problem


def _refuse_other_keys(manifest: Manifest, home: Path) -> None:
    assert manifest.log is not None
    try:
        keys.load(home)
    except keys.MissingKey as missing:
        raise NotRestored(
            "A backup holds no keys. Give the file that flask audit key --export wrote with --keys FILE, or copy "
            f"the folder keys of the old ASSAY_HOME into {home} first."
        ) from missing
    if manifest.vkey not in {*keys.seeds(home, manifest.log.origin), *keys.retired(home).values()}:
        raise NotRestored(f"The keys in {home} are those of another log than this backup's.")


# --- what was published ------------------------------------------------------------------------------------


def _bring_published(manifest: Manifest, home: Path, since: Path) -> None:
    """Remember the checkpoint that somebody kept, unless the home remembers a later one."""
    text = _published(manifest, home, since)
    known = remembered.last_published(home)
    if known is None or known.head is None or known.head.size < note.parse_checkpoint(text).size:
        remembered.remember(home, text)


def _published(manifest: Manifest, home: Path, since: Path) -> str:
    try:
        text = since.read_text("utf-8")
        told = note.parse_checkpoint(text)
        if manifest.log is None or told.origin != manifest.log.origin:
            raise NotRestored(f"{since.name} is a checkpoint of the log {told.origin}, not of this backup's.")
        own = {*keys.seeds(home, told.origin), *keys.retired(home).values()}
        signed = note.signers(told, [note.VerifierKey.parse(vkey) for vkey in own])
    except (note.NoteError, UnicodeDecodeError) as problem:
        raise NotRestored(f"{since.name} is no checkpoint: the text that /audit and the mails show.") from problem
    if not signed:
        raise NotRestored(f"{since.name} is not signed by this log's key.")
    return text


# --- the database and the kept files -----------------------------------------------------------------------


def _put_objects(backup: Path, objects: Store) -> None:
    with archive.opened(backup) as (_manifest, members):
        for member, file in members:
            if member.is_object:
                objects.put_once(file)


def _put_database(path: Path, backup: Path) -> None:
    draft = path.with_name(path.name + ".part")
    crossing.put_file(draft, backup)
    for ending in ("-wal", "-shm", "-journal"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    draft.replace(path)


def _put_rows(backup: Path, manifest: Manifest, owner: str) -> None:
    """The tables as they were, then every row past the same guards that it once passed."""
    downgrade(revision="base")
    upgrade(revision=manifest.revision)
    rows = by_table(manifest.members)
    order = _order(owner)
    if set(rows) != set(order):
        raise NotABackup(f"Its tables are not those of version {manifest.revision}.")
    with psycopg.connect(libpq(make_url(owner))) as connection:
        for table in order:
            _copy(connection, backup, table, rows[table])
            if "id" in rows[table].columns:
                _go_on_counting(connection, table)
        connection.execute(COUNTED)


def _cross(backup: Path, owner: str) -> None:
    """The rows of a desk that stood on SQLite."""
    downgrade(revision="base")
    upgrade()
    draft = config.home() / f"{DATABASE}.part"
    with crossing.unpacked(backup, draft) as source, psycopg.connect(libpq(make_url(owner))) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        for table in _order(owner):
            if "id" in crossing.copy(source, connection, table):
                _go_on_counting(connection, table)
        connection.execute(COUNTED)


def _order(owner: str) -> list[str]:
    """Every table behind those that it points at."""
    engine = sa.create_engine(owner, poolclass=sa.NullPool)
    try:
        found = sa.MetaData()
        found.reflect(engine)
        return [table.name for table in found.sorted_tables if table.name != "alembic_version"]
    finally:
        engine.dispose()


def _copy(connection: psycopg.Connection, backup: Path, table: str, member: archive.Member) -> None:
    columns = sql.SQL(", ").join(sql.Identifier(column) for column in member.columns)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
    with archive.opened(backup) as (_manifest, members):
        file = next(file for one, file in members if one.name == member.name)
        with connection.cursor().copy(statement) as copy:
            while block := file.read(BLOCK):
                copy.write(block)


def _go_on_counting(connection: psycopg.Connection, table: str) -> None:
    statement = sql.SQL(
        "SELECT setval(s, m) FROM (SELECT pg_get_serial_sequence({0}, 'id') AS s, (SELECT max(id) FROM {1}) AS m) "
        "AS told WHERE s IS NOT NULL AND m IS NOT NULL"
    )
    connection.execute(statement.format(sql.Literal(f'public."{table}"'), sql.Identifier(table)))
