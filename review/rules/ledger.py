"""The ledger of official positions: what a belligerent itself reports of its own assessments, month by month.

Carried over + received - closed (as credible, as non-credible, as a duplicate) = open, and the next month carries over
what is open. The figures are the party's own, copied as it published them: where they do not add up, that is said
beside them and nothing is mended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from review.rules.parties import LONGEST_NAME, key_of
from review.rules.sources import url_problem
from review.rules.texts import cleaned
from review.rules.words import N_

MOST = 10_000_000
MONTH = re.compile(r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Report:
    """One month as the party reports it. None where it gives no figure: blank is not zero."""

    carried: int | None = None
    received: int | None = None
    credible: int | None = None
    non_credible: int | None = None
    duplicate: int | None = None
    open: int | None = None

    @property
    def closed(self) -> int | None:
        """Everything closed in the month; None unless all three of its parts are given."""
        parts = (self.credible, self.non_credible, self.duplicate)
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    @property
    def made(self) -> int | None:
        """What is open by the party's own figures; None where they do not say."""
        if self.carried is None or self.received is None or self.closed is None:
            return None
        return self.carried + self.received - self.closed

    @property
    def said(self) -> bool:
        """Whether any figure is given at all."""
        return any(getattr(self, name) is not None for name in FIGURES)


FIGURES = tuple(one.name for one in fields(Report))


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not add up, in a sentence. `kind`: sum, or follows."""

    kind: str
    sentence: str
    values: Mapping[str, int] = field(default_factory=dict)


NO_SUM = N_(
    "Does not add up: %(carried)s carried over and %(received)s received, less %(closed)s closed, make %(made)s open; "
    "the report says %(open)s."
)
NO_SEQUEL = N_("Does not follow: the month before ended with %(before)s open, and this one carries over %(carried)s.")


def findings(report: Report, before: Report | None) -> tuple[Finding, ...]:
    """What speaks against a month's figures: their own sum, and the month before. Only what is given is compared."""
    found = []
    if report.made is not None and report.open is not None and report.made != report.open:
        values = {
            "carried": report.carried or 0,
            "received": report.received or 0,
            "closed": report.closed or 0,
            "made": report.made,
            "open": report.open,
        }
        found.append(Finding("sum", NO_SUM, values))
    ended = before.open if before else None
    if ended is not None and report.carried is not None and ended != report.carried:
        found.append(Finding("follows", NO_SEQUEL, {"before": ended, "carried": report.carried}))
    return tuple(found)


def month_before(month: str) -> str:
    """The month of the calendar before this one."""
    year, number = int(month[:4]), int(month[5:])
    return f"{year:04d}-{number - 1:02d}" if number > 1 else f"{year - 1:04d}-12"


def judged(reports: Mapping[str, Report]) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Each month in its order with what does not add up; a gap in the months is compared with nothing."""
    return tuple((month, findings(reports[month], reports.get(month_before(month)))) for month in sorted(reports))


# --- what is typed --------------------------------------------------------------------------------------------

NO_PARTY = N_("Not answered yet. Say whose report it is.")
LONG_PARTY = N_("A name has at most %(longest)s characters.")
NO_MONTH = N_("Give the month as year and month, such as 2031-03.")
NO_FIGURE = N_("Not answered yet. Copy at least one figure of the report; leave empty what it does not give.")
WRONG_FIGURE = N_("Use a whole number, or leave it empty where the report gives none.")
NO_ADDRESS = N_("Not answered yet. Give the address at which the party published the report.")
STANDS_ALREADY = N_(
    "Figures of this month stand already, as version %(version)s. Look at them, and say why they have to be corrected."
)
NOTHING_STANDS = N_("No figures of this month stand yet, so there is nothing to correct.")
NO_WHY = N_("Not answered yet. Say why the figures that stand are corrected.")


def problems(party: str | None, month: str, report: Report, url: str | None) -> dict[str, str]:
    """Field -> sentence for a report that cannot be taken."""
    found = {}
    name = cleaned(party)
    if name is None or not key_of(name):
        found["party"] = NO_PARTY
    elif len(name) > LONGEST_NAME:
        found["party"] = LONG_PARTY
    if not MONTH.fullmatch(month):
        found["month"] = NO_MONTH
    if not report.said:
        found["carried"] = NO_FIGURE
    return found | _wrong_figures(report) | _address(url)


def _wrong_figures(report: Report) -> dict[str, str]:
    given = {name: getattr(report, name) for name in FIGURES}
    return {name: WRONG_FIGURE for name, figure in given.items() if figure is not None and not 0 <= figure <= MOST}


def _address(url: str | None) -> dict[str, str]:
    address = cleaned(url)
    if address is None:
        return {"url": NO_ADDRESS}
    problem = url_problem(address)
    return {"url": problem} if problem else {}


def version_problems(standing: int, seen: int, why: str | None) -> dict[str, str]:
    """Field -> sentence where a month is entered over figures that were not seen, or corrected without a reason."""
    if seen > standing:
        return {"month": NOTHING_STANDS}
    if standing and seen < standing:
        return {"month": STANDS_ALREADY}
    return {"why": NO_WHY} if standing and cleaned(why) is None else {}


def open_now(reports: Iterable[tuple[str, Report]]) -> int | None:
    """What the latest month that says so leaves open."""
    told = [(month, report.open) for month, report in reports if report.open is not None]
    return max(told)[1] if told else None
