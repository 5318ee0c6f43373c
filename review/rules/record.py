"""The record: published incidents and the killed among civilians, by month, party named and grade.

An incident that names several parties counts in full for each, so that parties do not add up. A range of days counts in
the month in which it starts. Which grades a total includes is always said; unless asked for others it includes those of
the headline, Confirmed and Fair, as the field adds them up.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from review.rules.facts import Facts, Range
from review.rules.grades import CODEBOOKS, DEFAULT, RESULTS
from review.rules.parties import Names

EVERYBODY = ""  # in place of a party: every incident once, whomever it names
UNDATED = ""  # in place of a month
CONTESTED = "contested"
LEGACY = "legacy"  # the kind of a determination that was imported, not reviewed here
HEADLINE = tuple(key for book in CODEBOOKS for key in book.headline)
MEASURES = ("incidents", "fewest", "most")
_DAY = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))-\d{2}")


def month_of(date: str | None) -> str:
    """YYYY-MM of the day on which an incident began; UNDATED where none is known."""
    found = _DAY.fullmatch(date or "")
    return found[1] if found else UNDATED


@dataclass(frozen=True, slots=True)
class Counted:
    """One incident as its standing determination has it: where it counts and what it adds."""

    month: str
    parties: tuple[str, ...]
    grade: str
    legacy: bool
    killed: Range
    written: tuple[tuple[str, str], ...] = ()  # how it spells each party: (key, as written)

    def spelt(self, party: str) -> str:
        """How the incident spells a party; nothing for everybody."""
        return dict(self.written).get(party, "")


def counted_of(facts: Facts, grade: str, legacy: bool, killed: Range, names: Names) -> Counted:
    """An incident as it counts: by the facts its version was published with, and that version's grade and range."""
    written = names.spelt((party.name, party.role) for party in facts.parties)
    return Counted(month_of(facts.date), tuple(key for key, _name in written), grade, legacy, killed, written)


@dataclass(frozen=True, slots=True)
class Figure:
    """Incidents, and the fewest and the most killed in them, as far as they are known.

    Blank is not zero: an incident whose fewest or most nobody knows adds nothing there and is counted apart. Where the
    fewest is known and the most is not, at least the fewest were killed, and the most cannot be less.
    """

    incidents: int = 0
    fewest: int = 0
    most: int = 0
    unknown: int = 0  # neither bound is known
    open_below: int = 0  # the most is known, the fewest is not
    open_above: int = 0  # the fewest is known, the most is not

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.incidents + other.incidents,
            self.fewest + other.fewest,
            self.most + other.most,
            self.unknown + other.unknown,
            self.open_below + other.open_below,
            self.open_above + other.open_above,
        )

    @property
    def known(self) -> bool:
        """Whether any incident says how many: a page shows no 0 for what nobody knows."""
        return self.incidents > self.unknown

    @property
    def killed(self) -> Range:
        """Fewest to most, as a page shows it."""
        return Range(self.fewest, self.most) if self.known else Range()

    @classmethod
    def of(cls, killed: Range) -> Figure:
        """What one incident adds."""
        low, high = killed.minimum, killed.maximum
        if low is None and high is None:
            return cls(incidents=1, unknown=1)
        if low is None:
            return cls(incidents=1, most=high or 0, open_below=1)
        if high is None:
            return cls(incidents=1, fewest=low, most=low, open_above=1)
        return cls(incidents=1, fewest=low, most=high)


NOTHING = Figure()


@dataclass(frozen=True, slots=True)
class Cell:
    """Where an incident counts: the smallest number of the record, from which all others are added up."""

    party: str
    month: str
    grade: str
    legacy: bool


def cells_of(one: Counted) -> tuple[Cell, ...]:
    """The cells in which an incident counts in full: everybody's, and that of each party it names."""
    parties = (EVERYBODY, *dict.fromkeys(one.parties))
    return tuple(Cell(party, one.month, one.grade, one.legacy) for party in parties)


def counted(incidents: Iterable[Counted]) -> dict[Cell, Figure]:
    """Every cell of the record; the incidents are read once, in any order."""
    found: dict[Cell, Figure] = {}
    for one in incidents:
        figure = Figure.of(one.killed)
        for cell in cells_of(one):
            found[cell] = found.get(cell, NOTHING) + figure
    return found


def total(figures: Iterable[Figure]) -> Figure:
    """Figures of different incidents, added up."""
    return reduce(Figure.__add__, figures, NOTHING)


@dataclass(frozen=True, slots=True)
class Passed:
    """A record: in this measure the month passed every earlier one, the greatest of which stands here."""

    measure: str
    month: str
    before: int


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """To the nearest whole, a half upwards; None of nothing."""
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of one party, or of everybody: the total of the chosen grades, and every grade beside it."""

    month: str
    total: Figure
    legacy: Figure  # of the total: imported, not reviewed here
    reviewed: Figure  # of the total: determined here
    all_grades: Figure
    by_grade: tuple[tuple[str, Figure], ...]
    contested: Share  # of the incidents of all grades
    passed: tuple[Passed, ...] = ()

    def figure(self, grade: str) -> Figure:
        """What is counted under one grade."""
        return dict(self.by_grade).get(grade, NOTHING)


IMPORTED, REVIEWED, UNKNOWN = "imported", "reviewed", "unknown"
ONLY = (IMPORTED, REVIEWED, UNKNOWN)  # parts of a number that have a list of their own


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents a number counts, and so its list holds."""

    party: str = EVERYBODY
    month: str | None = None  # None: every month, and those of none
    grades: tuple[str, ...] = HEADLINE
    only: str = ""  # of these: those imported, those reviewed here, those of whose killed nothing is known

    def of(self, party: str) -> Wanted:
        """The same of another party."""
        return replace(self, party=party)

    def takes(self, cell: Cell) -> bool:
        """Whether the number counts what a cell of its party holds."""
        kind = {IMPORTED: True, REVIEWED: False}.get(self.only, cell.legacy)
        return cell.month == (cell.month if self.month is None else self.month) and (
            cell.grade in self.grades and cell.legacy == kind
        )

    def number(self, figure: Figure) -> int:
        """How many incidents of a cell it counts."""
        return figure.unknown if self.only == UNKNOWN else figure.incidents

    def figure(self, cells: Mapping[Cell, Figure]) -> Figure:
        """What the number and its range are."""
        whole = total(figure for cell, figure in cells.items() if self.takes(cell))
        return Figure(whole.unknown, unknown=whole.unknown) if self.only == UNKNOWN else whole


def months(cells: Mapping[Cell, Figure], party: str, grades: Collection[str] = HEADLINE) -> tuple[Month, ...]:
    """The months of a party in their order, those of no incident left out; the undated are no month."""
    by_month: dict[str, dict[Cell, Figure]] = {}
    for cell, figure in cells.items():
        if cell.party == party and cell.month != UNDATED:
            by_month.setdefault(cell.month, {})[cell] = figure
    return _with_records(_month(month, by_month[month], grades) for month in sorted(by_month))


def undated(cells: Mapping[Cell, Figure], party: str, grades: Collection[str] = HEADLINE) -> Month:
    """What is counted of a party in no month, because no day is known."""
    here = {cell: figure for cell, figure in cells.items() if cell.party == party and cell.month == UNDATED}
    return _month(UNDATED, here, grades)


def altogether(cells: Mapping[Cell, Figure], party: str, grades: Collection[str] = HEADLINE) -> Month:
    """Everything that is counted of a party, in whatever month or none."""
    return _month(UNDATED, {cell: figure for cell, figure in cells.items() if cell.party == party}, grades)


def parties(cells: Mapping[Cell, Figure]) -> tuple[str, ...]:
    """The keys of every party named in an incident."""
    return tuple(sorted({cell.party for cell in cells} - {EVERYBODY}))


def _month(month: str, cells: Mapping[Cell, Figure], grades: Collection[str]) -> Month:
    chosen = {cell: figure for cell, figure in cells.items() if cell.grade in grades}
    all_grades = total(cells.values())
    by_grade = {
        grade: total(figure for cell, figure in cells.items() if cell.grade == grade)
        for grade in sorted({cell.grade for cell in cells}, key=_rank)
    }
    return Month(
        month=month,
        total=total(chosen.values()),
        legacy=total(figure for cell, figure in chosen.items() if cell.legacy),
        reviewed=total(figure for cell, figure in chosen.items() if not cell.legacy),
        all_grades=all_grades,
        by_grade=tuple(by_grade.items()),
        contested=Share(by_grade.get(CONTESTED, NOTHING).incidents, all_grades.incidents),
    )


def _rank(grade: str) -> tuple[int, str]:
    """Grades in the order of their scheme, others behind."""
    known = [key for book in CODEBOOKS for key in book.keys]
    return (known.index(grade) if grade in known else len(known)), grade


def _with_records(told: Iterable[Month]) -> tuple[Month, ...]:
    """Each month with the measures in which it passed every month before it; the first has none to pass."""
    greatest: dict[str, Passed] = {}
    found = []
    for one in told:
        values = {measure: getattr(one.total, measure) for measure in MEASURES}
        passed = tuple(
            greatest[measure]
            for measure in MEASURES
            if measure in greatest and values[measure] > greatest[measure].before
        )
        found.append(replace(one, passed=passed))
        for measure, value in values.items():
            if measure not in greatest or value > greatest[measure].before:
                greatest[measure] = Passed(measure, one.month, value)
    return tuple(found)


# --- in an address ---------------------------------------------------------------------------------------------

NO_MONTH = "undated"
MONTH = re.compile(r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])")
PLACE = re.compile(rf"({MONTH.pattern}|{NO_MONTH})\.(i-[a-z2-7]{{16}})")
Place = tuple[str, str]  # month and incident, as an address has it: where a page of a list ended


def asked(wanted: Collection[str]) -> tuple[str, ...]:
    """The grades that were asked for and exist, in the order of their scheme; else those of the headline."""
    return tuple(grade for grade in RESULTS if grade in wanted) or HEADLINE


def offered(present: Collection[str]) -> tuple[str, ...]:
    """The grades of the scheme in use, and those of others under which anything is counted."""
    return tuple(grade for grade in RESULTS if grade in DEFAULT.keys or grade in present)


def place_words(place: Place) -> str:
    """Where a page of a list ended, as an address carries it."""
    return f"{place[0] or NO_MONTH}.{place[1]}"


def place_of(words: str | None) -> Place | None:
    """Where the page before ended; None where an address tells of no such place."""
    found = PLACE.fullmatch(words or "")
    return (UNDATED if found[1] == NO_MONTH else found[1], found[2]) if found else None
