"""A list as a table to take away: what the list shows under its filters, all pages of it, and nothing more."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from review.queries.incidents import Filters, Row, incident_list
from review.rules.errors import Forbidden, Invalid
from review.rules.permissions import Actor, may
from review.rules.words import N_

MOST = 20_000
TOO_MANY = N_(
    "This list holds more than %(most)s incidents, too many for one table. Narrow it and take it in parts."
)
COLUMNS = (
    "ref", "code", "title", "date", "date_end", "stage", "needs_round", "recheck", "restricted", "stream",
    "published_grade", "imported", "version", "killed_min", "killed_max", "injured_min", "injured_max",
)  # fmt: skip
# A cell that begins so is run by a spreadsheet; what people typed is text.
RUN = ("=", "+", "-", "@", "\t", "\r")

Cells = dict[str, str | int | bool | None]


def incidents_listed(viewer: Actor, filters: Filters) -> list[Cells]:
    """The incidents that the list shows this person, page after page, for whoever may export.

    All of them or, where they are too many for one table, a sentence: nobody takes a part for the whole.
    """
    if not may(viewer.role, "export"):
        raise Forbidden("export")
    return [cells(row) for row in _rows(viewer, filters)]


def _rows(viewer: Actor, filters: Filters) -> Iterator[Row]:
    page = incident_list(viewer, filters)
    yield from page.rows
    sent = len(page.rows)
    while page.after is not None:
        if sent >= MOST:
            raise Invalid({"q": TOO_MANY}, most=MOST)
        page = incident_list(viewer, filters, before=page.after)
        yield from page.rows
        sent += len(page.rows)


def cells(row: Row) -> Cells:
    """One incident by the names of the columns; a number that nobody knows is left out, and 0 is a finding."""
    killed = row.casualties.killed if row.casualties else None
    injured = row.casualties.injured if row.casualties else None
    return {
        "ref": row.ref,
        "code": row.code,
        "title": row.title,
        "date": row.date,
        "date_end": row.date_end,
        "stage": row.stage,
        "needs_round": row.needs_round,
        "recheck": row.recheck,
        "restricted": row.restricted,
        "stream": row.stream,
        "published_grade": row.grade,
        "imported": row.legacy,
        "version": row.version,
        "killed_min": killed.minimum if killed else None,
        "killed_max": killed.maximum if killed else None,
        "injured_min": injured.minimum if injured else None,
        "injured_max": injured.maximum if injured else None,
    }


def as_csv(rows: list[Cells]) -> str:
    """The table as CSV, with a line of names."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(COLUMNS)
    writer.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    return written.getvalue()


def _cell(value: str | int | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return f"'{text}" if text.startswith(RUN) else text
