"""Rows of published data as facts: what cannot be true is left blank and flagged, never refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from review.rules import grades
from review.rules.facts import Casualties, Facts, Party, Place, Range, coarsened
from review.rules.grades import Codebook
from review.rules.vocabulary import (
    ACCURACIES,
    INFRASTRUCTURE,
    MAIN_CATEGORIES,
    STRIKE_STATUSES,
    STRIKE_TYPES,
    TIMES_OF_DAY,
    key_of,
)
from review.rules.words import N_

THEATRE = "unsorted"
MOST = 1_000_000
LONGEST_CODE = 80
LONGEST_TIME = 60
LONGEST_WORD = 80
VOCABULARIES = {
    "accuracy": ACCURACIES,
    "infrastructure": INFRASTRUCTURE,
    "strike_status": STRIKE_STATUSES,
    "strike_type": STRIKE_TYPES,
    "time": TIMES_OF_DAY,
}
# A day that machines write where they know none.
NO_DAY = "1970-01-01"
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
    "nameless": N_("The row has neither a code nor a URL."),
    "too-large": N_("The row is larger than the record can carry."),
}

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?")
_WINDOW = re.compile(rf"({_CLOCK.pattern})\s*[-–]\s*({_CLOCK.pattern})")


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
        **_time(cells, notes),
        places=(place,) if place else (),
        parties=tuple(Party(name) for name in parties),
        strike_types=_keys(cells.get("strike_type", ""), "strike_type"),
        strike_status=_status(cells, notes),
        infrastructure=_keys(cells.get("infrastructure", ""), "infrastructure"),
        ranges=ranges,
        codes=_codes(cells.get("code", ""), notes),
        earlier_codes=_codes(cells.get("previous_codes", ""), notes),
        flags=tuple(note for note in dict.fromkeys(notes) if note not in NOT_FLAGGED),
    )
    return Reading(facts, exact, parties[0] if parties else None, grade, tuple(dict.fromkeys(notes)))


def _keys(cell: str, vocabulary: str) -> tuple[str, ...]:
    """Each word by its key, once; a word that the vocabulary does not hold stays as it came."""
    return tuple(dict.fromkeys(_key(word, vocabulary) or word for word in _words(cell)))


def _key(word: str, vocabulary: str) -> str | None:
    return _known_key(word, vocabulary) if len(word) <= LONGEST_WORD else None


@lru_cache(maxsize=2_048)  # a file says the same words in every row
def _known_key(word: str, vocabulary: str) -> str | None:
    return key_of(word, VOCABULARIES[vocabulary])


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


def _time(cells: Mapping[str, str], notes: list[str]) -> dict[str, Any]:
    """A clock time, a window of two, a word for a part of the day, else the words as they came."""
    time = cells.get("time", "")
    if not time:
        return {}
    if len(time) > LONGEST_TIME:
        notes.append("time")
        return {}
    if clock := _CLOCK.fullmatch(time):
        return {"time": _clock(clock.groups()), "time_type": "exact"}
    if window := _WINDOW.fullmatch(time):
        _first, *first, _last, hour, minute = window.groups()
        return {"time": _clock(first), "time_end": _clock((hour, minute)), "time_type": "window"}
    if part := _key(time, "time"):
        return {"time": part, "time_type": "time_of_day"}
    return {"time": time}


def _clock(parts: Iterable[str]) -> str:
    hour, minute = parts
    return f"{int(hour):02}:{minute}"


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
    word = _key(cell, "accuracy")
    if word is None:
        notes.append("accuracy")
    return word


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
    status = _key(cell, "strike_status")
    if status is None:
        notes.append("strike-status")
    return status


def _codes(cell: str, notes: list[str]) -> tuple[str, ...]:
    codes = codes_of(cell)
    if any(_too_long(code) for code in codes):
        notes.append("code")
    return tuple(code for code in codes if not _too_long(code))


def codes_of(cell: str) -> tuple[str, ...]:
    """The codes of a cell: several are separated by a space."""
    return tuple(dict.fromkeys(cell.split()))


def _too_long(code: str) -> bool:
    # One letter may fold into many.
    return len(unicodedata.normalize("NFKC", code).casefold()) > LONGEST_CODE or len(code) > LONGEST_CODE


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
    for category in sorted(MAIN_CATEGORIES):
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
