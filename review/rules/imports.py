"""Rows of published data as facts: what cannot be true is left blank and flagged, never refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from review.rules import grades
from review.rules.facts import (
    ACCURACIES,
    CATEGORIES,
    STRIKE_STATUSES,
    Casualties,
    Facts,
    Party,
    Place,
    Range,
    coarsened,
)
from review.rules.grades import Codebook
from review.rules.words import N_

THEATRE = "unsorted"
MOST = 1_000_000
LONGEST_CODE = 80
LONGEST_TIME = 60
# A day that machines write where they know none.
NO_DAY = "1970-01-01"
OTHER_ACCURACIES = {
    "exact_location": "exact",
    "exact_location_other": "exact",
    "exact_location_coalition": "exact",
    "neighbourhood_area": "neighbourhood",
    "province_governorate": "province",
}
OTHER_STATUSES = {
    **{f"{label.lower()} strike": key for key, label in STRIKE_STATUSES.items()},
    **{label.lower(): key for key, label in STRIKE_STATUSES.items()},
}

# What is said of a value that is no fact; the flags among them stay with the facts.
NOTES = {
    "date": N_("The date cannot be true; it was left blank."),
    "no-date": N_("There is no date."),
    "date-end": N_("The range of days ends before it begins; its end was left blank."),
    "point": N_("The point lies nowhere on Earth; it was left blank."),
    "accuracy": N_("The accuracy of the point is none that is known here; it was left blank."),
    "strike-status": N_("The strike status is none that is known here; it was left blank."),
    "time": N_("The time is longer than a time; it was left blank."),
    "code": N_("A code is longer than a code; it was left out."),
    "no-grade": N_("There is no grade; the incident is ungraded."),
    "two-grades": N_("There are two grades in one cell; the incident is ungraded."),
    "grade": N_("The grade is none of this codebook; the incident is ungraded."),
    "range": N_(
        "A range cannot be true: the fewest is above the most, or it is no number. It was left blank."
    ),
}
NOT_FLAGGED = ("no-grade", "no-date")

UNREADABLE = {
    "cells": N_("The row has another number of cells than the header."),
    "text": N_("The row holds bytes that are no text."),
    "nameless": N_("The row has neither a code nor a URL."),
    "too-large": N_("The row is larger than the record can carry."),
}

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What one row amounts to: facts to show, what stays beside them, the earlier grade, the notes."""

    facts: Facts
    exact: dict[str, Any] | None
    party: str | None
    grade: str | None
    notes: tuple[str, ...]


def read(row: Mapping[str, str], book: Codebook = grades.DEFAULT) -> Reading:
    """The facts of one row, its cells by the names of the columns; a missing column counts as blank."""
    notes: list[str] = []
    cells = {name: value.strip() for name, value in row.items()}
    place, exact = _place(cells, notes)
    parties = _words(cells.get("belligerents", ""))
    dates = _dates(cells, notes)
    ranges = _ranges(cells, notes)
    grade = _grade(cells.get("grade", ""), book, notes)
    facts = Facts(
        **dates,
        time=_time(cells, notes),
        places=(place,) if place else (),
        parties=tuple(Party(name) for name in parties),
        strike_types=_words(cells.get("strike_type", "")),
        strike_status=_status(cells, notes),
        infrastructure=_words(cells.get("infrastructure", "")),
        ranges=ranges,
        codes=_codes(cells.get("code", ""), notes),
        earlier_codes=_codes(cells.get("previous_codes", ""), notes),
        flags=tuple(note for note in dict.fromkeys(notes) if note not in NOT_FLAGGED),
    )
    return Reading(facts, exact, parties[0] if parties else None, grade, tuple(dict.fromkeys(notes)))


def sentence(note: str) -> str:
    """The sentence of a note; a note may name its place after a colon, such as `range:children killed`."""
    return NOTES[note.split(":")[0]]


def _words(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word.strip() for word in cell.split(",") if word.strip()))


def _dates(cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
    first, last = _day(cells.get("date", ""), "date", notes), _day(cells.get("date_end", ""), "date", notes)
    if first is None:
        if not cells.get("date"):
            notes.append("no-date")
        return {"date_type": "unknown"}
    if last is not None and last < first:
        notes.append("date-end")
        last = None
    if last is None or (last == first and cells.get("date_type") != "date_range"):
        return {"date_type": "date", "date": first}
    return {"date_type": "date_range", "date": first, "date_end": last}


def _day(cell: str, note: str, notes: list[str]) -> str | None:
    if not cell:
        return None
    if not _DAY.fullmatch(cell) or cell == NO_DAY or not _in_calendar(cell):
        notes.append(note)
        return None
    return cell


def _in_calendar(cell: str) -> bool:
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return True


def _time(cells: Mapping[str, str], notes: list[str]) -> str | None:
    time = cells.get("time", "")
    if len(time) > LONGEST_TIME:
        notes.append("time")
        return None
    return time or None


def _place(cells: Mapping[str, str], notes: list[str]) -> tuple[Place | None, dict[str, Any] | None]:
    names = tuple(
        (language, cells[f"place_{language}"]) for language in ("ar", "en") if cells.get(f"place_{language}")
    )
    within = [cells[part] for part in ("neighbourhood", "district", "governorate") if cells.get(part)]
    accuracy = _accuracy(cells.get("location_accuracy", ""), notes)
    point = _point(cells.get("latitude", ""), cells.get("longitude", ""), notes)
    if not names and not within and point is None:
        return None, None
    shown = coarsened(*point, accuracy) if point else None
    place = Place(names, ", ".join(within) or None, shown, accuracy if point else None)
    return place, {"points": [list(point)]} if point else None


def _accuracy(cell: str, notes: list[str]) -> str | None:
    if not cell:
        return None
    word = OTHER_ACCURACIES.get(cell.lower(), cell.lower())
    if word in ACCURACIES:
        return word
    notes.append("accuracy")
    return None


def _point(latitude: str, longitude: str, notes: list[str]) -> tuple[float, float] | None:
    if not latitude and not longitude:
        return None
    try:
        point = float(latitude), float(longitude)
    except ValueError:
        point = None
    if point and abs(point[0]) <= 90 and abs(point[1]) <= 180 and point != (0, 0):
        return point
    notes.append("point")
    return None


def _status(cells: Mapping[str, str], notes: list[str]) -> str | None:
    cell = cells.get("strike_status", "")
    if not cell:
        return None
    status = OTHER_STATUSES.get(cell.lower())
    if status is None:
        notes.append("strike-status")
    return status


def _codes(cell: str, notes: list[str]) -> tuple[str, ...]:
    codes = tuple(dict.fromkeys(cell.split()))
    if any(len(code) > LONGEST_CODE for code in codes):
        notes.append("code")
    return tuple(code for code in codes if len(code) <= LONGEST_CODE)


def _grade(cell: str, book: Codebook, notes: list[str]) -> str | None:
    words = _words(cell)
    if len(words) != 1:
        notes.append("two-grades" if words else "no-grade")
        return None
    grade = grades.imported(words[0], book)
    if grade is None:
        notes.append("grade")
    return grade


def _ranges(cells: Mapping[str, str], notes: list[str]) -> tuple[tuple[str, Casualties], ...]:
    found = []
    for category in sorted(CATEGORIES):
        casualties = Casualties(
            _range(cells, category, "killed", notes), _range(cells, category, "injured", notes)
        )
        if casualties.killed.known or casualties.injured.known:
            found.append((category, casualties))
    return tuple(found)


def _range(cells: Mapping[str, str], category: str, harm: str, notes: list[str]) -> Range:
    bounds = [cells.get(f"{category}_{harm}_{bound}", "") for bound in ("min", "max")]
    readable = all(
        not bound or (bound.isascii() and bound.isdigit() and int(bound) <= MOST) for bound in bounds
    )
    pair = Range(*(int(bound) if bound else None for bound in bounds)) if readable else None
    if pair is not None and pair.consistent:
        return pair
    notes.append(f"range:{category} {harm}")
    return Range()
