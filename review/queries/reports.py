"""The ledger of official positions inside the desk: who entered which figures, when, and why they were corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from review.models import OfficialReport, Person, session
from review.models.parties import names_in_force
from review.queries.history import OurWord
from review.queries.ledger import Ledger, LedgerMonth, ledger_of, ledgers, named, report_of
from review.rules.errors import Forbidden, NotFound
from review.rules.leaving import SOMEBODY
from review.rules.ledger import Report
from review.rules.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class Entered:
    """One version as it was entered: by whom, when, and why where it corrects another."""

    month: str
    number: int
    report: Report
    url: str
    why: str | None
    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Every ledger of the desk, by the name of its party."""

    ledgers: tuple[Ledger, ...]


@dataclass(frozen=True, slots=True)
class PartyReports:
    """One ledger with every version of every month, the last entered first. `public`: a published incident names it."""

    ledger: Ledger
    public: bool
    entered: tuple[Entered, ...]


@dataclass(frozen=True, slots=True)
class EntryPage:
    """The form of one month: whose it is, and what stands of it."""

    party: str
    name: str
    month: str
    standing: LedgerMonth | None


def reports_page(viewer: Actor) -> ReportsPage:
    """Every belligerent whose own reports are kept."""
    _allow(viewer)
    return ReportsPage(ledgers())


def party_reports(viewer: Actor, party: str) -> PartyReports:
    """The ledger of one belligerent, with its history."""
    _allow(viewer)
    names = names_in_force(session)
    found = ledger_of(party, names)
    if found is None:
        raise NotFound("ledger")
    rows = session.execute(
        select(OfficialReport, Person.name)
        .outerjoin(Person, Person.id == OfficialReport.entered_by)
        .order_by(OfficialReport.id)
    ).all()
    theirs = [row for row in rows if names.key(row.OfficialReport.name) == party]
    return PartyReports(found, party in named([party]), _entered(theirs))


def entry_page(viewer: Actor, party: str, month: str) -> EntryPage:
    """The form for a month of a party; both may be empty, to be typed."""
    _allow(viewer)
    found = ledger_of(names_in_force(session).key(party)) if party else None
    standing = found.month(month) if found else None
    return EntryPage(found.party if found else "", found.name if found else party, month, standing)


def _allow(viewer: Actor) -> None:
    if not may(viewer.role, "record_report"):
        raise Forbidden("record_report")


def _entered(rows: Sequence[Any]) -> tuple[Entered, ...]:
    numbers: dict[str, int] = {}
    found = []
    for row, name in rows:
        number = numbers[row.month] = numbers.get(row.month, 0) + 1
        by = name or OurWord(SOMEBODY)
        found.append(Entered(row.month, number, report_of(row), row.url, row.why, row.entered_at, by))
    return tuple(reversed(found))
