"""The figures that data/README.md gives for the published file, and how they are counted anew from any rows of facts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from review.rules.facts import Facts
from tests.missing import no_real_data

COALITION, RUSSIA = "U.S.-led Coalition", "Russian Military"
Sum = tuple[int, int, int]  # incidents; civilians killed, fewest and most
BY_GRADE: dict[str | None, Sum] = {
    "confirmed": (186, 976, 1_935),
    "fair": (2_543, 8_647, 12_823),
    "weak": (720, 1_402, 1_604),
    "contested": (2_707, 10_310, 17_575),
    "discounted": (135, 575, 835),
    None: (64 + 1, 4 + 3, 5 + 4),  # no grade, and two in one cell
}
BY_MONTH: dict[tuple[str, str], Sum] = {
    (COALITION, "2017-01"): (49, 112, 246),
    (COALITION, "2017-02"): (74, 212, 358),
    (COALITION, "2017-03"): (108, 488, 1_067),
    (COALITION, "2017-04"): (109, 388, 672),
    (RUSSIA, "2017-03"): (116, 335, 481),
}
MARCH = {"contested": 60, "fair": 73, "weak": 60, "discounted": 15, "confirmed": 12}
INCIDENTS, SOURCES, WITH_SOURCES, ADDRESSES = 6_356, 26_693, 2_001, 24_802


@dataclass(frozen=True)
class Counted:
    """One incident as it stands: its facts and its grade."""

    facts: Facts
    grade: str | None


def by_grade(all_of: Iterable[Counted]) -> dict[str | None, Sum]:
    """Incidents and civilians killed of each grade."""
    found: dict[str | None, Sum] = {}
    for one in all_of:
        found[one.grade] = _plus(found.get(one.grade, (0, 0, 0)), one.facts)
    return found


def by_month(all_of: Iterable[Counted], party: str, month: str) -> Sum:
    """Incidents and civilians killed of a month that name a party."""
    found = (0, 0, 0)
    for one in all_of:
        if (one.facts.date or "").startswith(month) and party in [named.name for named in one.facts.parties]:
            found = _plus(found, one.facts)
    return found


def _plus(known: Sum, facts: Facts) -> Sum:
    killed = facts.civilians.killed
    return known[0] + 1, known[1] + (killed.minimum or 0), known[2] + (killed.maximum or 0)


def assert_the_published_sums(all_of: list[Counted]) -> None:
    """Every figure of data/README.md."""
    assert by_grade(all_of) == BY_GRADE
    assert {key: by_month(all_of, *key) for key in BY_MONTH} == BY_MONTH
    march = [one for one in all_of if (one.facts.date or "").startswith("2017-03")]
    assert Counter(one.grade for one in march) == MARCH
    assert len(march) == 220


def real_file(app: Flask, name: str) -> Path:
    """A published file, or a loud skip where it is not beside this clone."""
    folder = Path(os.environ.get("ASSAY_DATA") or app.config["ASSAY_DATA"])
    path = folder / "airwars-syria" / name
    if not path.exists():
        no_real_data(f"the import of the published {name}")
    return path
