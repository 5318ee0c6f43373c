"""`flask import`: published data into the desk, a report line a row that is not simply taken."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from review.actions import imports
from review.cli.people import acting_as
from review.rules.errors import Busy, Forbidden, ReadOnly
from review.rules.imports import THEATRE, UNREADABLE, sentence

group = AppGroup("import", help="Import published data.")


@group.command("incidents")
@click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Report what would be done, and do nothing.")
@click.option("--as", "email", metavar="EMAIL", help="The admin who imports; without it the machine does.")
@click.option("--theatre", default=THEATRE, show_default=True, help="The second half of the streams' names.")
@click.option("--limit", type=click.IntRange(min=1), help="Take no more than this many rows.")
def incidents(path: Path, dry_run: bool, email: str | None, theatre: str, limit: int | None) -> None:
    """Import incidents from a CSV file, plain or .gz; a second run changes nothing."""
    try:
        totals = imports.import_incidents(
            acting_as(email), path, theatre=theatre, limit=limit, dry_run=dry_run, tell=_tell
        )
    except imports.Unreadable as refusal:
        raise click.ClickException(refusal.sentence % refusal.values) from refusal
    except Forbidden as refusal:
        raise click.ClickException("Only an admin imports.") from refusal
    except (Busy, ReadOnly) as refusal:
        raise click.ClickException(
            f"The desk cannot be written to now ({refusal.key}). Try again."
        ) from refusal
    click.echo(_summary(totals, dry_run=dry_run))


def _tell(report: imports.RowReport) -> None:
    if report.outcome == "refused":
        click.echo(f"row {report.number} {report.code or '-'}: refused. {UNREADABLE[report.notes[0]]}")
    elif report.outcome == "changed":
        click.echo(
            f"row {report.number} {report.code or '-'}: imported before, and changed since; left as it is."
        )
    for note in report.notes if report.outcome == "imported" else ():
        where = f" ({note.split(':', 1)[1]})" if ":" in note else ""
        click.echo(f"row {report.number} {report.code or '-'}: {sentence(note)}{where}")


def _summary(totals: imports.Totals, *, dry_run: bool) -> str:
    verb = "would be imported" if dry_run else "imported"
    return (
        f"{totals.imported} {verb}, {totals.noted} of them with a note; {totals.present} were here already, "
        f"{totals.changed} of the known ones have changed; {totals.refused} refused."
    )
