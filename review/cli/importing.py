"""`flask import`: published data into the desk, a report line a row that is not simply taken."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from review.actions import imported_sources, imports
from review.cli.people import acting_as
from review.rules import columns
from review.rules.errors import Busy, Forbidden, ReadOnly
from review.rules.import_notes import CHANGED, place, sentence
from review.rules.imports import THEATRE

group = AppGroup("import", help="Import published data.")

FILE = click.argument("path", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
DRY_RUN = click.option("--dry-run", is_flag=True, help="Report what would be done, and do nothing.")
AS = click.option("--as", "email", metavar="EMAIL", help="The admin who imports; without it the machine does.")
LIMIT = click.option("--limit", type=click.IntRange(min=1), help="Take no more than this many rows.")


@group.command("incidents")
@FILE
@DRY_RUN
@AS
@click.option("--theatre", default=THEATRE, show_default=True, help="The second half of the streams' names.")
@LIMIT
def incidents(path: Path, dry_run: bool, email: str | None, theatre: str, limit: int | None) -> None:
    """Import incidents from a CSV file, plain or .gz; a second run changes nothing."""
    with _reported(columns.INCIDENTS.name, dry_run) as (start, tell, total):
        total(
            imports.import_incidents(
                acting_as(email), path, theatre=theatre, limit=limit, dry_run=dry_run, tell=tell, start=start
            )
        )


@group.command("sources")
@FILE
@DRY_RUN
@AS
@LIMIT
def sources(path: Path, dry_run: bool, email: str | None, limit: int | None) -> None:
    """Attach sources from a CSV file, plain or .gz, to the incidents of their codes; a second run changes nothing."""
    with _reported(columns.SOURCES.name, dry_run) as (start, tell, total):
        total(
            imported_sources.import_sources(
                acting_as(email), path, limit=limit, dry_run=dry_run, tell=tell, start=start
            )
        )


Reported = tuple[imports.Start, imports.Tell, Callable[[imports.Totals], None]]


@contextmanager
def _reported(kind: str, dry_run: bool) -> Iterator[Reported]:
    """A bar on stderr where somebody watches, a line on stdout for each row with something to say, a sum at the end."""
    bars: list[Any] = []

    def start(rows: int) -> None:
        bar = click.progressbar(
            length=rows, label=kind, file=sys.stderr, hidden=not sys.stderr.isatty(), update_min_steps=100
        )
        bars.append(bar.__enter__())

    def tell(report: imports.RowReport) -> None:
        bars[0].update(1)
        _tell(kind, report)

    def total(totals: imports.Totals) -> None:
        click.echo(_summary(totals, dry_run=dry_run))

    try:
        yield start, tell, total
    except imports.Unreadable as refusal:
        raise click.ClickException(refusal.sentence % refusal.values) from refusal
    except Forbidden as refusal:
        raise click.ClickException("Only an admin imports.") from refusal
    except (Busy, ReadOnly) as refusal:
        raise click.ClickException(
            f"The desk cannot be written to now ({refusal.key}). What was imported stays; run it again to go on."
        ) from refusal
    finally:
        for bar in bars:
            bar.__exit__(None, None, None)


def _tell(kind: str, report: imports.RowReport) -> None:
    row = f"row {report.number} {report.code or '-'}:"
    if report.outcome == "changed":
        click.echo(f"{row} {CHANGED}")
    for note in report.notes:
        where = f" ({place(note)})" if place(note) else ""
        refused = "refused. " if report.outcome == "refused" else ""
        click.echo(f"{row} {refused}{sentence(kind, note)}{where}")


def _summary(totals: imports.Totals, *, dry_run: bool) -> str:
    verb = "would be imported" if dry_run else "imported"
    return (
        f"{totals.imported} {verb}, {totals.noted} of them with a note; {totals.present} were here already, "
        f"{totals.changed} of the known ones have changed; {totals.refused} refused."
    )
