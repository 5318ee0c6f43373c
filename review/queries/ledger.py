"""Official positions beside the record, as everybody may read them: they take no viewer, and read what was published.

A party's monthly reports are its own figures, copied by hand and no part of the sealed trail. What it concedes stands
in the positions of published incidents, as their versions were published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from review import clock
from review.models import Determination, Disclosure, Event, Incident, OfficialReport, RecordEntry, RecordName, session
from review.models.dossiers import read_disclosure
from review.models.parties import names_in_force
from review.queries.public import Listed, public_of
from review.queries.record import parties_named
from review.rules import ledger
from review.rules.facts import Casualties
from review.rules.ledger import FIGURES, Finding, Report
from review.rules.parties import Names
from review.rules.record import EVERYBODY, NOTHING, Figure, Month, total


@dataclass(frozen=True, slots=True)
class Version:
    """The figures of one month in one version: what they are, where they come from, and the day they were entered."""

    number: int
    day: str
    report: Report
    url: str


@dataclass(frozen=True, slots=True)
class LedgerMonth:
    """One month of a ledger: the version that stands, what does not add up in it, and the versions before it."""

    month: str
    standing: Version
    findings: tuple[Finding, ...]
    earlier: tuple[Version, ...]  # the latest first


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that one belligerent reported of its own assessments, the latest month first."""

    party: str
    name: str
    months: tuple[LedgerMonth, ...]

    @property
    def open(self) -> int | None:
        """What its latest month that says so leaves open."""
        return ledger.open_now((one.month, one.standing.report) for one in self.months)

    @property
    def findings(self) -> int:
        """In how many months something does not add up."""
        return sum(bool(one.findings) for one in self.months)

    def month(self, month: str) -> LedgerMonth | None:
        """The month of this name, where it was reported."""
        return next((one for one in self.months if one.month == month), None)


@dataclass(frozen=True, slots=True)
class Beside:
    """One month: what the record assesses under the grades shown, what the party concedes, and what it reports."""

    month: str
    assessed: Figure
    conceded: Figure
    reported: LedgerMonth | None


@dataclass(frozen=True, slots=True)
class OfficialRecord:
    """What one belligerent says beside what the record says of it; months with neither report nor concession left out.

    `assessed` and `conceded` are over all months and the undated. Of everybody there are only the ledgers by name.
    """

    party: str
    ledger: Ledger | None
    months: tuple[Beside, ...]  # the latest first
    assessed: Figure
    conceded: Figure
    ledgers: tuple[tuple[str, str], ...]  # (key, name) of every party that has one

    @property
    def shown(self) -> bool:
        """Whether there is anything official to show."""
        return bool(self.months or self.conceded.incidents or self.ledgers)


@dataclass(frozen=True, slots=True)
class ConcededPage:
    """The list behind one figure: what a party concedes in a month, and the published incidents in which it does."""

    party: str
    name: str
    month: str
    figure: Figure
    rows: tuple[Listed, ...]


def official_record(
    party: str, months: Sequence[Month], undated: Month | None = None, names: Names | None = None
) -> OfficialRecord:
    """A party's own words beside the months of the record that are shown, under the grades that these were made of."""
    names = names or names_in_force(session)
    party = names.key(party)
    if party == EVERYBODY:
        told = {one.party: one.name for one in ledgers(names)}
        listed = tuple((key, name) for key, name in told.items() if key in named(told))
        return OfficialRecord(party, None, (), NOTHING, NOTHING, listed)
    reports, conceded = ledger_of(party, names), _conceded(party, names)
    assessed = {one.month: one.total for one in (*months, *([undated] if undated else []))}
    reported = {one.month: one for one in reports.months} if reports else {}
    wanted = sorted({month for month in (*conceded, *reported) if month}, reverse=True)
    return OfficialRecord(
        party=party,
        ledger=reports,
        months=tuple(
            Beside(month, assessed.get(month, NOTHING), conceded.get(month, NOTHING), reported.get(month))
            for month in wanted
        ),
        assessed=total(assessed.values()),
        conceded=total(conceded.values()),
        ledgers=(),
    )


# --- the ledger -----------------------------------------------------------------------------------------------


def ledgers(names: Names | None = None) -> tuple[Ledger, ...]:
    """Every ledger, by the name of its party."""
    names = names or names_in_force(session)
    of_party: dict[str, list[Any]] = {}
    for row in _rows():
        of_party.setdefault(names.key(row.name), []).append(row)
    return tuple(sorted((_ledger(key, rows, names) for key, rows in of_party.items()), key=lambda one: one.name))


def ledger_of(party: str, names: Names | None = None) -> Ledger | None:
    """The ledger of the party of this key; None where nothing was entered."""
    names = names or names_in_force(session)
    rows = [row for row in _rows() if names.key(row.name) == party]
    return _ledger(party, rows, names) if rows else None


def named(parties: Iterable[str]) -> frozenset[str]:
    """Those of these parties that a published incident names, so that they have a page in the record."""
    wanted = select(RecordName.party).where(RecordName.party.in_(list(parties))).distinct()
    return frozenset(session.scalars(wanted))


def _rows() -> Sequence[OfficialReport]:
    """In the order in which they were entered."""
    return session.scalars(select(OfficialReport).order_by(OfficialReport.id)).all()


def _ledger(party: str, rows: Sequence[Any], names: Names) -> Ledger:
    versions: dict[str, list[Version]] = {}
    written: dict[str, int] = {}
    for row in rows:
        written[row.name] = written.get(row.name, 0) + 1
        known = versions.setdefault(row.month, [])
        known.insert(0, Version(len(known) + 1, clock.day(row.entered_at), report_of(row), row.url))
    judged = ledger.judged({month: known[0].report for month, known in versions.items()})
    months = (LedgerMonth(month, versions[month][0], found, tuple(versions[month][1:])) for month, found in judged)
    return Ledger(party, names.shown(party, written), tuple(reversed(list(months))))


def report_of(row: Any) -> Report:
    """The figures of a row."""
    return Report(**{name: getattr(row, name) for name in FIGURES})


# --- what is conceded -----------------------------------------------------------------------------------------


def conceded_page(party: str, month: str) -> ConcededPage:
    """The published incidents of a month in which a party concedes killed, the latest entered first.

    A party may be asked for by its key, by any spelling or by an alias.
    """
    names = names_in_force(session)
    key = names.key(party)
    found = {incident: figure for incident, (of, figure) in _concessions(key, names).items() if of == month}
    known = next((one.name for one in parties_named() if one.key == key), party)
    return ConcededPage(key, known, month, total(found.values()), public_of(sorted(found, reverse=True)))


def _conceded(party: str, names: Names) -> Mapping[str, Figure]:
    """Month -> what the party concedes in it."""
    found: dict[str, Figure] = {}
    for month, figure in _concessions(party, names).values():
        found[month] = found.get(month, NOTHING) + figure
    return found


def _concessions(party: str, names: Names) -> dict[int, tuple[str, Figure]]:
    """Published incident -> the month in which it counts and what the party concedes there.

    As published: the party's last position that the version which stands was published with. An incident of which it
    concedes no number is none of these, for blank is not zero.
    """
    latest = {
        incident: casualties
        for incident, name, casualties in _positions()
        if names.key(name) == party  # in the order in which they were recorded: a later one takes the place
    }
    known = {incident: said.killed for incident, said in latest.items() if said.killed.known}
    if not known:
        return {}
    months = session.execute(
        select(RecordEntry.incident_id, RecordEntry.month).where(
            RecordEntry.incident_id.in_(list(known)), RecordEntry.party == party
        )
    )
    return {incident: (month, Figure.of(known[incident])) for incident, month in months}


def _positions() -> Iterable[tuple[int, str, Casualties]]:
    """(incident, party, conceded) of every position that a version which stands was published with, in their order."""
    table = Determination.__table__.c
    rows = session.execute(
        select(Event.incident_id, Event.seq, Disclosure.text)
        .join(Incident, Incident.id == Event.incident_id)
        .join(Determination, (table.incident_id == Incident.id) & (table.version == Incident.version))
        .join(Disclosure, Disclosure.seq == Event.seq)
        .where(Event.type == "position.recorded", Incident.public, Event.seq <= table.seq)
        .where(Disclosure.name.in_(("party", "conceded")))
        .order_by(Event.seq)
    )
    sealed: dict[tuple[int, int], dict[str, Any]] = {}
    for incident, seq, text in rows:
        name, value = read_disclosure(text)
        sealed.setdefault((incident or 0, seq), {})[name] = value
    return [
        (incident, said["party"], Casualties.from_dict(said.get("conceded")))
        for (incident, _seq), said in sealed.items()
        if said.get("party")  # a name that was removed for good is nobody's
    ]
