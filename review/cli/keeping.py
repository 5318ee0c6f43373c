"""`flask backup`, `flask restore`, `flask doctor` and `flask upgrade`: keeping the machine."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade as migrate
from sqlalchemy.exc import DBAPIError

from review import clock, config, store
from review.actions import log
from review.audit import keys, remembered
from review.cli.comparing import compare
from review.keeping import backup as backups
from review.keeping import doctor as doctors
from review.keeping import restore as restoring
from review.keeping.archive import Manifest, NotABackup
from review.keeping.crossing import NotCrossed
from review.keeping.snapshot import Unreadable
from review.models import session
from review.queries import health
from review.rules.errors import DomainError
from review.rules.permissions import SYSTEM

FULL = "The disk is full: nothing was kept of it. Make room, or write to another disk."
OLDER = (
    "Was a later checkpoint published? Put what somebody kept of it (from a mail, a witness, a bundle) into the file "
    "{file} before anybody writes: the desk then only reads, and says what is missing."
)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Write the whole desk but its keys to FILE, while it works."""
    made = _back_up(file)
    if made.log is not None and health.migrations() == "ok":
        _record(made)


def _back_up(file: Path) -> Manifest:
    with _in_words():
        made = backups.write(
            file.absolute(),
            database=current_app.config["SQLALCHEMY_DATABASE_URI"],
            objects=store.objects(),
        )
    size = made.log.size if made.log else 0
    click.echo(f"{file}: {size} entries of the log and {made.objects} files. It holds no keys.", err=True)
    for digest in made.absent:
        click.echo(f"The file {digest} is recorded and was not kept. Run flask audit fsck.", err=True)
    return made


def _record(made: Manifest) -> None:
    assert made.log is not None
    try:
        log.record_backup(SYSTEM, size=made.log.size)
    except (DomainError, DBAPIError) as problem:
        # The file is whole all the same: a desk that may not write any more is the one that needs it.
        session.rollback()
        click.echo(f"The trail could not note it ({type(problem).__name__}).", err=True)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keys",
    "key_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEYFILE",
    help="What flask audit key --export wrote; its passphrase is asked for, or taken from ASSAY_PASSPHRASE.",
)
@click.option(
    "--since",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="CHECKPOINT",
    help="The newest published checkpoint that anybody kept, or the file published of the old ASSAY_HOME.",
)
@with_appcontext
def restore(file: Path, key_file: Path | None, since: Path | None) -> None:
    """Bring FILE back into an empty ASSAY_HOME and an empty database."""
    given = restoring.Given(
        key_file.absolute() if key_file else None, since.absolute() if since else None, _passphrase
    )
    with _in_words():
        made = restoring.restore(
            file.absolute(),
            given,
            objects=store.objects(),
            database=current_app.config["SQLALCHEMY_DATABASE_URI"],
            owner=current_app.config["MIGRATION_DATABASE_URL"],
        )
    click.echo(f"The database of {made.made[:16].replace('T', ' ')} UTC is back, brought to this version.")
    if made.log:
        click.echo(f"The log {made.log.origin} holds {made.log.size} entries, up to {made.log.day}.")
    if remembered.last_published(config.home()) is None:
        click.echo(OLDER.format(file=config.home() / remembered.FILE))
    click.echo(f"{made.objects} kept files are back. Everybody signs in anew.")
    _compare()


def _passphrase() -> str:
    given = os.environ.get("ASSAY_PASSPHRASE")
    return given or str(click.prompt("Passphrase of the key file", hide_input=True, err=True))


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say how the desk is and what to do; ends with 1 where something fails."""
    found = doctors.findings()
    session.rollback()
    for finding in found:
        click.echo(f"{finding.word:8} {finding.part}: {finding.sentence}")
    if any(finding.word == doctors.FAILURE for finding in found):
        raise SystemExit(1)


@click.command("upgrade")
@click.option("--backup", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@with_appcontext
def upgrade(file: Path | None) -> None:
    """Back up, migrate, and compare the database with its trail; `make upgrade` then restarts the server."""
    if health.migrations() == "missing":
        raise click.ClickException("There is no desk here yet: make run makes one.")
    session.rollback()
    made = _back_up(file or _next_backup())
    migrate()
    click.echo("The tables are those of this version.", err=True)
    if made.log is not None:
        _record(made)
    _compare()


def _next_backup() -> Path:
    folder = config.home() / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"before-upgrade-{clock.now():%Y%m%dT%H%M%S}.tar"


def _compare() -> None:
    if differences := compare():
        raise click.ClickException(f"The database is not what its trail says: {differences} differences.")
    click.echo("The database is what its trail says.")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except (backups.NotBackedUp, restoring.NotRestored, NotABackup, NotCrossed, Unreadable) as problem:
        raise click.ClickException(str(problem)) from problem
    except keys.MissingKey as missing:
        raise click.ClickException(f"The key file {missing} is gone: bring the keys folder back first.") from missing
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise click.ClickException(FULL) from problem


commands = (backup, restore, doctor, upgrade)
